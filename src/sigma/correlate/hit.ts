/** Everything that events can make grow in a stream. What falls to a limit is counted in `stats()`. */
export interface CorrelationStreamLimits {
  /** How long the stream waits for events that come out of order. */
  readonly reorderMs: number;
  /** Events that wait in that time; when there are more, the oldest are evaluated before their time. */
  readonly waiting: number;
  /** Different tuples of group-by values, over all correlations; the one longest without an event goes first. */
  readonly groups: number;
  /** Members in the windows of one correlation; the group longest without an event goes first. */
  readonly members: number;
  /** Members in the window of one group; the oldest goes first. */
  readonly groupMembers: number;
  /** Members shown of a hit, the latest ones. */
  readonly evidence: number;
}

export const defaultCorrelationStreamLimits: CorrelationStreamLimits = {
  reorderMs: 30_000,
  waiting: 1_000_000,
  groups: 200_000,
  members: 2_000_000,
  groupMembers: 100_000,
  evidence: 100,
};

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
