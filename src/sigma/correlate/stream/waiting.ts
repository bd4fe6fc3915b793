import { grownInts } from './grown.ts';
import { Rows } from './rows.ts';
import { Slices } from './slices.ts';
import { sortNumbers } from './sort.ts';

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
  /** See takeOldest. */
  released: Int32Array = new Int32Array(64);
  readonly #rows = new Rows(64 * rowDoubles);
  readonly #slices = new Slices();
  #free = -1;
  #used = 0;
  #spare: Int32Array = new Int32Array(64);

  constructor(reorderMs: number) {
    // Fine enough that little is released before its time when there is no room, coarse enough that slices are few.
    this.sliceMs = Math.min(1_000, Math.max(1, Math.floor(reorderMs / 64)));
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

  /**
   * Takes the oldest slice out; how many members it had. They stand in `released` until the next call, in descending order
   * of (time, reference), and are to be freed by the caller. From now on older ones are late.
   */
  takeOldest(references: Int32Array): number {
    this.releasedMs = this.oldestMs() + this.sliceMs;
    const { ints: links, doubles: times } = this.#rows;
    let length = 0;
    // The newest is the first of its slice, so what came in order stands in descending order as it is.
    for (let at = this.#slices.takeOldest(); at >= 0; at = links[at * rowInts + next] ?? -1) {
      if (length === this.released.length) {
        this.released = grownInts(this.released, length * 2);
        this.#spare = new Int32Array(length * 2);
      }
      this.released[length++] = at;
    }
    sortNumbers(this.released, length, this.#spare, (a, b) => {
      const later = (times[a * rowDoubles + time] ?? 0) - (times[b * rowDoubles + time] ?? 0);
      if (later !== 0) return later > 0;
      return (
        (references[links[a * rowInts + subscription] ?? 0] ?? 0) >
        (references[links[b * rowInts + subscription] ?? 0] ?? 0)
      );
    });
    return length;
  }
}

/** What a member carries for which nothing is to be carried. */
export const none: readonly (string | null)[] = [];
