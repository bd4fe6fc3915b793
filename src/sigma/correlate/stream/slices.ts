import { popHeap, pushHeap } from './heap.ts';

/** Slices of time that many events are spread over at a time; a power of two. */
const atHand = 128;

/**
 * What waits, by slices of time: the first of a chain of members for every slice that has any. Events out of order go to
 * another slice each time, so the slices that they commonly go to are kept in a small table, and only the others in a Map.
 */
export class Slices {
  readonly #slices: Float64Array = new Float64Array(atHand).fill(Number.NaN);
  readonly #firsts: Int32Array = new Int32Array(atHand);
  readonly #others = new Map<number, number>();
  /** All slices, oldest first. */
  readonly #heap: number[] = [];

  /** The oldest slice; undefined when there is none. */
  get oldest(): number | undefined {
    return this.#heap[0];
  }

  /** Puts a member before the first of a slice, which is returned; -1 when it is the only one. */
  exchange(slice: number, member: number): number {
    const at = placeOf(slice);
    const first = this.#slices[at] === slice ? (this.#firsts[at] ?? -1) : this.#fetch(slice, at);
    this.#firsts[at] = member;
    return first;
  }

  /** Takes the oldest slice out: its first member. */
  takeOldest(): number {
    const slice = popHeap(this.#heap);
    const at = placeOf(slice);
    if (this.#slices[at] === slice) {
      this.#slices[at] = Number.NaN;
      return this.#firsts[at] ?? -1;
    }
    const first = this.#others.get(slice) ?? -1;
    this.#others.delete(slice);
    return first;
  }

  /** Brings a slice to hand in place of another. */
  #fetch(slice: number, at: number): number {
    const other = this.#slices[at] ?? Number.NaN;
    if (!Number.isNaN(other)) this.#others.set(other, this.#firsts[at] ?? -1);
    this.#slices[at] = slice;
    const first = this.#others.get(slice);
    if (first === undefined) {
      pushHeap(this.#heap, slice);
      return -1;
    }
    this.#others.delete(slice);
    return first;
  }
}

function placeOf(slice: number): number {
  return ((slice % atHand) + atHand) % atHand;
}
