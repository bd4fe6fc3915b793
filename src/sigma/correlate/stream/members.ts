import { Rows } from './rows.ts';
import type { Slots } from './slots.ts';
import { none } from './waiting.ts';

// A row: two doubles, then ints.
const rowDoubles = 4;
const time = 0;
const number = 1;
const rowInts = 8;
const slot = 4;
const reference = 5;
const previous = 6;
const next = 7;

const firstCapacity = 64;

/**
 * The members in the windows of one correlation, in a ring in the order of their time, so that those whose time is over are
 * found at its beginning. Members are named by their place in a ring without end, which wraps around as 32-bit numbers do.
 * Those of one slot are strung together; how many there are is the slot's to know.
 */
export class Members {
  /** Members that have a slot. */
  count = 0;
  /** The oldest member, with a slot or without; `end` when there is none. */
  first = 0;
  /** What the next member will be. */
  end = 0;
  /** No member before this one is the last of its slot. */
  #silent = 0;
  #rows = new Rows(0);
  #mask = -1;
  #order: string[] = [];
  #text: string[] = [];
  #carried: (readonly (string | null)[])[] = [];
  readonly #slots: Slots;
  readonly #hasText: boolean;
  readonly #isCarrying: boolean;

  /** @param hasText of value_count; @param isCarrying whether something is carried */
  constructor(slots: Slots, hasText: boolean, isCarrying: boolean) {
    this.#slots = slots;
    this.#hasText = hasText;
    this.#isCarrying = isCarrying;
  }

  /** Makes sure of room for one more. Members may get other names. */
  reserve(): void {
    if (((this.end - this.first) | 0) > this.#mask) this.#relocate();
  }

  /** Puts a member at the end; there must be room. */
  add(timeMs: number, value: number, referenceAt: number, order: string, slotAt: number, previousAt: number): number {
    const { ints: links, doubles } = this.#rows;
    const member = this.end;
    const row = member & this.#mask;
    this.end = (member + 1) | 0;
    this.count++;
    this.#order[row] = order;
    doubles[row * rowDoubles + time] = timeMs;
    doubles[row * rowDoubles + number] = value;
    links[row * rowInts + slot] = slotAt;
    links[row * rowInts + reference] = referenceAt;
    links[row * rowInts + previous] = previousAt;
    return member;
  }

  /** Leaves the first member behind, which has no slot any more. */
  leaveFirst(): void {
    const { first } = this;
    this.first = (first + 1) | 0;
    if (this.#silent === first) this.#silent = this.first;
  }

  /**
   * The slot longest without a member; -1 when there is none.
   * @param except a slot that is not meant, since it gets a member now; -1 for none
   */
  silentSlot(except: number): number {
    for (let member = this.#silent; member !== this.end; member = (member + 1) | 0) {
      this.#silent = member;
      const slotAt = this.slotOf(member);
      if (slotAt >= 0 && slotAt !== except && this.#slots.tailOf(slotAt) === member) return slotAt;
    }
    return -1;
  }

  /** Takes a member's slot and texts from it. */
  clear(member: number): void {
    const row = member & this.#mask;
    this.#rows.ints[row * rowInts + slot] = -1;
    this.#order[row] = '';
    if (this.#hasText) this.#text[row] = '';
    if (this.#isCarrying) this.#carried[row] = none;
    this.count--;
  }

  /** -1 for a member that was cleared. */
  slotOf(member: number): number {
    return this.#rows.ints[(member & this.#mask) * rowInts + slot] ?? -1;
  }

  /** The next of its slot, for all but the last. */
  nextOf(member: number): number {
    return this.#rows.ints[(member & this.#mask) * rowInts + next] ?? 0;
  }

  setNext(member: number, to: number): void {
    this.#rows.ints[(member & this.#mask) * rowInts + next] = to;
  }

  /** The one before of its slot, for all but the first. */
  previousOf(member: number): number {
    return this.#rows.ints[(member & this.#mask) * rowInts + previous] ?? 0;
  }

  referenceOf(member: number): number {
    return this.#rows.ints[(member & this.#mask) * rowInts + reference] ?? 0;
  }

  timeOf(member: number): number {
    return this.#rows.doubles[(member & this.#mask) * rowDoubles + time] ?? 0;
  }

  numberOf(member: number): number {
    return this.#rows.doubles[(member & this.#mask) * rowDoubles + number] ?? 0;
  }

  orderOf(member: number): string {
    return this.#order[member & this.#mask] ?? '';
  }

  textOf(member: number): string {
    return this.#text[member & this.#mask] ?? '';
  }

  /** What is carried over, where something is. */
  carriedOf(member: number): readonly (string | null)[] {
    return this.#carried[member & this.#mask] ?? none;
  }

  setTexts(member: number, text: string, carried: readonly (string | null)[]): void {
    if (this.#hasText) this.#text[member & this.#mask] = text;
    if (this.#isCarrying) this.#carried[member & this.#mask] = carried;
  }

  /** Moves the members that have a slot together, into a ring of twice the room when most of them have one. */
  #relocate(): void {
    const { first, end } = this;
    const mask = this.#mask;
    const { ints, doubles } = this.#rows;
    const order = this.#order;
    const text = this.#text;
    const carried = this.#carried;
    const capacity = Math.max(firstCapacity, this.count * 2 > mask ? (mask + 1) * 2 : mask + 1);
    this.#mask = capacity - 1;
    this.#rows = new Rows(capacity * rowDoubles);
    this.#order = new Array<string>(capacity).fill('');
    if (this.#hasText) this.#text = new Array<string>(capacity).fill('');
    if (this.#isCarrying) this.#carried = new Array<readonly (string | null)[]>(capacity).fill(none);
    this.count = 0;
    this.end = first;
    this.#silent = first;
    for (let from = first; from !== end; from = (from + 1) | 0) {
      const row = from & mask;
      const at = ints[row * rowInts + slot] ?? -1;
      if (at < 0) continue;
      const timeMs = doubles[row * rowDoubles + time] ?? 0;
      const value = doubles[row * rowDoubles + number] ?? 0;
      const before = this.#slots.tailOf(at);
      const to = this.add(timeMs, value, ints[row * rowInts + reference] ?? 0, order[row] ?? '', at, before);
      this.setTexts(to, text[row] ?? '', carried[row] ?? none);
      // A new name is no younger than the old one, so it is not taken for that of a member to come.
      if (this.#slots.headOf(at) === from) this.#slots.setHead(at, to);
      else this.setNext(before, to);
      this.#slots.setTail(at, to);
    }
  }
}
