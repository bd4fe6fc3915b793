import {
  type EngineImage,
  gramFrom,
  gramLength,
  gramList,
  gramLiteralMin,
  gramSize,
  gramStart,
  gramWidth,
} from '../image.ts';
import { IntBuffer } from '../int-buffer.ts';
import { type ByteScan, isEscaped } from './byte-scan.ts';
import { firstMark } from './words.ts';

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
  /** A bit for each hash under which a window is filed: 16 kilobytes, so that it stays in the nearest cache. */
  readonly #filter = new Int32Array(1 << (hashBits - 5));
  /** Upper bits of the hash → entries of the windows filed there: [#buckets[b] … #buckets[b + 1]). */
  readonly #buckets: Int32Array;
  readonly #bucketShift: number;
  /** Windows as entries of entryWidth numbers side by side, so that looking one up touches one line of the cache. */
  readonly #entries: Int32Array;
  readonly #bytesOf: readonly Uint8Array[];
  /** The literals by four bytes, each word with the bits of it that must be equal: all but the case of letters. */
  readonly #words: Int32Array;
  readonly #wordsAt: Int32Array;
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
    this.#stride = stride;
    const bucketBits = Math.min(hashBits, 34 - Math.clz32(windows.length));
    this.#bucketShift = 32 - bucketBits;
    this.#buckets = new Int32Array((1 << bucketBits) + 1);
    this.#entries = new Int32Array(windows.length * entryWidth);
    this.#bytesOf = written;
    const words = new IntBuffer();
    this.#wordsAt = Int32Array.from(written, (bytes) => pushWords(bytes, words));
    this.#words = words.take();
    this.#lists = lists;
    this.#stoodAt = new Float64Array(lists.length);
    this.#differedAt = new Int32Array(lists.length);
    const counts = this.#buckets;
    for (const [window] of windows) {
      const hash = hashOf(window);
      this.#filter[hash >>> 5] = (this.#filter[hash >>> 5] ?? 0) | (1 << hash);
      const bucket = Math.imul(window, multiplier) >>> this.#bucketShift;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    let sum = 0;
    for (let bucket = 0; bucket < counts.length; bucket++) {
      sum += (counts[bucket] ?? 0) * entryWidth;
      counts[bucket] = sum;
    }
    // Filled from behind: each bucket then begins where its count ended.
    for (const [window, offset, literal] of windows) {
      const bucket = Math.imul(window, multiplier) >>> this.#bucketShift;
      const filed = (counts[bucket] ?? 0) - entryWidth;
      counts[bucket] = filed;
      const bytes = written[literal] ?? noBytes;
      const besideAt = besideOf(offset, bytes.length);
      const beside = besideAt === 0 ? window : wordAt(bytes, offset + besideAt);
      const place = ((bytes.length - offset) << 16) | (offset & 0xffff);
      this.#entries.set([window, beside, (literal << 4) | (besideAt + gramSize), place], filed);
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
    const filter = this.#filter;
    const { places } = scan;
    const stride = this.#stride | 0;
    const last = end - gramLiteralMin;
    const fold = caseBits | 0;
    const factor = multiplier | 0;
    const hashFrom = hashShift | 0;
    let count = 0;
    let p = start | 0;
    // Four looks a turn: what the machine does once a turn beside them is as much as a look. One branch for the four,
    // since it is often guessed wrongly, and a wrong guess costs as much as five looks.
    for (const stop = (last - stride * 3) | 0; p <= stop; p = (p + stride) | 0) {
      const q = (p + stride) | 0;
      const r = (q + stride) | 0;
      const s = (r + stride) | 0;
      const a = Math.imul(view.getInt32(p, true) | fold, factor) >>> hashFrom;
      const b = Math.imul(view.getInt32(q, true) | fold, factor) >>> hashFrom;
      const c = Math.imul(view.getInt32(r, true) | fold, factor) >>> hashFrom;
      const d = Math.imul(view.getInt32(s, true) | fold, factor) >>> hashFrom;
      const bitA = (filter[a >>> 5] as number) >>> a;
      const bitB = (filter[b >>> 5] as number) >>> b;
      const bitC = (filter[c >>> 5] as number) >>> c;
      const bitD = (filter[d >>> 5] as number) >>> d;
      if (((bitA | bitB | bitC | bitD) & 1) !== 0) {
        // Every place is written down, and stays only when the filter has its bit.
        places[count] = p;
        count = (count + (bitA & 1)) | 0;
        places[count] = q;
        count = (count + (bitB & 1)) | 0;
        places[count] = r;
        count = (count + (bitC & 1)) | 0;
        places[count] = s;
        count = (count + (bitD & 1)) | 0;
      }
      p = s;
    }
    for (; p <= last; p = (p + stride) | 0) {
      const hash = Math.imul(view.getInt32(p, true) | fold, factor) >>> hashFrom;
      places[count] = p;
      count = (count + (((filter[hash >>> 5] as number) >>> hash) & 1)) | 0;
    }
    if (count !== 0) this.#look(count, bytes, view, start, end, scan);
  }

  /** What of the windows at the first `count` places is one of a literal that stands there. */
  #look(count: number, bytes: Uint8Array, view: DataView, start: number, end: number, scan: ByteScan): void {
    const textNumber = ++this.#textNumber;
    const { places } = scan;
    const buckets = this.#buckets;
    const shift = this.#bucketShift;
    const entries = this.#entries;
    const stoodAt = this.#stoodAt;
    const fold = caseBits | 0;
    const factor = multiplier | 0;
    for (let i = 0; i < count; i++) {
      const at = places[i] as number;
      const window = view.getInt32(at, true) | fold;
      const bucket = Math.imul(window, factor) >>> shift;
      const stop = buckets[bucket + 1] as number;
      for (let entry = buckets[bucket] as number; entry < stop; entry = (entry + 4) | 0) {
        if (entries[entry] !== window) continue;
        // Where the literal would have to stand.
        const extent = entries[entry + 3] as number;
        const from = (at - ((extent << 16) >> 16)) | 0;
        if (from < start || at + (extent >>> 16) > end) continue;
        const literal = entries[entry + 2] as number;
        if ((view.getInt32(at + (literal & 15) - 4, true) | fold) !== entries[entry + 1]) continue;
        if (stoodAt[literal >>> 4] === textNumber) continue;
        this.#compare(literal >>> 4, from, bytes, view, start, scan);
      }
    }
  }

  /** Compares a literal in full with what stands at `from`; notes its list when it is there. */
  #compare(literal: number, from: number, bytes: Uint8Array, view: DataView, start: number, scan: ByteScan): void {
    const words = this.#words;
    const written = this.#bytesOf[literal] as Uint8Array;
    const { length } = written;
    const differed = (this.#differedAt[literal] as number) - from;
    if (differed >= 0 && differed < length && folded[bytes[from + differed] as number] !== written[differed]) return;
    const final = length < gramSize ? 0 : length - gramSize;
    let word = this.#wordsAt[literal] as number;
    for (let i = 0; ; i += gramSize, word += 2) {
      if (i > final) i = final;
      const unlike = (view.getInt32(from + i, true) ^ (words[word] as number)) & (words[word + 1] as number);
      if (unlike !== 0) {
        this.#differedAt[literal] = from + i + firstMark(unlike);
        return;
      }
      if (i === final) break;
    }
    // A byte behind an odd number of backslashes is half of an escape.
    if (bytes[from - 1] === 0x5c && isEscaped(bytes, from, start)) return;
    this.#stoodAt[literal] = this.#textNumber;
    scan.note(this.#lists[literal] as number);
  }
}

