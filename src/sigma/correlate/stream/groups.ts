import { grownInts } from './grown.ts';

/**
 * The tuples of group-by values in use, each under a small number that all correlations share, so that an event's tuple is
 * looked up once. Counts its users; a tuple nobody uses is forgotten.
 */
export class Groups {
  readonly #ids = new Map<string, number>();
  readonly #texts: string[] = [];
  #uses: Int32Array = new Int32Array(1024);
  readonly #free: number[] = [];

  get size(): number {
    return this.#ids.size;
  }

  /** The number of a known tuple; -1 for others. */
  find(text: string): number {
    return this.#ids.get(text) ?? -1;
  }

  /** A number for a new tuple, not used yet. */
  add(text: string): number {
    const id = this.#free.pop() ?? this.#texts.length;
    if (id >= this.#uses.length) this.#uses = grownInts(this.#uses, id * 2);
    const own = ownText(text);
    this.#texts[id] = own;
    this.#ids.set(own, id);
    return id;
  }

  textOf(id: number): string {
    return this.#texts[id] ?? '';
  }

  use(id: number): void {
    this.#uses[id] = (this.#uses[id] ?? 0) + 1;
  }

  release(id: number): void {
    const uses = (this.#uses[id] ?? 0) - 1;
    this.#uses[id] = uses;
    if (uses > 0) return;
    this.#ids.delete(this.textOf(id));
    this.#texts[id] = '';
    this.#free.push(id);
  }
}

/** A copy that keeps no longer text alive: engines cut texts out of lines without copying, and lines are long. */
export function ownText(text: string): string {
  return text.length < 13 ? text : ` ${text}`.slice(1);
}
