import { grownFloats, grownInts } from './grown.ts';
import { none } from './waiting.ts';

// A member's numbers lie side by side, so that touching a member of some group touches two cache lines, not seven.
const links = 4;
const next = 0;
const previous = 1;
const reference = 2;
const floats = 2;
const time = 0;
const number = 1;

/** The members in the windows of one correlation: rows with a free list, each window a list in the order of time. */
export class Members {
  readonly order: string[] = [];
  /** Texts of value_count, and what is carried where something is; otherwise they stay empty. */
  readonly text: string[] = [];
  readonly carried: (readonly (string | null)[])[] = [];
  count = 0;
  #links: Int32Array = new Int32Array(64 * links);
  #floats: Float64Array = new Float64Array(64 * floats);
  #free = -1;
  #used = 0;

  /** A member that is followed by nothing. */
  add(timeMs: number, value: number, referenceAt: number, order: string, previousAt: number): number {
    let at = this.#free;
    if (at >= 0) this.#free = this.nextOf(at);
    else {
      at = this.#used++;
      if (at * links === this.#links.length) this.#grow();
    }
    this.count++;
    this.order[at] = order;
    const link = at * links;
    this.#links[link + next] = -1;
    this.#links[link + previous] = previousAt;
    this.#links[link + reference] = referenceAt;
    this.#floats[at * floats + time] = timeMs;
    this.#floats[at * floats + number] = value;
    return at;
  }

  free(at: number): void {
    this.order[at] = '';
    if (at < this.text.length) this.text[at] = '';
    if (at < this.carried.length) this.carried[at] = none;
    this.setNext(at, this.#free);
    this.#free = at;
    this.count--;
  }

  /** -1 after the last. */
  nextOf(at: number): number {
    return this.#links[at * links + next] ?? -1;
  }

  setNext(at: number, to: number): void {
    this.#links[at * links + next] = to;
  }

  /** -1 before the first. */
  previousOf(at: number): number {
    return this.#links[at * links + previous] ?? -1;
  }

  setPrevious(at: number, to: number): void {
    this.#links[at * links + previous] = to;
  }

  referenceOf(at: number): number {
    return this.#links[at * links + reference] ?? 0;
  }

  timeOf(at: number): number {
    return this.#floats[at * floats + time] ?? 0;
  }

  numberOf(at: number): number {
    return this.#floats[at * floats + number] ?? 0;
  }

  #grow(): void {
    this.#links = grownInts(this.#links, this.#links.length * 2);
    this.#floats = grownFloats(this.#floats, this.#floats.length * 2);
  }
}
