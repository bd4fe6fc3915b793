import type { Marks } from './marks.ts';

/**
 * Truths by value for a field whose values repeat (an image path, a user): looking a value up is quicker than scanning
 * it. Truths depend on the value alone, so the cache changes no answer. It forgets what was not asked for of late, and
 * rests while most lookups are in vain.
 */
export class ValueCache {
  #young = new Kept();
  #old = new Kept();
  #lookups = 0;
  #found = 0;
  #resting = 0;

  /** Whether to look this value up at all; false also while the cache rests. */
  takes(text: string): boolean {
    if (text.length > valueUnitsMax) return false;
    if (this.#resting === 0) return true;
    this.#resting--;
    return false;
  }

  /** Marks the truths of a value that it takes; false: not known, scan it and `keep` what came out. */
  mark(text: string, marks: Marks): boolean {
    if (++this.#lookups === trialLookups) this.#judge();
    const young = this.#young.places.get(text);
    if (young !== undefined) {
      this.#found++;
      marks.markAll(this.#young.lists, young + 1, this.#young.lists[young] as number);
      return true;
    }
    const old = this.#old.places.get(text);
    if (old === undefined) return false;
    this.#found++;
    const { lists } = this.#old;
    const count = lists[old] as number;
    marks.markAll(lists, old + 1, count);
    this.keep(text, lists.subarray(old + 1, old + 1 + count), count);
    return true;
  }

  /** Keeps the first `count` truths for a value. */
  keep(text: string, truths: Int32Array, count: number): void {
    if (this.#young.places.size >= valuesMax) {
      this.#old = this.#young;
      this.#young = new Kept();
    }
    this.#young.add(text, truths, count);
  }

  #judge(): void {
    if (this.#found * 2 < this.#lookups) {
      this.#resting = restLookups;
      this.#young = new Kept();
      this.#old = new Kept();
    }
    this.#lookups = 0;
    this.#found = 0;
  }
}

/** Lists of truths side by side, since one array a value would lie scattered: count, truths. */
class Kept {
  readonly places = new Map<string, number>();
  lists: Int32Array = new Int32Array(256);
  #used = 0;

  add(text: string, truths: Int32Array, count: number): void {
    if (this.#used + count + 1 > this.lists.length) {
      const larger = new Int32Array(Math.max(this.#used + count + 1, this.lists.length * 2));
      larger.set(this.lists);
      this.lists = larger;
    }
    this.places.set(text, this.#used);
    this.lists[this.#used] = count;
    for (let i = 0; i < count; i++) this.lists[this.#used + 1 + i] = truths[i] as number;
    this.#used += count + 1;
  }
}

/** Values kept a generation, of two; with the length below this bounds a field's cache to about a megabyte. */
const valuesMax = 1024;
const valueUnitsMax = 256;
/** Lookups after which the share found is judged. */
const trialLookups = 1024;
/** Values not looked up after a judgement that too few were found. */
const restLookups = 65_536;
