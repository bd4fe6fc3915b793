import { meetsExpression } from '../condition.ts';
import type { CorrelationIr } from '../ir.ts';
import { type Measure, plainCount } from './measure.ts';
import type { Members } from './members.ts';
import type { Slots } from './slots.ts';

/** Members of each reference in each window. */
export class Occurrences {
  readonly #slots: Slots;
  readonly #members: Members;
  readonly #references: number;
  readonly #distinct: number;
  readonly #counts: number;

  constructor(references: number, slots: Slots, members: Members) {
    this.#slots = slots;
    this.#members = members;
    this.#references = references;
    this.#distinct = slots.reserveInts(1);
    this.#counts = slots.reserveInts(references);
  }

  open(slot: number): void {
    this.#slots.setInt(slot, this.#distinct, 0);
    for (let reference = 0; reference < this.#references; reference++) {
      this.#slots.setInt(slot, this.#counts + reference, 0);
    }
  }

  add(slot: number, member: number): void {
    if (this.#change(slot, member, 1) === 1) this.#slots.setInt(slot, this.#distinct, this.distinct(slot) + 1);
  }

  remove(slot: number, member: number): void {
    if (this.#change(slot, member, -1) === 0) this.#slots.setInt(slot, this.#distinct, this.distinct(slot) - 1);
  }

  has(slot: number, reference: number): boolean {
    return this.#slots.int(slot, this.#counts + reference) > 0;
  }

  /** How many references have members. */
  distinct(slot: number): number {
    return this.#slots.int(slot, this.#distinct);
  }

  #change(slot: number, member: number, by: 1 | -1): number {
    const at = this.#counts + this.#members.referenceOf(member);
    const count = this.#slots.int(slot, at) + by;
    this.#slots.setInt(slot, at, count);
    return count;
  }
}

/** temporal: which references have members. */
export function createOccurrence(ir: CorrelationIr, slots: Slots, members: Members): Measure {
  const occurrences = new Occurrences(ir.references.length, slots, members);
  const { expression } = ir;
  return {
    ...plainCount,
    opened: (slot) => occurrences.open(slot),
    added: (slot, member) => occurrences.add(slot, member),
    removing: (slot, member) => occurrences.remove(slot, member),
    value: (slot) => occurrences.distinct(slot),
    meets:
      expression === null
        ? null
        : (slot) => meetsExpression(expression, (reference) => occurrences.has(slot, reference)),
  };
}
