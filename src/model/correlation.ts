import type { Origin } from './event.ts';

/**
 * One event that met a rule a correlation refers to, as the correlation keeps it; or a hit of a correlation below, which
 * is an event to the one above. Identity is (correlation, group, timeMs, order, reference).
 */
export interface CorrelationMember {
  /** Which correlation under which definition, `<id>@<hash>`: members of another definition are other members. */
  readonly correlation: string;
  /** Hash of the scope (origin, drill, lane) and the group's texts: what never mixes never shares one. */
  readonly group: string;
  readonly timeMs: number;
  /** Orders members of equal time and names what they are: the event's id, or that of a hit below. */
  readonly order: string;
  /** Which of the correlation's references was met. */
  readonly reference: number;
  /** Texts of the group-by fields, in their order. */
  readonly groupTexts: readonly string[];
  readonly value: string;
  readonly number: number;
  readonly carried: readonly (string | null)[];
  /** The event behind it, and where it lies. */
  readonly event: string;
  readonly day: string;
  readonly receivedTimeMs: number;
  readonly origin: Origin;
  readonly drill: string;
  readonly lane: string;
  readonly org: string;
  readonly system: string;
  readonly host: string;
  /** '' for an event; for a hit of a correlation below the group it came from, which may take it back. */
  readonly source: string;
}

/** A member as it is written: of several writings the highest version counts, and one that does not hold is none. */
export interface MemberWriting {
  readonly member: CorrelationMember;
  /** 0 for events, which are never taken back; else how many members the group below had when it said so. */
  readonly version: number;
  readonly holds: boolean;
}

/** What of a correlation its alerts tell people. */
export interface CorrelationShape {
  readonly kind: string;
  /** Names of the group-by fields, and of those the condition looks at. */
  readonly groupBy: readonly string[];
  readonly fields: readonly string[];
  readonly percentile: number | null;
  readonly timespanMs: number;
  readonly comparisons: readonly { readonly operator: string; readonly number: number }[];
  /** Titles of the rules and correlations it refers to, in their order. */
  readonly references: readonly string[];
}

/** Members of one correlation with times in [fromMs, toMs), all groups: what recent state keeps whole or not at all. */
export interface MemberSlice {
  readonly correlation: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Why a correlation's alert was raised: the facts of its strongest moment within the alert's hour. */
export interface AlertCorrelation {
  readonly kind: string;
  readonly groupBy: readonly { readonly field: string; readonly value: string }[];
  readonly timespanMs: number;
  /** The condition as people read it, e.g. `≥ 10`. */
  readonly condition: string;
  /** What the condition was held against, at its strongest. */
  readonly value: number;
  readonly atMs: number;
  /** Members of the group that were known when this was said: who knew more is right. */
  readonly members: number;
  /** false: what came later took it back. */
  readonly holds: boolean;
  /** One sentence in each language. */
  readonly why: string;
  readonly whyVi: string;
}

/** Names a member within its correlation and group. */
export function memberKey(member: Pick<CorrelationMember, 'timeMs' | 'order' | 'reference'>): string {
  return `${member.timeMs} ${member.reference} ${member.order}`;
}
