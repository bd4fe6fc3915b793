import { type CorrelationMember, type MemberWriting, memberKey } from '../model/correlation.ts';
import { type HeldInstant, heldInstants } from './correlation-instants.ts';
import type { LiveCorrelation } from './correlation-ports.ts';
import { hourEnd, lookBackMs } from './correlation-ranges.ts';

/** A moment at which a condition turned true: an event to the correlations above. */
export interface Turn {
  readonly timeMs: number;
  readonly completing: CorrelationMember;
}

/** What a group's members say of one hour: a function of the set of members alone. */
export interface HourAnswer {
  readonly hourMs: number;
  /** How much was known of what decides on this hour (`knownOf`): of two answers the one that knew more is right. */
  readonly known: number;
  /** Members left out because there are more than may be looked at: the earliest. */
  readonly cut: number;
  readonly held: readonly HeldInstant[];
  readonly turns: readonly Turn[];
  /** Members in the windows of the instants at which it held, ascending by (time, order). */
  readonly evidence: readonly CorrelationMember[];
}

/** Each member's newest writing once, ascending by (time, order, reference). */
export function sortedWritings(writings: readonly MemberWriting[]): MemberWriting[] {
  const newest = new Map<string, MemberWriting>();
  for (const writing of writings) {
    const key = memberKey(writing.member);
    if ((newest.get(key)?.version ?? -1) < writing.version) newest.set(key, writing);
  }
  return [...newest.values()].sort(({ member: a }, { member: b }) => {
    return a.timeMs - b.timeMs || (a.order === b.order ? a.reference - b.reference : a.order < b.order ? -1 : 1);
  });
}

/** How much is known: grows with every member, and with every change of mind about one. */
export function knownOf(writings: readonly MemberWriting[]): number {
  return writings.reduce((sum, { version }) => sum + version + 1, 0);
}

/** @param sorted of one group, as sortedWritings gives them, at least from the hour's look-back to its end */
export function answerHour(
  correlation: LiveCorrelation,
  sorted: readonly MemberWriting[],
  hourMs: number,
  membersMax: number,
): HourAnswer {
  const { ir } = correlation;
  const from = firstAtOrAfter(sorted, hourMs - lookBackMs(ir));
  const to = firstAtOrAfter(sorted, hourEnd(hourMs));
  const writings = sorted.slice(from, to);
  const standing = writings.flatMap(({ member, holds }) => (holds ? [member] : []));
  const cut = Math.max(0, standing.length - membersMax);
  const members = standing.slice(cut);
  const held = heldInstants(correlation, members).filter(({ timeMs }) => timeMs >= hourMs);
  const turns = held.flatMap(({ turned, timeMs, order }): Turn[] => {
    const completing = turned ? members[firstAt(members, timeMs, order)] : undefined;
    return completing === undefined ? [] : [{ timeMs, completing }];
  });
  return { hourMs, known: knownOf(writings), cut, held, turns, evidence: inWindows(members, held, ir.timespanMs) };
}

/** Members at times x for which it held at some t with x ≤ t ≤ x + timespan. */
function inWindows(
  members: readonly CorrelationMember[],
  held: readonly HeldInstant[],
  timespanMs: number,
): CorrelationMember[] {
  let next = 0;
  return members.filter(({ timeMs }) => {
    while ((held[next]?.timeMs ?? Number.POSITIVE_INFINITY) < timeMs) next += 1;
    const instant = held[next];
    return instant !== undefined && instant.timeMs <= timeMs + timespanMs;
  });
}

/** Of the members of one event the one of the first reference: they stand in this order. */
function firstAt(members: readonly CorrelationMember[], timeMs: number, order: string): number {
  return members.findIndex((member) => member.timeMs === timeMs && member.order === order);
}

function firstAtOrAfter(sorted: readonly MemberWriting[], timeMs: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.member.timeMs ?? 0) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
