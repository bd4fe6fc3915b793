import { isFreeText } from '../free-text.ts';
import type { LineTokens } from './line-tokens.ts';

/** Bounds of what is kept: 2,048 values of at most 128 bytes. */
const cacheLimits = { entries: 2_048, valueBytes: 128, lists: 65_536 } as const;

const wordsOfEntry = cacheLimits.valueBytes / 4;

/** Values looked up before a field is judged, and how long a field that repeats little is left alone. */
const judgedAfter = 512;
const restedFor = 65_536;

/**
 * What scans of short values found, by the values' bytes: host names, users and programs come again and again, and
 * comparing bytes is several times quicker than scanning them. Fields whose values do not come again are left alone.
 *
 * Two places a value; of those that are there, the one not met for longer gives way.
 */
export class ValueCache {
  readonly #words = new Int32Array(cacheLimits.entries * wordsOfEntry);
  readonly #names = new Int32Array(cacheLimits.entries).fill(-1);
  readonly #lengths = new Int32Array(cacheLimits.entries);
  /** Lists of truths each value makes: pool[from … from + count). */
  readonly from: Int32Array = new Int32Array(cacheLimits.entries);
  readonly counts: Int32Array = new Int32Array(cacheLimits.entries);
  readonly pool: Int32Array = new Int32Array(cacheLimits.lists);
  #pooled = 0;
  /** By pair of places: which of the two was longer not met (0 or 1), and so gives way. */
  readonly #older = new Uint8Array(cacheLimits.entries / 2);
  /** By name: lookups and hits of the present judgement; below 0: so many values until the next. -1 of `#tried` when never kept. */
  #tried = new Int32Array(256);
  #met = new Int32Array(256);
  #known = 0;
  /** Where the value last looked for belongs; -1 when it is not to be kept. */
  place = -1;

  /** Forgets everything: names have other numbers now. */
  clear(): void {
    this.#names.fill(-1);
    this.#pooled = 0;
    this.#known = 0;
  }

  /** The entry of token `i`'s value, -1 when there is none; `place` then says where it may be put. */
  find(line: LineTokens, i: number): number {
    this.place = -1;
    const name = line.names[i] as number;
    const start = line.starts[i] as number;
    const length = (line.ends[i] as number) - start;
    const { view } = line;
    if (length > cacheLimits.valueBytes || start + length + 4 > view.byteLength) return -1;
    if (name >= this.#known) this.#learn(line, name);
    const tried = this.#tried[name] as number;
    if (tried < 0) {
      if (tried !== never) this.#tried[name] = tried + 1;
      return -1;
    }
    // A few words of the value tell values apart well enough; the comparison below decides.
    const whole = length >> 2;
    const restMask = (1 << ((length & 3) << 3)) - 1;
    let hash = Math.imul(name, 0x9e3779b1) ^ length;
    if (whole > 0) {
      hash = Math.imul(hash ^ view.getInt32(start, true), 0x85ebca6b);
      hash = Math.imul(hash ^ (hash >>> 15) ^ view.getInt32(start + ((whole >> 1) << 2), true), 0xc2b2ae35);
      hash = Math.imul(hash ^ (hash >>> 13) ^ view.getInt32(start + length - 4, true), 0x85ebca6b);
      if (whole > 1) hash = Math.imul(hash ^ (hash >>> 15) ^ view.getInt32(start + length - 8, true), 0xc2b2ae35);
    } else hash = Math.imul(hash ^ (view.getInt32(start, true) & restMask), 0x85ebca6b);
    const first = (hash ^ (hash >>> 16)) & (cacheLimits.entries - 1) & ~1;
    this.#judge(name, tried);
    for (let entry = first; entry <= first + 1; entry++) {
      if (this.#names[entry] !== name || this.#lengths[entry] !== length) continue;
      const words = this.#words;
      const base = entry * wordsOfEntry;
      let word = 0;
      while (word < whole && view.getInt32(start + (word << 2), true) === words[base + word]) word++;
      if (word < whole) continue;
      if (restMask !== 0 && (view.getInt32(start + (whole << 2), true) & restMask) !== words[base + whole]) continue;
      this.#met[name] = (this.#met[name] as number) + 1;
      this.#older[first >> 1] = entry === first ? 1 : 0;
      return entry;
    }
    this.place = first + (this.#older[first >> 1] as number);
    return -1;
  }

  /** Keeps what the scan of token `i` found, at `place`. */
  put(line: LineTokens, i: number, lists: Int32Array, count: number): void {
    const entry = this.place;
    if (entry < 0) return;
    if (this.#pooled + count > this.pool.length) {
      this.#names.fill(-1);
      this.#pooled = 0;
      if (count > this.pool.length) return;
    }
    const start = line.starts[i] as number;
    const length = (line.ends[i] as number) - start;
    const whole = length >> 2;
    const restMask = (1 << ((length & 3) << 3)) - 1;
    const base = entry * wordsOfEntry;
    for (let word = 0; word < whole; word++) this.#words[base + word] = line.view.getInt32(start + (word << 2), true);
    if (restMask !== 0) this.#words[base + whole] = line.view.getInt32(start + (whole << 2), true) & restMask;
    this.#names[entry] = line.names[i] as number;
    this.#lengths[entry] = length;
    this.from[entry] = this.#pooled;
    this.counts[entry] = count;
    this.#older[entry >> 1] = 1 - (entry & 1);
    for (let at = 0; at < count; at++) this.pool[this.#pooled++] = lists[at] as number;
  }

  #judge(name: number, tried: number): void {
    if (tried < judgedAfter) {
      this.#tried[name] = tried + 1;
      return;
    }
    this.#tried[name] = (this.#met[name] as number) * 2 < tried ? -restedFor : 0;
    this.#met[name] = 0;
  }

  #learn(line: LineTokens, name: number): void {
    const { names } = line.tree;
    if (names.length > this.#tried.length) {
      this.#tried = widened(this.#tried, names.length * 2);
      this.#met = widened(this.#met, names.length * 2);
    }
    for (; this.#known <= name; this.#known++) {
      this.#tried[this.#known] = isFreeText(names[this.#known] ?? '') ? never : 0;
      this.#met[this.#known] = 0;
    }
  }
}

const never = -0x8000_0000;

function widened(numbers: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(length);
  wider.set(numbers);
  return wider;
}
