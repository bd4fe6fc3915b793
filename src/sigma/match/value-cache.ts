/**
 * Truths by value for a field whose values repeat (an image path, a user): looking a value up is quicker than scanning
 * it. Truths depend on the value alone, so the cache changes no answer. It forgets what was not asked for of late, and
 * rests while most lookups are in vain.
 */
export class ValueCache {
  #young = new Map<string, Int32Array>();
  #old = new Map<string, Int32Array>();
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

  /** Ask only for values it takes; undefined: scan it and `keep` what came out. */
  truthsOf(text: string): Int32Array | undefined {
    if (++this.#lookups === trialLookups) this.#judge();
    const young = this.#young.get(text);
    if (young !== undefined) {
      this.#found++;
      return young;
    }
    const old = this.#old.get(text);
    if (old === undefined) return undefined;
    this.#found++;
    this.keep(text, old);
    return old;
  }

  keep(text: string, truths: Int32Array): void {
    if (this.#young.size >= valuesMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, truths);
  }

  #judge(): void {
    if (this.#found * 2 < this.#lookups) {
      this.#resting = restLookups;
      this.#young = new Map();
      this.#old = new Map();
    }
    this.#lookups = 0;
    this.#found = 0;
  }
}

/** Values kept a generation, of two; with the length below this bounds a field's cache to about a megabyte. */
const valuesMax = 1024;
const valueUnitsMax = 256;
/** Lookups after which the share found is judged. */
const trialLookups = 1024;
/** Values not looked up after a judgement that too few were found. */
const restLookups = 65_536;
