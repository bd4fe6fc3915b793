import type { EventFields } from '../match/field-content.ts';

/** Everything that events can make grow in a stream. What falls to a limit is counted in `stats()`. */
export interface CorrelationStreamLimits {
  /** How long the stream waits for events that come out of order. */
  readonly reorderMs: number;
  /** Events that wait in that time; when there are more, the oldest are evaluated before their time. */
  readonly waiting: number;
  /** Groups with members, a distinct list of group-by fields; the one longest without an event goes first. */
  readonly groups: number;
  /** Members in the windows of one correlation; the group longest without an event goes first. */
  readonly members: number;
  /** Members in the window of one group; the oldest goes first. */
  readonly groupMembers: number;
  /** Members shown of a hit, the latest ones. */
  readonly evidence: number;
}

export interface HitMember {
  readonly timeMs: number;
  readonly order: string;
  /** Index into `references` of the correlation. */
  readonly reference: number;
}

/** An instant at which the condition of a correlation holds for a group. */
export interface CorrelationHit {
  /** Index into the correlations that the stream was made of. */
  readonly correlation: number;
  readonly group: readonly string[];
  /** Time of the instant, which is that of its completing event. */
  readonly timeMs: number;
  /** When the condition turned true: `timeMs` itself at the first hit of an alert. */
  readonly sinceMs: number;
  /** Order key of the completing event: the last at `timeMs`. */
  readonly order: string;
  /** What the condition was held against: a count, sum, average or percentile. */
  readonly value: number;
  /** Members in the window; `members` shows the latest of them, oldest first. */
  readonly memberCount: number;
  readonly members: readonly HitMember[];
}

export interface CorrelationStreamOptions {
  readonly limits?: CorrelationStreamLimits;
  /** The condition turned true: an alert begins. */
  onBegin(hit: CorrelationHit): void;
  /** It still holds at a later instant. Left out, no time is spent on it. */
  readonly onAmend?: (hit: CorrelationHit) => void;
}

export type PushOutcome =
  /** At least one correlation takes it. */
  | 'taken'
  /** It lacks the fields that the correlations of its rule group or reckon by. */
  | 'ignored'
  /** Its time was evaluated already: the caller evaluates its groups again over stored events. */
  | 'late';

export interface CorrelationStreamStats {
  readonly taken: number;
  readonly ignored: number;
  readonly late: number;
  readonly duplicates: number;
  readonly waiting: number;
  readonly groups: number;
  readonly members: number;
  /** What fell to limits. */
  readonly forced: number;
  readonly evictedGroups: number;
  readonly evictedMembers: number;
}

/** Correlations over events in about the order of their time; gives exactly what evaluateCorrelations gives. */
export interface CorrelationStream {
  /** The number under which events of a rule are pushed; -1 when no correlation refers to it. */
  handleOf(ruleId: string): number;
  push(handle: number, fields: EventFields, timeMs: number, order: string): PushOutcome;
  /** The present is at least `timeMs`: evaluates all that is older by more than the reorder window. */
  advance(timeMs: number): void;
  /** Evaluates all that waits, at the end of input. What comes later must be younger. */
  flush(): void;
  stats(): CorrelationStreamStats;
}
