import { grownInts } from './grown.ts';
import { Rows } from './rows.ts';

// A row: two doubles, then ints, then what the measure keeps.
const last = 0;
const since = 1;
const head = 4;
const tail = 5;
const count = 6;
const group = 7;
const unsettled = 8;
const commonInts = 9;
/** Of a row that is free: the next of them, or -1. */
const nextFree = head;

/** Doubles in a line of the cache, of which a row takes a whole number. */
const line = 8;

/** The groups of one correlation that have members: rows with a free list. */
export class Slots {
  readonly #rows = new Rows(0);
  /** Ints of a row that are in use, and of a whole row. */
  #usedInts = commonInts;
  #width = 0;
  #capacity = 0;
  /** Group → slot + 1; 0 where the group has none. */
  #slotOf: Int32Array = new Int32Array(64);
  #free = -1;
  #used = 0;

  /** Room in every row for ints of the measure: where they begin. Before the first slot. */
  reserveInts(ints: number): number {
    const at = this.#usedInts;
    this.#usedInts += ints;
    return at;
  }

  /** The same for doubles. */
  reserveDoubles(doubles: number): number {
    this.#usedInts += this.#usedInts % 2;
    return this.reserveInts(doubles * 2) / 2;
  }

  /** -1 when the group has no slot. */
  find(groupAt: number): number {
    return groupAt < this.#slotOf.length ? (this.#slotOf[groupAt] ?? 0) - 1 : -1;
  }

  /** A slot without members; what the measure keeps of it is what it was of the slot before. */
  add(groupAt: number): number {
    let slot = this.#free;
    if (slot >= 0) this.#free = this.int(slot, nextFree);
    else {
      slot = this.#used++;
      if (slot === this.#capacity) this.#grow();
    }
    if (groupAt >= this.#slotOf.length) {
      this.#slotOf = grownInts(this.#slotOf, Math.max(groupAt + 1, this.#slotOf.length * 2));
    }
    this.#slotOf[groupAt] = slot + 1;
    const { ints, doubles } = this.#rows;
    const row = slot * this.#width;
    doubles[row + last] = Number.NEGATIVE_INFINITY;
    doubles[row + since] = Number.NaN;
    ints[row * 2 + count] = 0;
    ints[row * 2 + group] = groupAt;
    ints[row * 2 + unsettled] = 0;
    return slot;
  }

  remove(slot: number): void {
    this.#slotOf[this.groupOf(slot)] = 0;
    this.setUnsettled(slot, false);
    this.setInt(slot, nextFree, this.#free);
    this.#free = slot;
  }

  /** Puts a member at the end of the window: how many there are. */
  append(slot: number, member: number, timeMs: number): number {
    const { ints, doubles } = this.#rows;
    const row = slot * this.#width;
    const members = ints[row * 2 + count] ?? 0;
    doubles[row + last] = timeMs;
    ints[row * 2 + tail] = member;
    if (members === 0) ints[row * 2 + head] = member;
    ints[row * 2 + count] = members + 1;
    return members + 1;
  }

  /** The first member goes; `next` follows where there are more. How many there are. */
  removeFirst(slot: number, next: number): number {
    const { ints } = this.#rows;
    const row = slot * this.#width * 2;
    const left = (ints[row + count] ?? 0) - 1;
    ints[row + head] = next;
    ints[row + count] = left;
    return left;
  }

  /** The first member of the window; nothing of sense when there is none. */
  headOf(slot: number): number {
    return this.int(slot, head);
  }

  /** The last member of the window; nothing of sense when there is none. */
  tailOf(slot: number): number {
    return this.int(slot, tail);
  }

  /** Names the first member anew. */
  setHead(slot: number, member: number): void {
    this.setInt(slot, head, member);
  }

  setTail(slot: number, member: number): void {
    this.setInt(slot, tail, member);
  }

  /** Members in the window. */
  countOf(slot: number): number {
    return this.int(slot, count);
  }

  groupOf(slot: number): number {
    return this.int(slot, group);
  }

  /** A member came in whose time is not settled yet. */
  isUnsettled(slot: number): boolean {
    return this.int(slot, unsettled) === 1;
  }

  setUnsettled(slot: number, isOpen: boolean): void {
    this.setInt(slot, unsettled, isOpen ? 1 : 0);
  }

  /** Time of the newest member. */
  lastMs(slot: number): number {
    return this.double(slot, last);
  }

  /** When the condition turned true; NaN while it does not hold. */
  sinceMs(slot: number): number {
    return this.double(slot, since);
  }

  setSince(slot: number, timeMs: number): void {
    this.setDouble(slot, since, timeMs);
  }

  int(slot: number, at: number): number {
    return this.#rows.ints[slot * this.#width * 2 + at] ?? 0;
  }

  setInt(slot: number, at: number, value: number): void {
    this.#rows.ints[slot * this.#width * 2 + at] = value;
  }

  double(slot: number, at: number): number {
    return this.#rows.doubles[slot * this.#width + at] ?? 0;
  }

  setDouble(slot: number, at: number, value: number): void {
    this.#rows.doubles[slot * this.#width + at] = value;
  }

  #grow(): void {
    this.#width = Math.ceil(this.#usedInts / 2 / line) * line;
    this.#capacity = Math.max(64, this.#capacity * 2);
    this.#rows.grow(this.#capacity * this.#width);
  }
}
