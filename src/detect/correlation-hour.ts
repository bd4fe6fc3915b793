import { type CorrelationMember, type MemberWriting, memberKey } from '../model/correlation.ts';
import { type HeldInstant, heldInstants } from './correlation-instants.ts';
import type { LiveCorrelation } from './correlation-ports.ts';
import { type HourRange, hourEnd, lookBackMs } from './correlation-ranges.ts';

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
  /** It does not hold, and cannot have held with less known. */
  readonly neverHeld: boolean;
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

/**
 * When a correlation holds over a whole range, so that hours that share their windows need not each look through them;
 * null when that is more than `membersMax` members, which are then looked at hour by hour.
 */
export function heldOver(
  correlation: LiveCorrelation,
  sorted: readonly MemberWriting[],
  { fromMs, toMs }: HourRange,
  membersMax: number,
): readonly HeldInstant[] | null {
  const members = standingIn(sorted, fromMs - lookBackMs(correlation.ir), toMs);
  return members.length > membersMax ? null : heldInstants(correlation, members);
}

/**
 * @param sorted of one group, as sortedWritings gives them, at least from the hour's look-back to its end
 * @param over what `heldOver` gave for a range with this hour
 */
export function answerHour(
  correlation: LiveCorrelation,
  sorted: readonly MemberWriting[],
  hourMs: number,
  membersMax: number,
  over: readonly HeldInstant[] | null,
): HourAnswer {
  const { ir } = correlation;
  const endMs = hourEnd(hourMs);
  const fromMs = hourMs - lookBackMs(ir);
  const standing = standingIn(sorted, fromMs, endMs);
  const cut = Math.max(0, standing.length - membersMax);
  const members = cut === 0 ? standing : standing.slice(cut);
  const all = over ?? heldInstants(correlation, members);
  const held = all.filter(({ timeMs }) => timeMs >= hourMs && timeMs < endMs);
  const turns = held.flatMap(({ turned, timeMs, order }): Turn[] => {
    const completing = turned ? memberAt(members, timeMs, order) : undefined;
    return completing === undefined ? [] : [{ timeMs, completing }];
  });
  const writings = sorted.slice(firstAtOrAfter(sorted, fromMs), firstAtOrAfter(sorted, endMs));
  const neverHeld = held.length === 0 && cut === 0 && correlation.mostlyGrows && writings.every(couldOnlyAdd);
  const evidence = inWindows(members, held, ir.timespanMs);
  return { hourMs, known: knownOf(writings), cut, neverHeld, held, turns, evidence };
}

/** Whether the member cannot have been what kept a condition that mostly grows from holding. */
function couldOnlyAdd({ member, holds }: MemberWriting): boolean {
  return holds && member.number >= 0;
}

function standingIn(sorted: readonly MemberWriting[], fromMs: number, toMs: number): CorrelationMember[] {
  const writings = sorted.slice(firstAtOrAfter(sorted, fromMs), firstAtOrAfter(sorted, toMs));
  return writings.flatMap(({ member, holds }) => (holds ? [member] : []));
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
function memberAt(members: readonly CorrelationMember[], timeMs: number, order: string): CorrelationMember | undefined {
  let low = 0;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = members[middle];
    if (at !== undefined && (at.timeMs < timeMs || (at.timeMs === timeMs && at.order < order))) low = middle + 1;
    else high = middle;
  }
  return members[low];
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
