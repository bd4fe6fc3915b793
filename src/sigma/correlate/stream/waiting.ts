import { Rows } from './rows.ts';
import { Slices } from './slices.ts';

// A row: two doubles, then ints.
const rowDoubles = 4;
const time = 0;
const number = 1;
const rowInts = 8;
const subscription = 4;
const group = 5;
/** The next of its slice, or of the free ones; -1 after the last. */
const next = 6;

/**
 * Members that wait until no older ones are expected: rows with a free list, strung together by the slice of time they
 * belong to. A slice is released whole, in the order of time.
 */
export class Waiting {
  readonly #order: string[] = [];
  readonly #text: string[] = [];
  readonly #carried: (readonly (string | null)[])[] = [];
  count = 0;
  readonly sliceMs: number;
  /** Everything before this time was released. */
  releasedMs: number = Number.NEGATIVE_INFINITY;
  readonly #rows = new Rows(64 * rowDoubles);
  readonly #slices = new Slices();
  #free = -1;
  #used = 0;
  /** The slice that was taken out: the first of the members of each of its milliseconds. */
  readonly #instants: Int32Array;
  #instant: number;
  #lastInstant = -1;

  constructor(reorderMs: number) {
    // Fine enough that little is released before its time when there is no room, coarse enough that slices are few.
    this.sliceMs = Math.min(1_000, Math.max(1, Math.floor(reorderMs / 64)));
    this.#instants = new Int32Array(this.sliceMs).fill(-1);
    this.#instant = this.sliceMs;
  }

  /** A member on its own, in no slice yet. */
  add(
    timeMs: number,
    subscriptionAt: number,
    groupAt: number,
    value: number,
    order: string,
    text: string,
    carried: readonly (string | null)[],
  ): number {
    const rows = this.#rows;
    let at = this.#free;
    if (at >= 0) this.#free = rows.ints[at * rowInts + next] ?? -1;
    else {
      at = this.#used++;
      if (at * rowDoubles === rows.doubles.length) rows.grow(at * rowDoubles * 2);
    }
    rows.doubles[at * rowDoubles + time] = timeMs;
    rows.doubles[at * rowDoubles + number] = value;
    rows.ints[at * rowInts + subscription] = subscriptionAt;
    rows.ints[at * rowInts + group] = groupAt;
    this.#order[at] = order;
    this.#text[at] = text;
    this.#carried[at] = carried;
    this.count++;
    return at;
  }

  free(at: number): void {
    this.#order[at] = '';
    this.#text[at] = '';
    this.#carried[at] = none;
    this.#rows.ints[at * rowInts + next] = this.#free;
    this.#free = at;
    this.count--;
  }

  timeOf(at: number): number {
    return this.#rows.doubles[at * rowDoubles + time] ?? 0;
  }

  numberOf(at: number): number {
    return this.#rows.doubles[at * rowDoubles + number] ?? 0;
  }

  subscriptionOf(at: number): number {
    return this.#rows.ints[at * rowInts + subscription] ?? 0;
  }

  groupOf(at: number): number {
    return this.#rows.ints[at * rowInts + group] ?? 0;
  }

  orderOf(at: number): string {
    return this.#order[at] ?? '';
  }

  textOf(at: number): string {
    return this.#text[at] ?? '';
  }

  carriedOf(at: number): readonly (string | null)[] {
    return this.#carried[at] ?? none;
  }

  /** Puts a member into the slice of its time, which must not have been released. */
  enter(at: number, timeMs: number): void {
    this.#rows.ints[at * rowInts + next] = this.#slices.exchange(Math.floor(timeMs / this.sliceMs), at);
  }

  /** Start of the oldest slice that waits; infinite when none does. */
  oldestMs(): number {
    const slice = this.#slices.oldest;
    return slice === undefined ? Number.POSITIVE_INFINITY : slice * this.sliceMs;
  }

  /** The next of the members of one millisecond, as `nextTogether` gives the first; -1 after the last. */
  nextOf(at: number): number {
    return this.#rows.ints[at * rowInts + next] ?? -1;
  }

  /** Takes the oldest slice out, to be had from `nextTogether`. From now on what is older than its end is late. */
  takeOldest(): void {
    const startMs = this.oldestMs();
    this.releasedMs = startMs + this.sliceMs;
    const { ints, doubles } = this.#rows;
    // The newest stands first in a slice, and the first to come first in a millisecond.
    for (let at = this.#slices.takeOldest(); at >= 0; ) {
      const after = ints[at * rowInts + next] ?? -1;
      // Beyond 2^53 the start of a slice is rounded, and its members may seem to lie outside it.
      const offset = Math.max(
        0,
        Math.min(this.sliceMs - 1, Math.floor((doubles[at * rowDoubles + time] ?? 0) - startMs)),
      );
      ints[at * rowInts + next] = this.#instants[offset] ?? -1;
      this.#instants[offset] = at;
      if (offset < this.#instant) this.#instant = offset;
      if (offset > this.#lastInstant) this.#lastInstant = offset;
      at = after;
    }
  }

  /** The first member of the next millisecond of the slice; -1 after the last. They are to be freed by the caller. */
  nextTogether(): number {
    while (this.#instant <= this.#lastInstant) {
      const at = this.#instants[this.#instant] ?? -1;
      this.#instants[this.#instant++] = -1;
      if (at >= 0) return at;
    }
    this.#instant = this.sliceMs;
    this.#lastInstant = -1;
    return -1;
  }
}

/** What a member carries for which nothing is to be carried. */
export const none: readonly (string | null)[] = [];
