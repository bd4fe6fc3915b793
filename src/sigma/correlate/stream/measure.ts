import type { CorrelationIr } from '../ir.ts';
import { createDistinct } from './measure-distinct.ts';
import { createOccurrence } from './measure-occurrence.ts';
import { createOrdered } from './measure-ordered.ts';
import { createRanked } from './measure-ranked.ts';
import { createSum } from './measure-sum.ts';
import type { Members } from './members.ts';
import type { Slots } from './slots.ts';

/**
 * What a kind of correlation keeps of the windows, so that no window has to be looked through for its value. A kind has
 * only what it needs: what is null is not even called.
 */
export interface Measure {
  /** The slot is that of a group that had none. */
  readonly opened: ((slot: number) => void) | null;
  /** The member was put at the end of the slot's window. */
  readonly added: ((slot: number, member: number) => void) | null;
  /** The member, the first of the window, goes next. */
  readonly removing: ((slot: number, member: number) => void) | null;
  /** The group's slot is given up, perhaps with members. */
  readonly closed: ((slot: number) => void) | null;
  /** What the condition is held against, all members of `timeMs` being there and those before `fromMs` gone; else the count. */
  readonly value: ((slot: number, timeMs: number, fromMs: number) => number) | null;
  /** Whether the expression holds, where there is one; after `value`. */
  readonly meets: ((slot: number, fromMs: number) => boolean) | null;
}

/** The number of members. */
export const plainCount: Measure = {
  opened: null,
  added: null,
  removing: null,
  closed: null,
  value: null,
  meets: null,
};

/** @param membersMax of one window */
export function createMeasure(ir: CorrelationIr, slots: Slots, members: Members, membersMax: number): Measure {
  switch (ir.kind) {
    case 'event_count':
      return plainCount;
    case 'value_count':
      return createDistinct(slots, members);
    case 'value_sum':
    case 'value_avg':
      return createSum(ir.kind === 'value_avg', slots, members, membersMax);
    case 'value_percentile':
    case 'value_median':
      return createRanked(ir.percentile ?? 50, slots, members);
    case 'temporal':
      return createOccurrence(ir, slots, members);
    case 'temporal_ordered':
      return createOrdered(ir, slots, members);
  }
}
