import { chainsOf, hasChain } from './chain.ts';
import { meetsComparisons, meetsExpression } from './condition.ts';
import { exactSum } from './exact-sum.ts';
import { type CorrelationIr, isTemporal } from './ir.ts';
import type { Member } from './member.ts';
import { percentileOf } from './percentile.ts';

/** What holds for a group at one of its distinct event times. */
export interface Instant {
  readonly timeMs: number;
  /** What the condition is held against: a count, sum, average or percentile. */
  readonly value: number;
  readonly holds: boolean;
  /** The condition holds, and did not at the instant before or there was none within the timespan: an alert begins. */
  readonly turned: boolean;
  /** The last at `timeMs` by order. */
  readonly completing: Member;
  /** All of [timeMs - timespan, timeMs], both ends included, in ascending order of (time, order). */
  readonly members: readonly Member[];
}

/**
 * What a correlation means, written for the reader: the window of every distinct time of a group, looked at afresh. The
 * answer depends on the set of members alone, not on the order or number of times they are given in.
 *
 * @param members of one group, in any order; double ones count once
 * @returns one instant a distinct time, ascending
 */
export function evaluateGroup(ir: CorrelationIr, members: readonly Member[]): Instant[] {
  const sorted = distinctMembers(ir, members);
  const times = [...new Set(sorted.map((member) => member.timeMs))];
  const instants: Instant[] = [];
  for (const timeMs of times) {
    const fromMs = timeMs - ir.timespanMs;
    const window = sorted.filter((member) => member.timeMs >= fromMs && member.timeMs <= timeMs);
    const completing = completingOf(window);
    if (completing === undefined) continue;
    const value = measure(ir, window);
    const holds = ir.expression === null ? meetsComparisons(ir.condition, value) : meetsTemporal(ir, window);
    const before = instants.at(-1);
    const held = before?.holds === true && before.timeMs >= fromMs;
    instants.push({ timeMs, value, holds, turned: holds && !held, completing, members: window });
  }
  return instants;
}

/**
 * Members in ascending order of (time, order, reference), each event once. Temporal kinds ask which references were met,
 * so there an event counts once for each; all others count an event under the first reference it met.
 */
function distinctMembers(ir: CorrelationIr, members: readonly Member[]): Member[] {
  return members.toSorted(compareMembers).filter((member, at, all) => {
    const before = all[at - 1];
    if (before === undefined || before.timeMs !== member.timeMs || before.order !== member.order) return true;
    return isTemporal(ir.kind) && before.reference !== member.reference;
  });
}

function compareMembers(a: Member, b: Member): number {
  if (a.timeMs !== b.timeMs) return a.timeMs - b.timeMs;
  if (a.order !== b.order) return a.order < b.order ? -1 : 1;
  return a.reference - b.reference;
}

/** The last event of the window; of its members the one of the first reference. */
function completingOf(window: readonly Member[]): Member | undefined {
  const last = window.at(-1);
  return window.find((member) => member.timeMs === last?.timeMs && member.order === last.order);
}

function measure(ir: CorrelationIr, window: readonly Member[]): number {
  const numbers = window.map((member) => member.number);
  switch (ir.kind) {
    case 'event_count':
      return window.length;
    case 'value_count':
      return new Set(window.map((member) => member.value)).size;
    case 'value_sum':
      return exactSum(numbers);
    case 'value_avg':
      return exactSum(numbers) / numbers.length;
    case 'value_percentile':
    case 'value_median':
      return percentileOf(
        numbers.toSorted((a, b) => a - b),
        numbers.length,
        ir.percentile ?? 50,
      );
    case 'temporal':
      return referencesIn(window).size;
    case 'temporal_ordered':
      return ir.expression === null ? longestChain(window) : referencesIn(window).size;
  }
}

function referencesIn(window: readonly Member[]): Set<number> {
  return new Set(window.map((member) => member.reference));
}

/** The most references of which different events occur in the order of the references. */
function longestChain(window: readonly Member[]): number {
  const present = [...referencesIn(window)].toSorted((a, b) => a - b);
  let longest = 0;
  for (let chosen = 0; chosen < 2 ** present.length; chosen++) {
    const chain = present.filter((_, at) => (chosen & (1 << at)) !== 0);
    if (chain.length > longest && hasChain(chain, window)) longest = chain.length;
  }
  return longest;
}

function meetsTemporal(ir: CorrelationIr, window: readonly Member[]): boolean {
  if (ir.expression === null) return false;
  const present = referencesIn(window);
  if (ir.kind === 'temporal') return meetsExpression(ir.expression, (reference) => present.has(reference));
  const chains = chainsOf(ir.expression, Number.POSITIVE_INFINITY) ?? [];
  return chains.some(
    ({ order, absent }) => !absent.some((reference) => present.has(reference)) && hasChain(order, window),
  );
}
