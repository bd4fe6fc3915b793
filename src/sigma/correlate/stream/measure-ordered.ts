import { advanceChain, chainsOf, eventsOf } from '../chain.ts';
import type { CorrelationIr } from '../ir.ts';
import { grownFloats } from './grown.ts';
import type { Measure } from './measure.ts';
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
 * Without an expression the longest chain counts. `starts[slot][length - 1][reference]` is the latest beginning of a chain
 * of at least that length whose last reference is not beyond `reference`.
 */
function createLongest(ir: CorrelationIr, slots: Slots, members: Members): Measure {
  const references = ir.references.length;
  const row = references;
  const size = references * references;
  const table = new Starts(size, slots);
  const before = new Float64Array(size);

  return {
    added: (slot) => table.reserve(slot),
    removing() {},
    cleared: (slot) => table.clear(slot),
    value(slot, timeMs, fromMs) {
      const starts = table.of(slot);
      const first = slots.instantOf(slot);
      if (members.nextOf(first) < 0) extendByOne(starts, members.referenceOf(first), timeMs);
      else extendByMany(starts, eventsAt(slot, slots, members), timeMs);
      let length = references;
      while (length > 0 && (starts[length * row - 1] ?? 0) < fromMs) length--;
      return length;
    },
  };

  function extendByOne(starts: Float64Array, reference: number, timeMs: number): void {
    for (let length = references; length >= 1; length--) {
      const shorter = (length - 2) * row + reference - 1;
      const start = length === 1 ? timeMs : reference === 0 ? never : (starts[shorter] ?? never);
      raise(starts, length, reference, start);
    }
  }

  /** From each point reached before this time, as far on as its events can be told apart. */
  function extendByMany(starts: Float64Array, events: Events, timeMs: number): void {
    before.set(starts);
    for (let from = -1; from < references - 1; from++) {
      let further: number[] = [];
      for (let to = from + 1; to < references; to++) {
        if (!events.some((met) => met.has(to))) continue;
        if (advanceChain([...further, to], 0, events) === further.length + 1) further = [...further, to];
        const gained = further.length;
        if (from < 0) raiseAll(starts, gained, to, timeMs);
        else {
          for (let length = 1; length + gained <= references; length++) {
            raiseAll(starts, length + gained, to, before[(length - 1) * row + from] ?? never);
          }
        }
      }
    }
  }

  function raiseAll(starts: Float64Array, length: number, reference: number, start: number): void {
    for (let shorter = length; shorter >= 1; shorter--) raise(starts, shorter, reference, start);
  }

  function raise(starts: Float64Array, length: number, reference: number, start: number): void {
    for (let at = (length - 1) * row + reference; at < length * row; at++) {
      if ((starts[at] ?? never) < start) starts[at] = start;
    }
  }
}

/** With an expression each of its alternatives is a chain of its own, held in one row of latest beginnings. */
function createAlternatives(ir: CorrelationIr, slots: Slots, members: Members): Measure {
  const chains = ir.expression === null ? [] : (chainsOf(ir.expression, Number.POSITIVE_INFINITY) ?? []);
  const width = Math.max(1, ...chains.map(({ order }) => order.length));
  const table = new Starts(Math.max(1, chains.length * width), slots);
  const occurrences = new Occurrences(ir.references.length, slots, members);

  return {
    added(slot, member) {
      table.reserve(slot);
      occurrences.add(slot, member);
    },
    removing: (slot, member) => occurrences.remove(slot, member),
    cleared(slot) {
      table.clear(slot);
      occurrences.clear(slot);
    },
    value(slot, timeMs) {
      const starts = table.of(slot);
      const events = eventsAt(slot, slots, members);
      for (const [at, { order }] of chains.entries()) extend(starts, at * width, order, events, timeMs);
      return occurrences.distinct(slot);
    },
    meets(slot, fromMs) {
      const starts = table.of(slot);
      return chains.some(({ order, absent }, at) => {
        if (absent.some((reference) => occurrences.has(slot, reference))) return false;
        return order.length === 0 || (starts[at * width + order.length - 1] ?? never) >= fromMs;
      });
    },
  };

  function extend(starts: Float64Array, at: number, order: readonly number[], events: Events, timeMs: number): void {
    const before = starts.slice(at, at + order.length);
    for (let from = 0; from < order.length; from++) {
      const start = from === 0 ? timeMs : (before[from - 1] ?? never);
      const to = advanceChain(order, from, events);
      for (let reached = from; reached < to; reached++) {
        if ((starts[at + reached] ?? never) < start) starts[at + reached] = start;
      }
    }
  }
}

const never = Number.NEGATIVE_INFINITY;

/** References met by each event of the slot's newest time. */
function eventsAt(slot: number, slots: Slots, members: Members): Events {
  const newest: { order: string; reference: number }[] = [];
  for (let at = slots.instantOf(slot); at >= 0; at = members.nextOf(at)) {
    newest.push({ order: members.order[at] ?? '', reference: members.referenceOf(at) });
  }
  return eventsOf(newest);
}

/** A row of beginnings a slot. */
class Starts {
  readonly #width: number;
  readonly #slots: Slots;
  #starts: Float64Array;

  constructor(width: number, slots: Slots) {
    this.#width = width;
    this.#slots = slots;
    this.#starts = new Float64Array(slots.capacity * width).fill(never);
  }

  reserve(slot: number): void {
    const { length } = this.#starts;
    if (slot * this.#width < length) return;
    this.#starts = grownFloats(this.#starts, this.#slots.capacity * this.#width).fill(never, length);
  }

  of(slot: number): Float64Array {
    return this.#starts.subarray(slot * this.#width, (slot + 1) * this.#width);
  }

  clear(slot: number): void {
    this.of(slot).fill(never);
  }
}
