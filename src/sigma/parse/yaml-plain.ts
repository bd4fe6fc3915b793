import type { SigmaLimits } from '../limits.ts';
import type { Position } from '../problem.ts';
import { coreScalar } from './core-scalar.ts';
import type { YamlDocument, YamlEntry, YamlList, YamlMap, YamlNode, YamlScalar } from './yaml-node.ts';

/**
 * The small part of YAML in which nearly all rules are written, ten times as fast as the library: maps and lists in block
 * form, texts of one line (plain or quoted), `|` and `>` texts, comments, `---`.
 *
 * Gives exactly what readAnyYaml gives, or null for a text that is in any way more than that, broken or too large: flow
 * collections, anchors, tags, tabs, plain texts over several lines, empty values. So it reports nothing itself.
 * test/property/sigma-yaml.test.ts holds both readers together, node by node, with places.
 */
export function readPlainYaml(text: string, limits: SigmaLimits): YamlDocument[] | null {
  return unusual.test(text) ? null : new PlainReader(text, limits).documents();
}

/** Control characters other than the line feed (tabs and carriage returns among them), and byte order marks. */
const unusual = /[^\P{Cc}\n]|\ufeff/u;

const space = 0x20;
const doubleQuote = 0x22;
const hash = 0x23;
const singleQuote = 0x27;
const dash = 0x2d;
const colon = 0x3a;
const verticalBar = 0x7c;
const greater = 0x3e;

/** What no plain text begins with; quotes and the dash are looked at apart. */
const indicators = new Set(Array.from('?:,[]{}#&*!|>%@`', (character) => character.charCodeAt(0)));

const escapes: ReadonlyMap<string, string> = new Map([
  ['\\', '\\'],
  ['"', '"'],
  ['/', '/'],
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
]);

/** A longer key is wrong. */
const keyChars = 1000;
/** Every method that reads a node gives null when the text is not plain; then nothing else of the reader counts. */
class PlainReader {
  readonly #text: string;
  readonly #limits: SigmaLimits;
  #nodes = 0;
  /** At least as many as the library would count; see #nextLine, #lineText. */
  #tokens = 0;
  /** The line at hand: its number, start, end (its line feed), and the column its content begins at; -1 after the document. */
  #line = 0;
  #lineStart = 0;
  #lineEnd = -1;
  #indent = -1;
  /** The place that is read next, on the line at hand. */
  #at = 0;

  constructor(text: string, limits: SigmaLimits) {
    this.#text = text;
    this.#limits = limits;
  }

  documents(): YamlDocument[] | null {
    const read: YamlDocument[] = [];
    this.#nextLine();
    while (this.#at < this.#text.length) {
      const from = this.#lineStart;
      this.#tokens++;
      if (this.#indent < 0) {
        // `---` with anything behind it is rare, `...` rarer.
        if (this.#text.slice(from, this.#lineEnd) !== '---') return null;
        this.#nextLine();
      }
      const root = this.#indent === 0 ? this.#block(0) : null;
      if (root === null || this.#indent >= 0) return null;
      read.push({ root, text: this.#text.slice(from, this.#lineStart), line: root.at.line, sound: true, problems: [] });
    }
    const withinBounds = this.#tokens <= this.#limits.tokens && this.#nodes <= this.#limits.nodes;
    return read.length > 0 && withinBounds ? read : null;
  }

  /** Goes on to the next line that is neither empty nor a comment. */
  #nextLine(): void {
    const text = this.#text;
    for (;;) {
      const start = this.#lineEnd + 1;
      this.#lineStart = start;
      if (start >= text.length) break;
      this.#line++;
      // Indentation, blank, comment, line feed.
      this.#tokens += 4;
      const end = text.indexOf('\n', start);
      this.#lineEnd = end < 0 ? text.length : end;
      let at = start;
      while (text.charCodeAt(at) === space) at++;
      if (at === this.#lineEnd || text.charCodeAt(at) === hash) continue;
      const isMarker = at === start && (text.startsWith('---', at) || text.startsWith('...', at));
      this.#at = at;
      this.#indent = isMarker ? -1 : at - start;
      return;
    }
    this.#lineStart = text.length;
    this.#at = text.length;
    this.#indent = -1;
  }

  #place(): Position {
    return { line: this.#line, column: this.#at - this.#lineStart + 1 };
  }

  /** A map or list that begins the line at hand. */
  #block(depth: number): YamlMap | YamlList | null {
    return this.#isItem() ? this.#list(this.#indent, depth) : this.#map(this.#indent, depth, null);
  }

  #isItem(): boolean {
    return this.#text.charCodeAt(this.#at) === dash && this.#isSpaceOrEnd(this.#at + 1);
  }

  #isSpaceOrEnd(at: number): boolean {
    return at >= this.#lineEnd || this.#text.charCodeAt(at) === space;
  }

  #skipSpaces(): void {
    while (this.#text.charCodeAt(this.#at) === space) this.#at++;
  }

  #list(column: number, depth: number): YamlList | null {
    const at = this.#place();
    const items: YamlNode[] = [];
    this.#nodes++;
    while (this.#indent === column && this.#isItem()) {
      this.#at++;
      this.#skipSpaces();
      const item = this.#item(column, depth + 1);
      if (item === null) return null;
      items.push(item);
    }
    return { kind: 'list', at, items };
  }

