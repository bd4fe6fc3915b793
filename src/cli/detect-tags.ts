import type { FlatLines } from '../ingest/read-line.ts';
import type { FieldValue, LogsourceTags } from '../model/event.ts';
import { type LineTokens, token, tokenText } from '../sigma/matching.ts';

/** What a name means for the question whether a line may be read as bytes. */
const role = { unknown: 0, plain: 1, tag: 2, sign: 3 } as const;

/** Combinations of tag values that are remembered; a power of two. */
const memoPlaces = 256;

interface Remembered {
  /** Name, kind and length of each tag value, then its bytes. */
  readonly values: Int32Array;
  readonly tags: LogsourceTags | null;
}

/**
 * Whether a line cut into tokens is one that parsing and mapping leave as it is, and if so its tags. It is when it is a
 * flat JSON object without the signs of another shape, and no name or text in it is changed by NFC, repaired or flagged.
 */
export class FlatLineTags {
  readonly #flat: FlatLines;
  readonly #signs: ReadonlySet<string>;
  #epoch = -1;
  #roles = new Uint8Array(256);
  /** By name number: place in `tagFields`. */
  #places = new Int32Array(256);
  readonly #memo: (Remembered | undefined)[] = [];
  #values = new Int32Array(1_024);

  constructor(flat: FlatLines) {
    this.#flat = flat;
    this.#signs = new Set(flat.signs);
  }

  /** null: this line must go through `readLine`. */
  of = (line: LineTokens): LogsourceTags | null => {
    if (line.nested) return null;
    if (this.#epoch !== line.tree.epoch) {
      this.#epoch = line.tree.epoch;
      this.#roles.fill(role.unknown);
    }
    const { count, names, kinds, starts, ends, bytes } = line;
    let length = 0;
    let hash = 0;
    for (let i = 0; i < count; i++) {
      const name = names[i] ?? 0;
      const found = this.#roles[name] ?? role.unknown;
      const known = found === role.unknown ? this.#learn(line, i, name) : found;
      if (known === role.sign) return null;
      const kind = kinds[i] ?? 0;
      if (kind === token.wide && !this.#isPlain(tokenText(line, i))) return null;
      if (known !== role.tag) continue;
      const start = starts[i] ?? 0;
      const end = ends[i] ?? 0;
      if (length + end - start + 3 > this.#values.length) return null;
      const values = this.#values;
      values[length++] = name;
      values[length++] = kind;
      values[length++] = end - start;
      hash = Math.imul(hash ^ name ^ (end - start), 0x9e3779b1);
      for (let p = start; p < end; p++) {
        const byte = bytes[p] ?? 0;
        values[length++] = byte;
        hash = Math.imul(hash ^ byte, 0x01000193);
      }
    }
    const place = ((hash ^ (hash >>> 15)) & (memoPlaces - 1)) >>> 0;
    const remembered = this.#memo[place];
    if (remembered !== undefined && this.#isSame(remembered.values, length)) return remembered.tags;
    const tags = this.#flat.tagsOf(this.#tagValues(line));
    this.#memo[place] = { values: this.#values.slice(0, length), tags };
    return tags;
  };

  #isSame(values: Int32Array, length: number): boolean {
    if (values.length !== length) return false;
    for (let i = 0; i < length; i++) if (values[i] !== this.#values[i]) return false;
    return true;
  }

  #tagValues(line: LineTokens): (FieldValue | undefined)[] {
    const values: (FieldValue | undefined)[] = this.#flat.tagFields.map(() => undefined);
    for (let i = 0; i < line.count; i++) {
      const name = line.names[i] ?? 0;
      if (this.#roles[name] === role.tag) values[this.#places[name] ?? 0] = fieldValue(line, i);
    }
    return values;
  }

  #learn(line: LineTokens, i: number, name: number): number {
    if (name >= this.#roles.length) {
      const roles = new Uint8Array(name * 2);
      roles.set(this.#roles);
      this.#roles = roles;
      const places = new Int32Array(name * 2);
      places.set(this.#places);
      this.#places = places;
    }
    const text = line.nameOf(i);
    const place = this.#flat.tagFields.indexOf(text);
    const isOther = this.#signs.has(text) || !this.#isPlain(text);
    const learned = isOther ? role.sign : place >= 0 ? role.tag : role.plain;
    this.#roles[name] = learned;
    this.#places[name] = place;
    return learned;
  }

  #isPlain(text: string | null): boolean {
    return text === null || this.#flat.isPlain(text);
  }
}

/** A token as a field's value; numbers as ingest reads them (parse/json.ts). */
function fieldValue(line: LineTokens, i: number): FieldValue {
  const text = tokenText(line, i);
  switch (line.kinds[i]) {
    case token.integer:
    case token.number:
      return text === null || String(Number(text)) !== text ? text : Number(text);
    case token.true:
    case token.false:
      return text === 'true';
    default:
      return text;
  }
}
