import type { Classes } from './classes.ts';
import { checkWidth } from './image.ts';
import { IntBuffer } from './int-buffer.ts';
import { type KnownParts, partsOf } from './literal-part.ts';

/** Folded ASCII literal → truths it makes. */
export type LiteralTruths = ReadonlyMap<string, readonly number[]>;

/** A state while an automaton is built; states are numbered through per automaton, the root is 0. */
interface Trie {
  /** Class that leads here. */
  readonly class: IntBuffer;
  readonly firstChild: IntBuffer;
  readonly nextSibling: IntBuffer;
}

/** What is known when a state is reached. */
interface Hits {
  readonly truths: number[];
  readonly checks: number[];
}

/** Builds the automata of an image into one table; see EngineImage for the form. */
export class AutomataBuilder {
  readonly stride: number;
  readonly #classes: Uint8Array;
  readonly #table = new IntBuffer(1 << 12);
  readonly #lists = new IntBuffer();
  readonly #checks = new IntBuffer();
  readonly #literals = new IntBuffer();
  readonly #literalAt = new Map<string, number>();
  readonly #knownParts: KnownParts = new Map();
  readonly #listAt = new Map<string, number>();
  readonly #singleListAt: (number | undefined)[] = [];

  constructor(classes: Classes) {
    this.stride = classes.count + 2;
    this.#classes = classes.table;
    // State 0 and list 0 are none.
    this.#table.extend(this.stride);
    this.#lists.push(0);
  }

  /** Aho-Corasick over the parts of the literals; root or 0. */
  contains(literals: LiteralTruths): number {
    if (literals.size === 0) return 0;
    const hitsOfPart = new Map<string, Hits>();
    const parts = partsOf(literals.keys(), this.#knownParts);
    for (const [text, truths] of literals) {
      const [from, to] = parts.get(text) ?? [0, text.length];
      const part = text.slice(from, to);
      const hits = hitsOfPart.get(part) ?? { truths: [], checks: [] };
      hitsOfPart.set(part, hits);
      if (part.length === text.length) hits.truths.push(...truths);
      else hits.checks.push(this.#check(text, to, truths));
    }
    const sorted = [...hitsOfPart.keys()].sort();
    const { trie, ends } = this.#trieOf(sorted, (part) => part.length);
    const ownHits = new Map<number, Hits>();
    for (const [i, part] of sorted.entries()) {
      const hits = hitsOfPart.get(part);
      if (hits !== undefined) ownHits.set(ends[i] ?? 0, hits);
    }
    return this.#fillContains(trie, ownHits);
  }

  /** Rows in breadth-first order: each is a copy of its failure state's row with its own children written over. */
  #fillContains(trie: Trie, ownHits: ReadonlyMap<number, Hits>): number {
    const { stride } = this;
    const table = this.#table;
    const states = trie.class.length;
    const root = table.extend(states * stride);
    for (let c = 0; c < stride - 2; c++) table.set(root + c, root);
    const order = new Int32Array(states);
    const fail = new Int32Array(states).fill(root);
    let queued = 1;
    for (let head = 0; head < queued; head++) {
      const row = root + head * stride;
      const failRow = fail[head] ?? root;
      if (head > 0) {
        table.copyWithin(row, failRow, stride - 2);
        this.#setHits(row, failRow, ownHits.get(order[head] ?? 0));
      }
      for (let child = trie.firstChild.at(order[head] ?? 0); child > 0; child = trie.nextSibling.at(child)) {
        const cell = trie.class.at(child);
        const behind = table.at(row + cell);
        const childRow = root + queued * stride;
        order[queued] = child;
        fail[queued] = behind < 0 ? ~behind : behind;
        queued++;
        table.set(row + cell, behind < 0 || ownHits.has(child) ? ~childRow : childRow);
      }
    }
    return root;
  }

  #setHits(row: number, failRow: number, own: Hits | undefined): void {
    const hitsCell = this.stride - 2;
    const inherited = failRow === row ? 0 : this.#table.at(failRow + hitsCell);
    if (own === undefined) {
      this.#table.set(row + hitsCell, inherited);
      return;
    }
    const behind = this.#readList(inherited);
    this.#table.set(row + hitsCell, this.#list([...own.truths, ...behind.truths], [...own.checks, ...behind.checks]));
  }

