import { type EngineImage, gramFrom, gramLength, gramList, gramSize, gramStart, gramWidth } from '../image.ts';
import type { ByteScan } from './byte-scan.ts';

/** Shortest literal of an index. */
const literalMin = 3;
const noBytes = new Uint8Array(0);

/**
 * The literals of a contains automaton by four of their bytes, for texts in which hardly any of them stands: instead of
 * a step for every byte, one look for every second, third or fourth one. Every `stride`th window of four bytes is
 * hashed; each literal is filed under as many windows in a row as there are between two looks, so one of them is seen
 * wherever the literal stands. Bytes are compared as they stand in the line, escapes and all, with ASCII letters
 * folded; the literals are filed as JSON writes them.
 */
export class GramIndex {
  readonly #stride: number;
  /**
   * A bit for each hash of 16 bits under which a window is filed: eight kilobytes, so that it stays in the processor's
   * nearest cache, where `#heads` would not.
   */
  readonly #filter = new Int32Array(1 << (hashBits - 5));
  /** Hash → first window filed there, from 1; 0: none. */
  readonly #heads = new Uint16Array(1 << hashBits);
  readonly #next: Uint16Array;
  /** The window's bytes. */
  readonly #windows: Int32Array;
  /** Where in the literal the window begins; -1 for one that begins a byte before it. */
  readonly #offsets: Int16Array;
  readonly #lengths: Uint16Array;
  /** Another window of the literal, and where it stands from the first. */
  readonly #besides: Int32Array;
  readonly #besideAt: Int8Array;
  readonly #literals: Uint16Array;
  readonly #bytesOf: readonly Uint8Array[];
  readonly #lists: Int32Array;
  /** Counts texts; by literal, the text in which it last stood: once is enough. */
  #textNumber = 1;
  readonly #stoodAt: Float64Array;
  /** By literal: where it differed last from what looked like it; looked at first the next time, see TextScan. */
  readonly #differedAt: Int32Array;

  private constructor(
    written: readonly Uint8Array[],
    lists: Int32Array,
    stride: number,
    windows: readonly (readonly [window: number, offset: number, literal: number])[],
  ) {
    const count = windows.length;
    this.#stride = stride;
    this.#next = new Uint16Array(count + 1);
    this.#windows = new Int32Array(count + 1);
    this.#offsets = new Int16Array(count + 1);
    this.#lengths = new Uint16Array(count + 1);
    this.#besides = new Int32Array(count + 1);
    this.#besideAt = new Int8Array(count + 1);
    this.#literals = new Uint16Array(count + 1);
    this.#bytesOf = written;
    this.#lists = lists;
    this.#stoodAt = new Float64Array(lists.length);
    this.#differedAt = new Int32Array(lists.length);
    for (const [i, [window, offset, literal]] of windows.entries()) {
      const filed = i + 1;
      const bytes = written[literal] ?? noBytes;
      const head = Math.imul(window, multiplier) >>> hashShift;
      this.#filter[head >>> 5] = (this.#filter[head >>> 5] ?? 0) | (1 << head);
      this.#next[filed] = this.#heads[head] ?? 0;
      this.#heads[head] = filed;
      this.#windows[filed] = window;
      this.#offsets[filed] = offset;
      this.#lengths[filed] = bytes.length;
      const besideAt = offset + 2 * gramSize <= bytes.length ? gramSize : offset >= gramSize ? -gramSize : 0;
      this.#besideAt[filed] = besideAt;
      this.#besides[filed] = besideAt === 0 ? window : wordAt(bytes, offset + besideAt);
      this.#literals[filed] = literal;
    }
  }

  /** The index of the set at `at` in an image's `grams`. */
  static of({ grams, gramBytes }: EngineImage, at: number): GramIndex {
    const stride = grams[at] ?? 0;
    const count = grams[at + 1] ?? 0;
    const number = (literal: number, part: number) => grams[at + 2 + literal * gramWidth + part] ?? 0;
    const written: Uint8Array[] = [];
    const windows: (readonly [window: number, offset: number, literal: number])[] = [];
    for (let literal = 0; literal < count; literal++) {
      const start = number(literal, gramStart);
      const bytes = gramBytes.subarray(start, start + number(literal, gramLength));
      written.push(bytes);
      for (const [window, offset] of windowsOf(bytes, number(literal, gramFrom), stride)) {
        windows.push([window, offset, literal]);
      }
    }
    const lists = Int32Array.from(written, (_, literal) => number(literal, gramList));
    return new GramIndex(written, lists, stride, windows);
  }