  /** What stands behind `- `: a text, or the first entry of a map. */
  #item(column: number, depth: number): YamlNode | null {
    const own = this.#at - this.#lineStart;
    if (this.#isBlockText()) return this.#blockText(column, depth);
    const text = this.#lineText(depth);
    if (text === null) return null;
    return this.#text.charCodeAt(this.#at) === colon ? this.#map(own, depth, text) : this.#ended(text, column);
  }

  /** @param first the key of the first entry when it was read already */
  #map(column: number, depth: number, first: YamlScalar | null): YamlMap | null {
    const at = first?.at ?? this.#place();
    const entries = new Map<string, YamlEntry>();
    this.#nodes++;
    let key = first ?? this.#lineText(depth + 1);
    while (key !== null) {
      if (key.value === null || this.#text.charCodeAt(this.#at) !== colon) return null;
      const name = String(key.value);
      if (name.length > keyChars || entries.has(name)) return null;
      this.#at++;
      const value = this.#value(column, depth + 1);
      if (value === null || this.#indent > column) return null;
      entries.set(name, { keyAt: key.at, value });
      if (this.#indent < column) return { kind: 'map', at, entries };
      key = this.#lineText(depth + 1);
    }
    return null;
  }

  /** What stands behind the colon of a key at `column`. */
  #value(column: number, depth: number): YamlNode | null {
    const after = this.#at;
    this.#skipSpaces();
    if (this.#isLineDone(after)) {
      this.#nextLine();
      const below = this.#indent > column || (this.#indent === column && this.#isItem());
      return below && depth <= this.#limits.depth ? this.#block(depth) : null;
    }
    if (this.#isBlockText()) return this.#blockText(column, depth);
    const text = this.#lineText(depth);
    return text === null ? null : this.#ended(text, column);
  }

  /** Nothing but a comment from here on, which blanks set apart from what ended at `after`. */
  #isLineDone(after: number): boolean {
    return this.#at >= this.#lineEnd || (this.#at > after && this.#text.charCodeAt(this.#at) === hash);
  }

  /** A text that ends with its line, and is not continued on a line that is further in than `column`. */
  #ended(text: YamlScalar, column: number): YamlScalar | null {
    const after = this.#at;
    this.#skipSpaces();
    if (!this.#isLineDone(after)) return null;
    this.#nextLine();
    return this.#indent > column ? null : text;
  }

  /** A plain or quoted text on the line at hand. Leaves off behind it, or at the colon that makes it a key. */
  #lineText(depth: number): YamlScalar | null {
    this.#nodes++;
    // A mark, the text itself, and a dash or colon with a blank.
    this.#tokens += 5;
    if (depth > this.#limits.depth) return null;
    const first = this.#text.charCodeAt(this.#at);
    if (first === singleQuote || first === doubleQuote) return this.#quoted(first);
    if (this.#at >= this.#lineEnd || indicators.has(first) || this.#isItem()) return null;
    return this.#plain();
  }

  #plain(): YamlScalar {
    const text = this.#text;
    const from = this.#at;
    let to = from;
    let at = from;
    for (; at < this.#lineEnd; at++) {
      const unit = text.charCodeAt(at);
      if (unit === space) continue;
      if (unit === colon && this.#isSpaceOrEnd(at + 1)) break;
      if (unit === hash && at > to) break;
      to = at + 1;
    }
    const place = this.#place();
    // Where a comment begins, the blanks before it are still to be seen.
    this.#at = text.charCodeAt(at) === colon ? at : to;
    return { kind: 'scalar', at: place, value: coreScalar(text.slice(from, to)), textColumn: place.column, quote: '' };
  }

  #quoted(unit: number): YamlScalar | null {
    const quote = unit === singleQuote ? "'" : '"';
    const place = this.#place();
    const value = unit === singleQuote ? this.#singleQuoted() : this.#doubleQuoted();
    if (value === null) return null;
    // A key may have blanks before its colon.
    let at = this.#at;
    while (this.#text.charCodeAt(at) === space) at++;
    if (this.#text.charCodeAt(at) === colon) {
      if (!this.#isSpaceOrEnd(at + 1)) return null;
      this.#at = at;
    }
    return { kind: 'scalar', at: place, value, textColumn: place.column + 1, quote };
  }

  #singleQuoted(): string | null {
    const from = this.#at + 1;
    let end = this.#text.indexOf("'", from);
    while (end >= 0 && this.#text.charCodeAt(end + 1) === singleQuote) end = this.#text.indexOf("'", end + 2);
    if (end < 0 || end >= this.#lineEnd) return null;
    this.#at = end + 1;
    return this.#text.slice(from, end).replaceAll("''", "'");
  }

  #doubleQuoted(): string | null {
    let value = '';
    for (let from = this.#at + 1, at = from; at < this.#lineEnd; at++) {
      const character = this.#text[at];
      if (character === '"') {
        this.#at = at + 1;
        return value + this.#text.slice(from, at);
      }
      if (character !== '\\') continue;
      const escaped = escapes.get(this.#text[at + 1] ?? '');
      if (escaped === undefined) return null;
      value += this.#text.slice(from, at) + escaped;
      at++;
      from = at + 1;
    }
    return null;
  }

  #isBlockText(): boolean {
    const unit = this.#text.charCodeAt(this.#at);
    return unit === verticalBar || unit === greater;
  }

  /** A `|` or `>` text whose lines are further in than `column`. Headers with more than a `-` are rare. */
  #blockText(column: number, depth: number): YamlScalar | null {
    const header = /^([|>])(-?) *$/.exec(this.#text.slice(this.#at, this.#lineEnd));
    if (header === null || depth > this.#limits.depth) return null;
    const at = this.#place();
    const lines = this.#blockLines(column);
    if (lines === null) return null;
    const value = header[1] === '|' ? lines.join('\n') : folded(lines);
    if (value === null) return null;
    this.#nodes++;
    this.#tokens += 5;
    return { kind: 'scalar', at, value: header[2] === '-' ? value : `${value}\n`, textColumn: 0, quote: '' };
  }

  /** The lines of a block text without their indentation; the reader is left at the line after it. */
  #blockLines(column: number): string[] | null {
    const text = this.#text;
    const lines: string[] = [];
    let margin = -1;
    /** How many of the lines there are up to the last that is not empty. */
    let filled = 0;
    while (this.#lineEnd + 1 < text.length) {
      const start = this.#lineEnd + 1;
      const found = text.indexOf('\n', start);
      const end = found < 0 ? text.length : found;
      let at = start;
      while (text.charCodeAt(at) === space) at++;
      const indent = at - start;
      if (margin < 0) {
        if (at === end || indent <= column) return null;
        margin = indent;
      }
      if (at < end && indent < margin) {
        // Lines between the two margins are wrong.
        if (indent > column) return null;
        break;
      }
      // Blanks beyond the margin are content.
      if (at === end && indent > margin) return null;
      lines.push(text.slice(Math.min(start + margin, end), end));
      if (at < end) filled = lines.length;
      this.#line++;
      this.#lineEnd = end;
    }
    lines.length = filled;
    this.#nextLine();
    return filled === 0 ? null : lines;
  }
}

/** The lines of a `>` text as one; null when some are further in, which are not folded. */
function folded(lines: readonly string[]): string | null {
  let value = '';
  let empty = 0;
  for (const line of lines) {
    if (line.startsWith(' ')) return null;
    if (line === '') {
      empty++;
      continue;
    }
    if (value !== '') value += empty === 0 ? ' ' : '\n'.repeat(empty);
    value += line;
    empty = 0;
  }
  return value;
}
