/** Indicator lists on the wire of `/api/v1/indicator-lists`. Times are ms since the epoch, UTC. */
import type { Indicator } from '../model/indicator.ts';
import type { Severity } from '../model/severity.ts';

export interface IndicatorListView {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly source: string;
  readonly severity: Severity;
  readonly tags: readonly string[];
  readonly historyDays: number;
  readonly retired: boolean;
  /** Of the list's document; changes name it. */
  readonly version: number;
  readonly count: number;
  readonly changedMs: number;
  readonly changedBy: string;
  readonly feed: FeedView | null;
  /** null: never polled. */
  readonly poll: PollView | null;
  /** The newest search through stored events; null: there was none. */
  readonly hunt: HuntView | null;
  /** Events of the last 24 hours in which something of the list stood. */
  readonly hits24h: number;
}

export interface FeedView {
  readonly root: string;
  readonly collection: string;
  readonly user: string;
  readonly hasSecret: boolean;
  readonly everyMinutes: number;
}

export interface PollView {
  readonly atMs: number;
  readonly ok: boolean;
  /** What went wrong; '' when it went well. */
  readonly failure: string;
  readonly pages: number;
  readonly objects: number;
  readonly added: number;
  readonly removed: number;
  readonly notTaken: number;
}

export interface HuntView {
  readonly state: 'waiting' | 'running' | 'done';
  readonly startedMs: number;
  /** 0 while it runs. */
  readonly endedMs: number;
  readonly indicators: number;
  readonly days: number;
  readonly daysDone: number;
  /** Events of those days, and those that were looked at closely. */
  readonly events: number;
  readonly candidates: number;
  /** Events in which an indicator stood. */
  readonly hits: number;
  /** '' or why less was looked at than was asked for. */
  readonly cut: string;
}

export interface NotTakenView {
  /** Line of a CSV, id of an object. */
  readonly where: string;
  readonly value: string;
  readonly reason: string;
}

/** What came of an upload. */
export interface TakenView {
  readonly format: string;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly count: number;
  readonly notTaken: readonly NotTakenView[];
  readonly notTakenTotal: number;
  /** Objects that are no indicators. */
  readonly passedOver: number;
}

export interface IndicatorTaking {
  readonly list: IndicatorListView;
  readonly taken: TakenView;
}

/** Settings as they are sent. `secret`: left out, the stored one stays; '' takes it away. */
export interface IndicatorListWanted {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  readonly severity: Severity;
  readonly tags: readonly string[];
  readonly historyDays: number;
  readonly feed:
    | null
    | (Omit<FeedView, 'hasSecret'> & {
        readonly secret?: string;
      });
}

export interface IndicatorPageView {
  readonly items: readonly Indicator[];
  readonly cursor: string | null;
}
