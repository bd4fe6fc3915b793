import { grownInts } from './grown.ts';

/** A text is looked for in so many places of the table; one that finds none of them free goes to a Map. */
const probesMax = 32;

// Of a place in the table.
const placeInts = 2;
const placeHash = 0;
/** Number of the tuple + 1; 0 where the place is free. */
const placeId = 1;
// Of a tuple.
const tupleInts = 2;
const tupleHash = 0;
const uses = 1;

/**
 * The tuples of group-by values in use, each under a small number that all correlations share, so that an event's tuple is
 * looked up once. Counts its users; a tuple nobody uses is forgotten.
 *
 * A table of its own with open addressing: a Map of as many texts takes half as long again, since it is spread over more
 * memory. Its hash can be foreseen, so texts made to collide go to a Map, whose hash cannot.
 */
export class Groups {
  #table: Int32Array = new Int32Array(1024 * placeInts);
  #mask = 1023;
  #inTable = 0;
  readonly #crowded = new Map<string, number>();
  #tuples: Int32Array = new Int32Array(1024 * tupleInts);
  readonly #texts: string[] = [];
  readonly #free: number[] = [];
  /** The tuple asked for last, since an event meets several rules. */
  #last = -1;
  #lastText = '';

  get size(): number {
    return this.#texts.length - this.#free.length;
  }

  /** The number of a known tuple; -1 for others. */
  find(text: string): number {
    if (text === this.#lastText && this.#last >= 0) return this.#last;
    const hash = hashOf(text);
    const table = this.#table;
    const mask = this.#mask;
    for (let i = 0; i < probesMax; i++) {
      const place = ((hash + i) & mask) * placeInts;
      const id = (table[place + placeId] ?? 0) - 1;
      if (id < 0) break;
      if (table[place + placeHash] === hash && this.#texts[id] === text) {
        this.#last = id;
        this.#lastText = text;
        return id;
      }
    }
    return this.#crowded.size === 0 ? -1 : (this.#crowded.get(text) ?? -1);
  }

  /** A number for a new tuple, not used yet. */
  add(text: string): number {
    const id = this.#free.pop() ?? this.#texts.length;
    if ((id + 1) * tupleInts > this.#tuples.length) this.#tuples = grownInts(this.#tuples, this.#tuples.length * 2);
    const hash = hashOf(text);
    const own = ownText(text);
    this.#texts[id] = own;
    this.#tuples[id * tupleInts + tupleHash] = hash;
    this.#tuples[id * tupleInts + uses] = 0;
    if (!this.#place(hash, id)) this.#crowded.set(own, id);
    // Half of it free, so that most texts are at their first place.
    if (this.#inTable * 2 > this.#mask) this.#grow();
    this.#last = id;
    this.#lastText = own;
    return id;
  }

  textOf(id: number): string {
    return this.#texts[id] ?? '';
  }

  use(id: number): void {
    const at = id * tupleInts + uses;
    this.#tuples[at] = (this.#tuples[at] ?? 0) + 1;
  }

  release(id: number): void {
    const at = id * tupleInts + uses;
    const left = (this.#tuples[at] ?? 0) - 1;
    this.#tuples[at] = left;
    if (left <= 0) this.#forget(id);
  }

  #forget(id: number): void {
    if (this.#crowded.size === 0 || !this.#crowded.delete(this.textOf(id))) this.#displace(id);
    if (this.#last === id) this.#last = -1;
    this.#texts[id] = '';
    this.#free.push(id);
  }

  /** Enters a tuple into the table, unless its places are taken. */
  #place(hash: number, id: number): boolean {
    for (let i = 0; i < probesMax; i++) {
      const place = ((hash + i) & this.#mask) * placeInts;
      if (this.#table[place + placeId] !== 0) continue;
      this.#table[place + placeHash] = hash;
      this.#table[place + placeId] = id + 1;
      this.#inTable++;
      return true;
    }
    return false;
  }

  /** Takes a tuple out, and moves those behind it up, so that none stands behind a free place. */
  #displace(id: number): void {
    const table = this.#table;
    const mask = this.#mask;
    let hole = (this.#tuples[id * tupleInts + tupleHash] ?? 0) & mask;
    while (table[hole * placeInts + placeId] !== id + 1) hole = (hole + 1) & mask;
    for (let at = (hole + 1) & mask; table[at * placeInts + placeId] !== 0; at = (at + 1) & mask) {
      const hash = table[at * placeInts + placeHash] ?? 0;
      if (((at - hash) & mask) < ((at - hole) & mask)) continue;
      table[hole * placeInts + placeHash] = hash;
      table[hole * placeInts + placeId] = table[at * placeInts + placeId] ?? 0;
      hole = at;
    }
    table[hole * placeInts + placeId] = 0;
    this.#inTable--;
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Int32Array(old.length * 2);
    this.#mask = this.#mask * 2 + 1;
    this.#inTable = 0;
    for (let place = 0; place < old.length; place += placeInts) {
      const id = (old[place + placeId] ?? 0) - 1;
      if (id >= 0 && !this.#place(old[place + placeHash] ?? 0, id)) this.#crowded.set(this.textOf(id), id);
    }
  }
}

/** Of a text: what two of them share is no secret. */
export function hashOf(text: string): number {
  let hash = 0x9e3779b1 | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

/** A copy that keeps no longer text alive: engines cut texts out of lines without copying, and lines are long. */
export function ownText(text: string): string {
  return text.length < 13 ? text : ` ${text}`.slice(1);
}
