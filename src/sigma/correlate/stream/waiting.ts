import { grownFloats, grownInts } from './grown.ts';

/**
 * Members that wait until no older ones are expected: columns, with a free list, strung together by the slice of time they
 * belong to. A slice is released whole, in the order of time.
 */
export class Waiting {
  time: Float64Array = new Float64Array(1024);
  subscription: Int32Array = new Int32Array(1024);
  group: Int32Array = new Int32Array(1024);
  number: Float64Array = new Float64Array(1024);
  readonly order: string[] = [];
  readonly text: string[] = [];
  readonly carried: (readonly (string | null)[])[] = [];
  count = 0;
  readonly sliceMs: number;
  /** Everything before this time was released. */
  releasedMs: number = Number.NEGATIVE_INFINITY;
  #next: Int32Array = new Int32Array(1024);
  #free = -1;
  #used = 0;
  /** First member of each slice that has any; the slices that wait stand in a heap, oldest first. */
  readonly #slices = new Map<number, number>();
  readonly #heap: number[] = [];
  #slice = Number.NaN;
  #first = -1;
  #gathered: Int32Array = new Int32Array(1024);

  constructor(reorderMs: number) {
    // Fine enough that little is released before its time when there is no room, coarse enough that slices are few.
    this.sliceMs = Math.min(1_000, Math.max(1, Math.floor(reorderMs / 64)));
  }

  /** A member on its own, in no slice yet. */
  allocate(): number {
    let at = this.#free;
    if (at >= 0) this.#free = this.#next[at] ?? -1;
    else {
      at = this.#used++;
      if (at === this.time.length) this.#grow(at * 2);
    }
    this.count++;
    return at;
  }

  free(at: number): void {
    this.order[at] = '';
    this.text[at] = '';
    this.carried[at] = none;
    this.#next[at] = this.#free;
    this.#free = at;
    this.count--;
  }

  /** Puts a member into the slice of its time, which must not have been released. */
  enter(at: number): void {
    const slice = Math.floor((this.time[at] ?? 0) / this.sliceMs);
    if (slice !== this.#slice) this.#turnTo(slice);
    this.#next[at] = this.#first;
    this.#first = at;
  }

  /** The slice that members come to now has its first one at hand; that of the one before goes to the map. */
  #turnTo(slice: number): void {
    if (this.#first >= 0) this.#slices.set(this.#slice, this.#first);
    this.#slice = slice;
    const first = this.#slices.get(slice);
    if (first === undefined) pushHeap(this.#heap, slice);
    this.#first = first ?? -1;
  }

  /** Start of the oldest slice that waits; infinite when none does. */
  oldestMs(): number {
    const slice = this.#heap[0];
    return slice === undefined ? Number.POSITIVE_INFINITY : slice * this.sliceMs;
  }

  /**
   * The members of the oldest slice, out of it, in ascending order of (time, reference); to be freed by the caller, and
   * good until the next call. From now on older ones are late.
   */
  takeOldest(references: Int32Array): Int32Array {
    const slice = popHeap(this.#heap);
    if (this.#first >= 0) this.#slices.set(this.#slice, this.#first);
    this.#first = -1;
    this.#slice = Number.NaN;
    this.releasedMs = (slice + 1) * this.sliceMs;
    let length = 0;
    for (let at = this.#slices.get(slice) ?? -1; at >= 0; at = this.#next[at] ?? -1) {
      if (length === this.#gathered.length) this.#gathered = grownInts(this.#gathered, length * 2);
      this.#gathered[length++] = at;
    }
    this.#slices.delete(slice);
    // The newest stands first, so what came in order is reversed.
    const members = this.#gathered.subarray(0, length).reverse();
    const { time, subscription } = this;
    const before = (a: number, b: number): number =>
      (time[a] ?? 0) - (time[b] ?? 0) ||
      (references[subscription[a] ?? 0] ?? 0) - (references[subscription[b] ?? 0] ?? 0);
    let earlier = members[0] ?? 0;
    for (const member of members) {
      if (before(earlier, member) > 0) return members.sort(before);
      earlier = member;
    }
    return members;
  }

  #grow(length: number): void {
    this.time = grownFloats(this.time, length);
    this.number = grownFloats(this.number, length);
    this.subscription = grownInts(this.subscription, length);
    this.group = grownInts(this.group, length);
    this.#next = grownInts(this.#next, length);
  }
}

/** What a member carries for which nothing is to be carried. */
export const none: readonly (string | null)[] = [];

function pushHeap(heap: number[], value: number): void {
  let at = heap.length;
  heap.push(value);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] ?? 0;
    if (above <= value) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = value;
}

function popHeap(heap: number[]): number {
  const top = heap[0] ?? 0;
  const last = heap.pop() ?? 0;
  const { length } = heap;
  if (length === 0) return top;
  let at = 0;
  for (;;) {
    let child = at * 2 + 1;
    if (child >= length) break;
    if (child + 1 < length && (heap[child + 1] ?? 0) < (heap[child] ?? 0)) child++;
    if ((heap[child] ?? 0) >= last) break;
    heap[at] = heap[child] ?? 0;
    at = child;
  }
  heap[at] = last;
  return top;
}