  /** Trie of literals that are the whole text or begin it; root or 0. */
  forward(exact: LiteralTruths, prefix: LiteralTruths): number {
    const texts = [...new Set([...exact.keys(), ...prefix.keys()])].sort();
    return this.#fillTrie(texts, (text, whole) => {
      const equal = exact.get(text) ?? [];
      const begun = prefix.get(text) ?? [];
      if (whole) return { hits: { truths: [...begun], checks: [] }, atEnd: equal };
      const checks: number[] = [];
      if (begun.length > 0) checks.push(this.#check(text, 0, begun));
      if (equal.length > 0) checks.push(this.#check(text, 1, equal));
      return { hits: { truths: [], checks }, atEnd: [] };
    });
  }

  /** Trie of literals that end the text, read backwards; root or 0. */
  backward(suffix: LiteralTruths): number {
    const texts = [...suffix.keys()].map(reversed).sort();
    return this.#fillTrie(texts, (text, whole) => {
      const literal = reversed(text);
      const truths = suffix.get(literal) ?? [];
      if (whole) return { hits: { truths: [...truths], checks: [] }, atEnd: [] };
      return { hits: { truths: [], checks: [this.#check(literal, 0, truths)] }, atEnd: [] };
    });
  }

  #fillTrie(
    texts: readonly string[],
    hitsOf: (text: string, whole: boolean) => { hits: Hits; atEnd: readonly number[] },
  ): number {
    if (texts.length === 0) return 0;
    const { stride } = this;
    const table = this.#table;
    const { trie, ends, depths } = this.#trieOf(texts, distinctLength(texts));
    const states = trie.class.length;
    const root = table.extend(states * stride);
    const ownHits = new Map<number, Hits>();
    const atEnd = new Map<number, readonly number[]>();
    for (const [i, text] of texts.entries()) {
      const own = hitsOf(text, depths[i] === text.length);
      if (own.hits.truths.length + own.hits.checks.length > 0) ownHits.set(ends[i] ?? 0, own.hits);
      if (own.atEnd.length > 0) atEnd.set(ends[i] ?? 0, own.atEnd);
    }
    const order = new Int32Array(states);
    let queued = 1;
    for (let head = 0; head < queued; head++) {
      const row = root + head * stride;
      const state = order[head] ?? 0;
      const hits = ownHits.get(state);
      const end = atEnd.get(state);
      if (hits !== undefined) table.set(row + stride - 2, this.#list(hits.truths, hits.checks));
      if (end !== undefined) table.set(row + stride - 1, this.#list(end, []));
      for (let child = trie.firstChild.at(state); child > 0; child = trie.nextSibling.at(child)) {
        const childRow = root + queued * stride;
        order[queued++] = child;
        table.set(row + trie.class.at(child), ownHits.has(child) ? ~childRow : childRow);
      }
    }
    return root;
  }

  /** A trie of sorted texts, each down to the depth asked for; `ends` are the states the texts stop at. */
  #trieOf(
    texts: readonly string[],
    depthOf: (text: string, index: number) => number,
  ): { trie: Trie; ends: Int32Array; depths: Int32Array } {
    const trie: Trie = { class: new IntBuffer(), firstChild: new IntBuffer(), nextSibling: new IntBuffer() };
    const addState = (cell: number): number => {
      trie.firstChild.push(0);
      trie.nextSibling.push(0);
      trie.class.push(cell);
      return trie.class.length - 1;
    };
    addState(0);
    const ends = new Int32Array(texts.length);
    const depths = new Int32Array(texts.length);
    // States of the last text by depth; sorted texts share beginnings with the one before or with none.
    const path: number[] = [0];
    let last = '';
    for (const [i, text] of texts.entries()) {
      const depth = depthOf(text, i);
      let at = Math.min(commonLength(last, text), depth, path.length - 1);
      path.length = at + 1;
      for (; at < depth; at++) {
        const parent = path[at] ?? 0;
        const state = addState(this.#classes[text.charCodeAt(at)] ?? 0);
        trie.nextSibling.set(state, trie.firstChild.at(parent));
        trie.firstChild.set(parent, state);
        path.push(state);
      }
      ends[i] = path[depth] ?? 0;
      depths[i] = depth;
      last = text;
    }
    return { trie, ends, depths };
  }

  /** A literal to be compared in full; see EngineImage.checks. */
  #check(text: string, place: number, truths: readonly number[]): number {
    let at = this.#literalAt.get(text);
    if (at === undefined) {
      at = this.#literals.length;
      this.#literalAt.set(text, at);
      for (let i = 0; i < text.length; i++) this.#literals.push(this.#classes[text.charCodeAt(i)] ?? 0);
    }
    const number = this.#checks.length / checkWidth;
    for (const part of [at, text.length, place, this.#list(truths, [])]) this.#checks.push(part);
    return number;
  }

  /** Index of a list; equal lists are one. */
  #list(truths: readonly number[], checks: readonly number[]): number {
    const [only] = truths;
    if (truths.length === 1 && checks.length === 0 && only !== undefined) return this.#singleList(only);
    const distinct = [...new Set(truths)].sort((a, b) => a - b);
    const numbers = [distinct.length, ...distinct, checks.length, ...checks];
    const key = numbers.join();
    const known = this.#listAt.get(key);
    if (known !== undefined) return known;
    const at = this.#lists.length;
    this.#listAt.set(key, at);
    for (const number of numbers) this.#lists.push(number);
    return at;
  }

  /** Most lists are one truth: kept by its number. */
  #singleList(truth: number): number {
    const known = this.#singleListAt[truth];
    if (known !== undefined) return known;
    const at = this.#lists.length;
    this.#singleListAt[truth] = at;
    this.#lists.push(1);
    this.#lists.push(truth);
    this.#lists.push(0);
    return at;
  }

  #readList(at: number): Hits {
    if (at === 0) return { truths: [], checks: [] };
    const read = (from: number) => Array.from({ length: this.#lists.at(from) }, (_, i) => this.#lists.at(from + 1 + i));
    const truths = read(at);
    return { truths, checks: read(at + 1 + truths.length) };
  }

  /** A list of truths for automata of another kind. */
  listOf(truths: readonly number[]): number {
    return this.#list(truths, []);
  }

  take(): { table: Int32Array; lists: Int32Array; checks: Int32Array; literals: Uint8Array } {
    return {
      table: this.#table.take(),
      lists: this.#lists.take(),
      checks: this.#checks.take(),
      literals: Uint8Array.from(this.#literals.take()),
    };
  }
}

/** Least depth of a trie's leaf: a few units more than needed keep a scan from stopping at each chance likeness. */
const leafDepthMin = 4;

/** How deep a text must go to be told from all others; what lies behind is checked when it is reached. */
function distinctLength(texts: readonly string[]): (text: string, index: number) => number {
  return (text, i) => {
    const shared = Math.max(commonLength(texts[i - 1] ?? '', text), commonLength(text, texts[i + 1] ?? ''));
    return Math.min(text.length, Math.max(leafDepthMin, shared + 1));
  };
}

function commonLength(a: string, b: string): number {
  const max = Math.min(a.length, b.length);
  let i = 0;
  while (i < max && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  return i;
}

function reversed(text: string): string {
  let turned = '';
  for (let i = text.length - 1; i >= 0; i--) turned += text.charAt(i);
  return turned;
}
