import { grownFloats, grownInts } from './grown.ts';

/** The groups of one correlation that have members: columns with a free list, strung together from the longest silent on. */
export class Slots {
  /** First and last member of the window, and the first of the newest time. */
  head: Int32Array = new Int32Array(64);
  tail: Int32Array = new Int32Array(64);
  instant: Int32Array = new Int32Array(64);
  count: Int32Array = new Int32Array(64);
  /** Time of the newest member. */
  last: Float64Array = new Float64Array(64);
  /** When the condition turned true; NaN while it does not hold. */
  since: Float64Array = new Float64Array(64);
  group: Int32Array = new Int32Array(64);
  /** 1 from a member's coming in until its time is settled. */
  unsettled: Int32Array = new Int32Array(64);
  /** Neighbours in the order of `last`. */
  older: Int32Array = new Int32Array(64);
  newer: Int32Array = new Int32Array(64);
  oldest = -1;
  #newest = -1;
  /** Group → slot + 1; 0 where the group has none. */
  #slotOf: Int32Array = new Int32Array(64);
  #free: number[] = [];
  #used = 0;

  get size(): number {
    return this.#used - this.#free.length;
  }

  get capacity(): number {
    return this.head.length;
  }

  /** -1 when the group has no slot. */
  find(group: number): number {
    return group < this.#slotOf.length ? (this.#slotOf[group] ?? 0) - 1 : -1;
  }

  /** A slot without members, the newest of all. */
  add(group: number): number {
    const slot = this.#free.pop() ?? this.#used++;
    if (slot === this.capacity) this.#grow(slot * 2);
    if (group >= this.#slotOf.length)
      this.#slotOf = grownInts(this.#slotOf, Math.max(group + 1, this.#slotOf.length * 2));
    this.#slotOf[group] = slot + 1;
    this.group[slot] = group;
    this.head[slot] = -1;
    this.tail[slot] = -1;
    this.instant[slot] = -1;
    this.count[slot] = 0;
    this.last[slot] = Number.NEGATIVE_INFINITY;
    this.since[slot] = Number.NaN;
    this.unsettled[slot] = 0;
    this.#append(slot);
    return slot;
  }

  remove(slot: number): void {
    this.#unlink(slot);
    this.#slotOf[this.group[slot] ?? 0] = 0;
    this.unsettled[slot] = 0;
    this.#free.push(slot);
  }

  /** The slot has a member of `timeMs`, the newest time of all slots. */
  touch(slot: number, timeMs: number): void {
    this.last[slot] = timeMs;
    if (slot === this.#newest) return;
    this.#unlink(slot);
    this.#append(slot);
  }

  #append(slot: number): void {
    this.older[slot] = this.#newest;
    this.newer[slot] = -1;
    if (this.#newest >= 0) this.newer[this.#newest] = slot;
    else this.oldest = slot;
    this.#newest = slot;
  }

  #unlink(slot: number): void {
    const older = this.older[slot] ?? -1;
    const newer = this.newer[slot] ?? -1;
    if (older >= 0) this.newer[older] = newer;
    else this.oldest = newer;
    if (newer >= 0) this.older[newer] = older;
    else this.#newest = older;
  }

  #grow(length: number): void {
    this.head = grownInts(this.head, length);
    this.tail = grownInts(this.tail, length);
    this.instant = grownInts(this.instant, length);
    this.count = grownInts(this.count, length);
    this.last = grownFloats(this.last, length);
    this.since = grownFloats(this.since, length);
    this.group = grownInts(this.group, length);
    this.unsettled = grownInts(this.unsettled, length);
    this.older = grownInts(this.older, length);
    this.newer = grownInts(this.newer, length);
  }
}
