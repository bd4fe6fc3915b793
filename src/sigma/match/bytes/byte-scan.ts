import { checkLength, checkList, checkPlace, checkStart, checkWidth, type EngineImage } from '../image.ts';

/** Bytes of a value that is scanned here at most, and lists that may be found in it; others are scanned as texts. */
export const byteScanLimits = { valueBytes: 65_536, found: 16_384 } as const;

/** Units from which on a comparison begins where the last one differed, see TextScan. */
const longLiteral = 16;

/**
 * Runs the automata of an image over one value that stands in a line as ASCII bytes, escapes and all. What it finds are
 * lists of truths, gathered in `found` and not marked yet, so that they can be kept for the next such value.
 *
 * Measured hot code: most values are read at their ends alone. What has to see all of one writes down the classes of its
 * characters on the way, escapes undone, for what comes after.
 */
export class ByteScan {
  readonly found: Int32Array = new Int32Array(byteScanLimits.found);
  /** May go beyond the length of `found`: then some are missing, and the value must be scanned another way. */
  count = 0;
  /** Room for GramIndex: where in a text windows stand that may be of a literal. */
  readonly places: Int32Array = new Int32Array(byteScanLimits.valueBytes);
  readonly #table: Int32Array;
  readonly #lists: Int32Array;
  readonly #checks: Int32Array;
  readonly #literals: Uint8Array;
  /** Byte → class, 0 above 127. */
  readonly #classes: Uint8Array;
  readonly #hitsCell: number;
  readonly #endCell: number;
  /** Classes of the value in hand: #value[0 … #length). */
  readonly #value = new Uint8Array(byteScanLimits.valueBytes);
  /** -1: not written down. */
  #length = -1;
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  /** Counts values; by check, the value in which it last stood: a literal of ninety `a` in a million is compared once. */
  #valueNumber = 1;
  readonly #stoodAt: Float64Array;
  /** By check of a long literal: where in a value it differed last. */
  readonly #differedAt: Int32Array;
  /** Places where a part of a literal was met: state and number of units read. */
  readonly #met = new Int32Array(byteScanLimits.valueBytes * 2);

  constructor(image: EngineImage) {
    this.#table = image.table;
    this.#lists = image.lists;
    this.#checks = image.checks;
    this.#literals = image.literals;
    this.#classes = image.classes.slice(0, 128);
    this.#stoodAt = new Float64Array(image.checks.length / checkWidth);
    this.#differedAt = new Int32Array(image.checks.length / checkWidth);
    this.#hitsCell = image.stride - 2;
    this.#endCell = image.stride - 1;
  }

  /** The value to scan: bytes[start … end), which may have short escapes. */
  open(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#length = -1;
    this.#valueNumber++;
  }

  /** Literals anywhere in the value. */
  contains(root: number): void {
    const table = this.#table;
    const value = this.#value;
    const met = this.#met;
    let count = 0;
    let state = root;
    if (this.#length < 0) {
      // Written down on the way, for what comes after.
      const bytes = this.#bytes;
      const end = this.#end;
      const classes = this.#classes;
      let length = 0;
      for (let p = this.#start; p < end; p++) {
        let c = bytes[p] as number;
        if (c === 0x5c) c = escaped[bytes[++p] as number] as number;
        const cell = classes[c] as number;
        value[length++] = cell;
        state = table[state + cell] as number;
        if (state < 0) {
          state = ~state;
          met[count++] = state;
          met[count++] = length;
        }
      }
      this.#length = length;
    } else {
      const length = this.#length;
      for (let i = 0; i < length; i++) {
        state = table[state + (value[i] as number)] as number;
        if (state < 0) {
          state = ~state;
          met[count++] = state;
          met[count++] = i + 1;
        }
      }
    }
    for (let i = 0; i < count; i += 2) this.#containedHits(met[i] as number, met[i + 1] as number);
  }

