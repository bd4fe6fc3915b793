import { grownFloats, grownInts } from './grown.ts';
import { none } from './waiting.ts';

/** The members in the windows of one correlation: columns with a free list, each window a list in the order of time. */
export class Members {
  time: Float64Array = new Float64Array(64);
  number: Float64Array = new Float64Array(64);
  reference: Int32Array = new Int32Array(64);
  next: Int32Array = new Int32Array(64);
  previous: Int32Array = new Int32Array(64);
  readonly order: string[] = [];
  readonly text: string[] = [];
  readonly carried: (readonly (string | null)[])[] = [];
  count = 0;
  #free = -1;
  #used = 0;

  allocate(): number {
    let at = this.#free;
    if (at >= 0) this.#free = this.next[at] ?? -1;
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
    this.next[at] = this.#free;
    this.#free = at;
    this.count--;
  }

  #grow(length: number): void {
    this.time = grownFloats(this.time, length);
    this.number = grownFloats(this.number, length);
    this.reference = grownInts(this.reference, length);
    this.next = grownInts(this.next, length);
    this.previous = grownInts(this.previous, length);
  }
}
