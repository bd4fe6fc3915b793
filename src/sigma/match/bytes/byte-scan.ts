import { checkLength, checkList, checkPlace, checkStart, checkWidth, type EngineImage } from '../image.ts';

/** Bytes of a value that is scanned here at most, and lists that may be found in it; others are scanned as texts. */
export const byteScanLimits = { valueBytes: 65_536, found: 16_384 } as const;

/** Units from which on a comparison begins where the last one differed, see TextScan. */
const longLiteral = 16;

/**
 * Runs the automata of an image over one value that stands in a line as ASCII bytes, escapes and all. What it finds are
 * lists of truths, gathered in `found` and not marked yet, so that they can be kept for the next such value.
 *
 * Measured hot code: the classes of the value's characters are written down once; every automaton then reads them.
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
  #length = 0;
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

  /** Takes in the value bytes[start … end), which has no escapes. */
  takePlain(bytes: Uint8Array, start: number, end: number): void {
    const classes = this.#classes;
    const value = this.#value;
    let length = 0;
    for (let p = start; p < end; p++) value[length++] = classes[bytes[p] as number] as number;
    this.#length = length;
    this.#valueNumber++;
  }

  /** The same for a value with short escapes. */
  takeEscaped(bytes: Uint8Array, start: number, end: number): void {
    const classes = this.#classes;
    const value = this.#value;
    let length = 0;
    for (let p = start; p < end; p++) {
      let c = bytes[p] as number;
      if (c === 0x5c) c = escaped[bytes[++p] as number] as number;
      value[length++] = classes[c] as number;
    }
    this.#length = length;
    this.#valueNumber++;
  }

  /** Literals anywhere in the value. */
  contains(root: number): void {
    const table = this.#table;
    const value = this.#value;
    const length = this.#length;
    const met = this.#met;
    let count = 0;
    let state = root;
    for (let i = 0; i < length; i++) {
      state = table[state + (value[i] as number)] as number;
      if (state < 0) {
        state = ~state;
        met[count++] = state;
        met[count++] = i + 1;
      }
    }
    for (let i = 0; i < count; i += 2) {
      const list = table[(met[i] as number) + this.#hitsCell] as number;
      const checksAt = this.note(list);
      const checks = this.#lists[checksAt] as number;
      for (let at = checksAt + 1; at <= checksAt + checks; at++) {
        const number = this.#lists[at] as number;
        if (this.#stoodAt[number] === this.#valueNumber) continue;
        const check = number * checkWidth;
        const start = (met[i + 1] as number) - (this.#checks[check + checkPlace] as number);
        if (!this.#stands(check, start)) continue;
        this.#stoodAt[number] = this.#valueNumber;
        this.note(this.#checks[check + checkList] as number);
      }
    }
  }

  /** Literals that the value begins with or is. */
  forward(root: number): void {
    const table = this.#table;
    const value = this.#value;
    const length = this.#length;
    let state = root;
    for (let i = 0; i < length; i++) {
      const cell = value[i] as number;
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
    const value = this.#value;
    let state = root;
    for (let i = this.#length - 1; i >= 0; i--) {
      const cell = value[i] as number;
      state = cell === 0 ? 0 : (table[state + cell] as number);
      if (state === 0) return;
      if (state < 0) {
        state = ~state;
        this.#trieHits(table[state + this.#hitsCell] as number, true);
      }
    }
  }

  #trieHits(list: number, backward: boolean): void {
    const checksAt = this.note(list);
    const checks = this.#lists[checksAt] as number;
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
