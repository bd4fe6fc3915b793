import { advanceChain, chainsOf, eventsOf } from '../chain.ts';
import type { CorrelationIr } from '../ir.ts';
import { type Measure, plainCount } from './measure.ts';
import { Occurrences } from './measure-occurrence.ts';
import type { Members } from './members.ts';
import type { Slots } from './slots.ts';

/**
 * temporal_ordered, without looking back: of all chains that got to the same point only the one that began last matters,
 * because it stays in the window longest. So each slot keeps latest beginnings, and every instant moves them on.
 */
export function createOrdered(ir: CorrelationIr, slots: Slots, members: Members): Measure {
  return ir.expression === null ? createLongest(ir, slots, members) : createAlternatives(ir, slots, members);
}

type Events = readonly ReadonlySet<number>[];

/**
 * Without an expression the longest chain counts. What is kept of a length and a reference is the latest beginning of a
 * chain of at least that length whose last reference is not beyond that one; before the reference of its length there
 * can be none.
 */
function createLongest(ir: CorrelationIr, slots: Slots, members: Members): Measure {
  const references = ir.references.length;
  const size = (references * (references + 1)) / 2;
  const starts = slots.reserveDoubles(size);
  /** Where the beginnings of a length would have that of reference 0. */
  const rows = Int32Array.from({ length: references + 1 }, (_, length) => {
    return starts + (length - 1) * references - ((length - 1) * length) / 2;
  });
  const before = new Float64Array(size);

  return {
    ...plainCount,
    opened(slot) {
      for (let i = 0; i < size; i++) slots.setDouble(slot, starts + i, never);
    },
    value(slot, timeMs, fromMs) {
      if (isAlone(slot, timeMs)) extendByOne(slot, members.referenceOf(slots.tailOf(slot)), timeMs);
      else extendByMany(slot, eventsAt(slot, timeMs, slots, members), timeMs);
      let length = references;
      while (length > 0 && startOf(slot, length, references - 1) < fromMs) length--;
      return length;
    },
  };

  /** Whether the slot has only one member of this time. */
  function isAlone(slot: number, timeMs: number): boolean {
    return slots.countOf(slot) === 1 || members.timeOf(members.previousOf(slots.tailOf(slot))) !== timeMs;
  }

  function startOf(slot: number, length: number, reference: number): number {
    return slots.double(slot, (rows[length] ?? 0) + reference);
  }

  function extendByOne(slot: number, reference: number, timeMs: number): void {
    for (let length = reference + 1; length >= 1; length--) {
      raise(slot, length, reference, length === 1 ? timeMs : startOf(slot, length - 1, reference - 1));
    }
  }

  /** From each point reached before this time, as far on as its events can be told apart. */
  function extendByMany(slot: number, events: Events, timeMs: number): void {
    for (let i = 0; i < size; i++) before[i] = slots.double(slot, starts + i);
    for (let from = -1; from < references - 1; from++) {
      let further: number[] = [];
      for (let to = from + 1; to < references; to++) {
        if (!events.some((met) => met.has(to))) continue;
        if (advanceChain([...further, to], 0, events) === further.length + 1) further = [...further, to];
        const gained = further.length;
        if (from < 0) raiseAll(slot, gained, to, timeMs);
        for (let length = 1; length <= from + 1; length++) {
          raiseAll(slot, length + gained, to, before[(rows[length] ?? 0) + from - starts] ?? never);
        }
      }
    }
  }

  function raiseAll(slot: number, length: number, reference: number, start: number): void {
    for (let shorter = length; shorter >= 1; shorter--) raise(slot, shorter, reference, start);
  }

  function raise(slot: number, length: number, reference: number, start: number): void {
    const row = rows[length] ?? 0;
    for (let at = row + reference; at < row + references; at++) {
      if (slots.double(slot, at) < start) slots.setDouble(slot, at, start);
    }
  }
}

/** With an expression each of its alternatives is a chain of its own, held in one row of latest beginnings. */
function createAlternatives(ir: CorrelationIr, slots: Slots, members: Members): Measure {
  const chains = ir.expression === null ? [] : (chainsOf(ir.expression, Number.POSITIVE_INFINITY) ?? []);
  const width = Math.max(1, ...chains.map(({ order }) => order.length));
  const occurrences = new Occurrences(ir.references.length, slots, members);
  const starts = slots.reserveDoubles(chains.length * width);

  return {
    opened(slot) {
      for (let i = 0; i < chains.length * width; i++) slots.setDouble(slot, starts + i, never);
      occurrences.open(slot);
    },
    added: (slot, member) => occurrences.add(slot, member),
    removing: (slot, member) => occurrences.remove(slot, member),
    closed: null,
    value(slot, timeMs) {
      const events = eventsAt(slot, timeMs, slots, members);
      for (const [at, { order }] of chains.entries()) extend(slot, starts + at * width, order, events, timeMs);
      return occurrences.distinct(slot);
    },
    meets(slot, fromMs) {
      return chains.some(({ order, absent }, at) => {
        if (absent.some((reference) => occurrences.has(slot, reference))) return false;
        return order.length === 0 || slots.double(slot, starts + at * width + order.length - 1) >= fromMs;
      });
    },
  };

  function extend(slot: number, at: number, order: readonly number[], events: Events, timeMs: number): void {
    const before = order.map((_, reached) => slots.double(slot, at + reached));
    for (let from = 0; from < order.length; from++) {
      const start = from === 0 ? timeMs : (before[from - 1] ?? never);
      const to = advanceChain(order, from, events);
      for (let reached = from; reached < to; reached++) {
        if (slots.double(slot, at + reached) < start) slots.setDouble(slot, at + reached, start);
      }
    }
  }
}

const never = Number.NEGATIVE_INFINITY;

/** References met by each event of the slot's newest time. */
function eventsAt(slot: number, timeMs: number, slots: Slots, members: Members): Events {
  const newest: { order: string; reference: number }[] = [];
  for (let left = slots.countOf(slot), at = slots.tailOf(slot); left > 0; left--, at = members.previousOf(at)) {
    if (members.timeOf(at) !== timeMs) break;
    newest.push({ order: members.orderOf(at), reference: members.referenceOf(at) });
  }
  return eventsOf(newest);
}