  #containedHits(state: number, read: number): void {
    const checksAt = this.note(this.#table[state + this.#hitsCell] as number);
    const checks = this.#lists[checksAt] as number;
    for (let at = checksAt + 1; at <= checksAt + checks; at++) {
      const number = this.#lists[at] as number;
      if (this.#stoodAt[number] === this.#valueNumber) continue;
      const check = number * checkWidth;
      if (!this.#stands(check, read - (this.#checks[check + checkPlace] as number))) continue;
      this.#stoodAt[number] = this.#valueNumber;
      this.note(this.#checks[check + checkList] as number);
    }
  }

  /** Literals that the value begins with or is: of most values a few bytes are read. */
  forward(root: number): void {
    const table = this.#table;
    const classes = this.#classes;
    const bytes = this.#bytes;
    const end = this.#end;
    let state = root;
    for (let p = this.#start; p < end; p++) {
      let c = bytes[p] as number;
      if (c === 0x5c) c = escaped[bytes[++p] as number] as number;
      const cell = classes[c] as number;
      state = cell === 0 ? 0 : (table[state + cell] as number);
      if (state === 0) return;
      if (state < 0) {
        state = ~state;
        this.#trieHits(table[state + this.#hitsCell] as number, false);
      }
    }
    const list = table[state + this.#endCell] as number;
    if (list !== 0) this.note(list);
  }

  /** Literals that the value ends with. */
  backward(root: number): void {
    const table = this.#table;
    const classes = this.#classes;
    const bytes = this.#bytes;
    const start = this.#start;
    let state = root;
    for (let p = this.#end - 1; p >= start; p--) {
      let c = bytes[p] as number;
      if (p > start && bytes[p - 1] === 0x5c && isEscaped(bytes, p, start)) {
        c = escaped[c] as number;
        p--;
      }
      const cell = classes[c] as number;
      state = cell === 0 ? 0 : (table[state + cell] as number);
      if (state === 0) return;
      if (state < 0) {
        state = ~state;
        this.#trieHits(table[state + this.#hitsCell] as number, true);
      }
    }
  }

  /** Writes down the classes of the value, which few scans need in full. */
  #take(): void {
    const classes = this.#classes;
    const value = this.#value;
    const bytes = this.#bytes;
    let length = 0;
    for (let p = this.#start; p < this.#end; p++) {
      let c = bytes[p] as number;
      if (c === 0x5c) c = escaped[bytes[++p] as number] as number;
      value[length++] = classes[c] as number;
    }
    this.#length = length;
  }

  #trieHits(list: number, backward: boolean): void {
    const checksAt = this.note(list);
    const checks = this.#lists[checksAt] as number;
    if (checks > 0 && this.#length < 0) this.#take();
    for (let at = checksAt + 1; at <= checksAt + checks; at++) {
      const check = (this.#lists[at] as number) * checkWidth;
      const length = this.#checks[check + checkLength] as number;
      if (!backward && this.#checks[check + checkPlace] === 1 && length !== this.#length) continue;
      if (this.#stands(check, backward ? this.#length - length : 0)) {
        this.note(this.#checks[check + checkList] as number);
      }
    }
  }

  #stands(check: number, start: number): boolean {
    const length = this.#checks[check + checkLength] as number;
    if (start < 0 || start + length > this.#length) return false;
    const value = this.#value;
    const literals = this.#literals;
    const from = this.#checks[check + checkStart] as number;
    if (length > longLiteral) {
      const at = (this.#differedAt[check / checkWidth] as number) - start;
      if (at >= 0 && at < length && value[start + at] !== literals[from + at]) return false;
    }
    for (let i = 0; i < length; i++) {
      if (value[start + i] === literals[from + i]) continue;
      if (length > longLiteral) this.#differedAt[check / checkWidth] = start + i;
      return false;
    }
    return true;
  }

  /** Notes a list if it has truths; the place of its count of checks. */
  note(list: number): number {
    const truths = this.#lists[list] as number;
    if (truths > 0) this.found[this.count++] = list;
    return list + 1 + truths;
  }
}

/** The character that a short escape stands for. */
const escaped = new Uint8Array(256);
for (const [letter, character] of Object.entries({ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' })) {
  escaped[letter.charCodeAt(0)] = character.charCodeAt(0);
}
for (const same of ['"', '\\']) escaped[same.charCodeAt(0)] = same.charCodeAt(0);

/** Whether the byte is behind an odd number of backslashes: half of an escape. */
export function isEscaped(bytes: Uint8Array, at: number, start: number): boolean {
  let slashes = 0;
  while (at - 1 - slashes >= start && bytes[at - 1 - slashes] === 0x5c) slashes++;
  return slashes % 2 === 1;
}
