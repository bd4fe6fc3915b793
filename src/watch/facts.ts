import type { LogsourceTags } from '../model/event.ts';

/** What is known of a source's sending, from the batch ledger. Times are ms since the epoch. */
export interface SourceFacts {
  /** When it last sent anything; 0: not as far as is known. */
  readonly lastReceivedMs: number;
  /** Rows by hour of receipt, ascending; hours without rows are left out. */
  readonly hours: readonly HourFacts[];
  /** What kinds of logs it sent, each with the last time. */
  readonly kinds: readonly KindFacts[];
  /** How its clock and its way look of late; null when too few of its lines bear a time. */
  readonly clock: ClockFacts | null;
}

export interface HourFacts {
  readonly startMs: number;
  readonly rows: number;
  /** Rows nobody could parse. */
  readonly rawRows: number;
}

export interface KindFacts {
  readonly tags: LogsourceTags;
  readonly lastReceivedMs: number;
}

export interface ClockFacts {
  /** Lines with a time of their own behind the figures. */
  readonly samples: number;
  /** How far the clock is ahead (positive) or behind, after what is corrected already. */
  readonly skewMs: number;
  /** Usual time from event to receipt, by a clock put right. */
  readonly lagMs: number;
}

/** Times in which no collector of ours could have taken a line: nobody is blamed for them. Ascending, disjoint. */
export type Outages = readonly { readonly fromMs: number; readonly untilMs: number }[];

/** ms of [fromMs, untilMs) in which we could take lines. */
export function coveredMs(fromMs: number, untilMs: number, outages: Outages): number {
  let covered = Math.max(0, untilMs - fromMs);
  for (const outage of outages)
    covered -= Math.max(0, Math.min(untilMs, outage.untilMs) - Math.max(fromMs, outage.fromMs));
  return covered;
}
