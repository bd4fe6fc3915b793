import { grownFloats, grownInts } from './grown.ts';

// A slot's numbers lie side by side: with many groups every touch of a slot is a miss of the cache, and one is enough.
const ints = 8;
const head = 0;
const tail = 1;
const instant = 2;
const count = 3;
const group = 4;
const unsettled = 5;
const older = 6;
const newer = 7;
const floats = 2;
const last = 0;
const since = 1;

/** The groups of one correlation that have members: rows with a free list, strung together from the longest silent on. */
export class Slots {
  oldest = -1;
  #newest = -1;
  #ints: Int32Array = new Int32Array(64 * ints);
  #floats: Float64Array = new Float64Array(64 * floats);
  /** Group → slot + 1; 0 where the group has none. */
  #slotOf: Int32Array = new Int32Array(64);
  readonly #free: number[] = [];
  #used = 0;

  get capacity(): number {
    return this.#ints.length / ints;
  }

  /** -1 when the group has no slot. */
  find(groupAt: number): number {
    return groupAt < this.#slotOf.length ? (this.#slotOf[groupAt] ?? 0) - 1 : -1;
  }

  /** A slot without members, the newest of all. */
  add(groupAt: number): number {
    const slot = this.#free.pop() ?? this.#used++;
    if (slot === this.capacity) this.#grow();
    if (groupAt >= this.#slotOf.length) {
      this.#slotOf = grownInts(this.#slotOf, Math.max(groupAt + 1, this.#slotOf.length * 2));
    }
    this.#slotOf[groupAt] = slot + 1;
    const row = slot * ints;
    this.#ints[row + head] = -1;
    this.#ints[row + tail] = -1;
    this.#ints[row + instant] = -1;
    this.#ints[row + count] = 0;
    this.#ints[row + group] = groupAt;
    this.#ints[row + unsettled] = 0;
    this.#floats[slot * floats + last] = Number.NEGATIVE_INFINITY;
    this.#floats[slot * floats + since] = Number.NaN;
    this.#append(slot);
    return slot;
  }

  remove(slot: number): void {
    this.#unlink(slot);
    this.#slotOf[this.groupOf(slot)] = 0;
    this.setUnsettled(slot, false);
    this.#free.push(slot);
  }

  /** The slot has a member of `timeMs`, the newest time of all slots. */
  touch(slot: number, timeMs: number): void {
    this.#floats[slot * floats + last] = timeMs;
    if (slot === this.#newest) return;
    this.#unlink(slot);
    this.#append(slot);
  }

  /** First member of the window; -1 when there is none. */
  headOf(slot: number): number {
    return this.#ints[slot * ints + head] ?? -1;
  }

  setHead(slot: number, member: number): void {
    this.#ints[slot * ints + head] = member;
  }

  /** Last member of the window; -1 when there is none. */
  tailOf(slot: number): number {
    return this.#ints[slot * ints + tail] ?? -1;
  }

  setTail(slot: number, member: number): void {
    this.#ints[slot * ints + tail] = member;
  }

  /** First member of the newest time. */
  instantOf(slot: number): number {
    return this.#ints[slot * ints + instant] ?? -1;
  }

  setInstant(slot: number, member: number): void {
    this.#ints[slot * ints + instant] = member;
  }

  /** Members in the window. */
  countOf(slot: number): number {
    return this.#ints[slot * ints + count] ?? 0;
  }

  setCount(slot: number, members: number): void {
    this.#ints[slot * ints + count] = members;
  }

  groupOf(slot: number): number {
    return this.#ints[slot * ints + group] ?? 0;
  }

  /** A member came in whose time is not settled yet. */
  isUnsettled(slot: number): boolean {
    return this.#ints[slot * ints + unsettled] === 1;
  }

  setUnsettled(slot: number, isOpen: boolean): void {
    this.#ints[slot * ints + unsettled] = isOpen ? 1 : 0;
  }

  /** Time of the newest member. */
  lastMs(slot: number): number {
    return this.#floats[slot * floats + last] ?? 0;
  }

  /** When the condition turned true; NaN while it does not hold. */
  sinceMs(slot: number): number {
    return this.#floats[slot * floats + since] ?? 0;
  }

  setSince(slot: number, timeMs: number): void {
    this.#floats[slot * floats + since] = timeMs;
  }

  #append(slot: number): void {
    this.#ints[slot * ints + older] = this.#newest;
    this.#ints[slot * ints + newer] = -1;
    if (this.#newest >= 0) this.#ints[this.#newest * ints + newer] = slot;
    else this.oldest = slot;
    this.#newest = slot;
  }

  #unlink(slot: number): void {
    const before = this.#ints[slot * ints + older] ?? -1;
    const after = this.#ints[slot * ints + newer] ?? -1;
    if (before >= 0) this.#ints[before * ints + newer] = after;
    else this.oldest = after;
    if (after >= 0) this.#ints[after * ints + older] = before;
    else this.#newest = before;
  }

  #grow(): void {
    this.#ints = grownInts(this.#ints, this.#ints.length * 2);
    this.#floats = grownFloats(this.#floats, this.#floats.length * 2);
  }
}
