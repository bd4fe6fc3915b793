import { meetsExpression } from '../condition.ts';
import type { CorrelationIr } from '../ir.ts';
import { grownInts } from './grown.ts';
import type { Measure } from './measure.ts';
import type { Members } from './members.ts';
import type { Slots } from './slots.ts';

/** Members of each reference in each window. */
export class Occurrences {
  readonly #slots: Slots;
  readonly #members: Members;
  readonly #references: number;
  #counts: Int32Array;
  #distinct: Int32Array;

  constructor(references: number, slots: Slots, members: Members) {
    this.#slots = slots;
    this.#members = members;
    this.#references = references;
    this.#counts = new Int32Array(slots.capacity * references);
    this.#distinct = new Int32Array(slots.capacity);
  }

  add(slot: number, member: number): void {
    if (slot >= this.#distinct.length) {
      this.#counts = grownInts(this.#counts, this.#slots.capacity * this.#references);
      this.#distinct = grownInts(this.#distinct, this.#slots.capacity);
    }
    const at = slot * this.#references + this.#members.referenceOf(member);
    const count = (this.#counts[at] ?? 0) + 1;
    this.#counts[at] = count;
    if (count === 1) this.#distinct[slot] = (this.#distinct[slot] ?? 0) + 1;
  }

  remove(slot: number, member: number): void {
    const at = slot * this.#references + this.#members.referenceOf(member);
    const count = (this.#counts[at] ?? 0) - 1;
    this.#counts[at] = count;
    if (count === 0) this.#distinct[slot] = (this.#distinct[slot] ?? 0) - 1;
  }

  clear(slot: number): void {
    this.#counts.fill(0, slot * this.#references, (slot + 1) * this.#references);
    this.#distinct[slot] = 0;
  }

  has(slot: number, reference: number): boolean {
    return (this.#counts[slot * this.#references + reference] ?? 0) > 0;
  }

  /** How many references have members. */
  distinct(slot: number): number {
    return this.#distinct[slot] ?? 0;
  }
}

/** temporal: which references have members. */
export function createOccurrence(ir: CorrelationIr, slots: Slots, members: Members): Measure {
  const occurrences = new Occurrences(ir.references.length, slots, members);
  const { expression } = ir;
  return {
    added: (slot, member) => occurrences.add(slot, member),
    removing: (slot, member) => occurrences.remove(slot, member),
    cleared: (slot) => occurrences.clear(slot),
    value: (slot) => occurrences.distinct(slot),
    ...(expression === null
      ? {}
      : { meets: (slot: number) => meetsExpression(expression, (reference) => occurrences.has(slot, reference)) }),
  };
}