  /** Notes in `scan` what stands in the text bytes[start … end); `view` is over the same bytes, and one follows it. */
  scan(bytes: Uint8Array, view: DataView, start: number, end: number, scan: ByteScan): void {
    this.#textNumber++;
    const filter = this.#filter;
    const stride = this.#stride;
    const last = end - literalMin;
    for (let p = start; p <= last; p += stride) {
      const window = view.getInt32(p, true) | caseBits;
      const head = Math.imul(window, multiplier) >>> hashShift;
      if ((((filter[head >>> 5] as number) >>> head) & 1) !== 0)
        this.#look(head, window, bytes, view, p, start, end, scan);
    }
  }

  #look(
    head: number,
    window: number,
    bytes: Uint8Array,
    view: DataView,
    at: number,
    start: number,
    end: number,
    scan: ByteScan,
  ): void {
    for (let filed = this.#heads[head] as number; filed !== 0; filed = this.#next[filed] as number) {
      if (this.#windows[filed] !== window) continue;
      const from = at - (this.#offsets[filed] as number);
      if (from < start || from + (this.#lengths[filed] as number) > end) continue;
      // A second window of the literal: nearly all that is not it ends here.
      const beside = at + (this.#besideAt[filed] as number);
      if ((view.getInt32(beside, true) | caseBits) !== this.#besides[filed]) continue;
      const literal = this.#literals[filed] as number;
      if (this.#stoodAt[literal] === this.#textNumber) continue;
      const written = this.#bytesOf[literal] as Uint8Array;
      const differed = (this.#differedAt[literal] as number) - from;
      if (differed >= 0 && differed < written.length) {
        if (folded[bytes[from + differed] as number] !== written[differed]) continue;
      }
      let i = 0;
      while (i < written.length && folded[bytes[from + i] as number] === written[i]) i++;
      if (i < written.length) {
        this.#differedAt[literal] = from + i;
        continue;
      }
      // A byte behind an odd number of backslashes is half of an escape.
      if (bytes[from - 1] === 0x5c && isEscaped(bytes, from, start)) continue;
      this.#stoodAt[literal] = this.#textNumber;
      scan.note(this.#lists[literal] as number);
    }
  }
}

const multiplier = 0x9e3779b1;
const hashBits = 16;
const hashShift = 32 - hashBits;
/** With these bits set, letters of both cases are equal; what else becomes equal the comparison tells apart. */
const caseBits = 0x20202020;

const folded = new Uint8Array(256);
for (let c = 0; c < 256; c++) folded[c] = c >= 0x41 && c <= 0x5a ? c | 0x20 : c;

function isEscaped(bytes: Uint8Array, at: number, start: number): boolean {
  let slashes = 0;
  while (at - 1 - slashes >= start && bytes[at - 1 - slashes] === 0x5c) slashes++;
  return slashes % 2 === 1;
}

/** Four bytes with the case folded; beyond the end they are 0. */
function wordAt(written: Uint8Array, at: number): number {
  const byte = (i: number) => written[at + i] ?? 0;
  return byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24) | caseBits;
}

/** The windows a literal is filed under: bytes, and where they begin in it. */
function windowsOf(written: Uint8Array, from: number, stride: number): (readonly [number, number])[] {
  if (written.length - gramSize + 1 >= stride) {
    return Array.from({ length: stride }, (_, i) => [wordAt(written, from + i), from + i]);
  }
  // Three or four bytes, looked for at every second place: where a window reaches beyond the literal, any byte may be.
  const any = Array.from({ length: 128 }, (_, c) => c).filter((c) => (c & 0x20) !== 0);
  const begin = wordAt(written, 0);
  const before = any.map((c) => [(begin << 8) | c | caseBits, -1] as const);
  if (written.length === gramSize) return [[begin, 0], ...before];
  return [...any.map((c) => [(begin & 0xff_ffff) | (c << 24) | caseBits, 0] as const), ...before];
}