const multiplier = 0x9e3779b1;
const hashBits = 17;
const hashShift = 32 - hashBits;

/** Numbers of an entry: window, beside, literal and where beside stands, where the window stands in the literal. */
const entryWidth = 4;

function hashOf(window: number): number {
  return Math.imul(window, multiplier) >>> hashShift;
}

/** Appends the words of a literal; where they begin. The last one reaches back when the length is no multiple. */
function pushWords(bytes: Uint8Array, words: IntBuffer): number {
  const at = words.length;
  const final = Math.max(0, bytes.length - gramSize);
  for (let i = 0; i < final + gramSize; i += gramSize) {
    let word = 0;
    let like = 0;
    for (let k = 0; k < gramSize; k++) {
      const byte = bytes[Math.min(i, final) + k];
      if (byte === undefined) continue;
      word |= byte << (8 * k);
      like |= (byte >= 0x61 && byte <= 0x7a ? 0xdf : 0xff) << (8 * k);
    }
    words.push(word);
    words.push(like);
  }
  return at;
}

/**
 * Where, from a window, another window of the literal stands that has as many more of its bytes as can be; 0: there is
 * none.
 */
function besideOf(offset: number, length: number): number {
  const behind = Math.min(gramSize, length - gramSize - offset);
  const before = Math.min(gramSize, offset);
  if (behind <= 0 && before <= 0) return 0;
  return behind >= before ? behind : -before;
}

/** With these bits set, letters of both cases are equal; what else becomes equal the comparison tells apart. */
const caseBits = 0x20202020;

const folded = new Uint8Array(256);
for (let c = 0; c < 256; c++) folded[c] = c >= 0x41 && c <= 0x5a ? c | 0x20 : c;

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
