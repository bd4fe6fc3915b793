/** How sources fare, on the wire of `/api/v1/source-watch`. Times are ms since the epoch, UTC. */
import type { TextEncoding } from '../model/source.ts';
import type { BreachKind, SourceContract, TimeCorrection } from '../model/source-contract.ts';

export interface SourceWatchView {
  readonly id: string;
  readonly name: string;
  readonly org: string;
  readonly system: string;
  readonly systemName: string;
  /** Of the source's newest document; changes name it. */
  readonly version: number;
  /** What is pinned, or `auto`. */
  readonly parser: string;
  /** '' when none is set. */
  readonly encoding: TextEncoding | '';
  /** Client certificates it is recognised by over TLS: names in them, or fingerprints. */
  readonly certificates: readonly string[];
  readonly contract: SourceContract | null;
  readonly timeCorrection: TimeCorrection | null;
  /** 0: nothing in four weeks. */
  readonly lastReceivedMs: number;
  /** Rows by hour, 24 of them, the last one is under way. */
  readonly hours: readonly number[];
  /** Share of the last 24 hours' rows no parser could read, and rows with a time far ahead of their receipt. */
  readonly rawShare: number;
  readonly futureRows: number;
  /** By the source's own clock, before any correction; null when too few of its lines bear a time. */
  readonly clock: ClockView | null;
  /** What is left of it with the correction in force. */
  readonly corrected: ClockView | null;
  /** What its lines of the last week were read by, most rows first; a part after `+` stood in the part before it. */
  readonly detected: readonly DetectedParser[];
  readonly detectedRows: number;
  /** The parser that could be confirmed, '' when none fits, and the share of rows it read. */
  readonly candidate: string;
  readonly candidateShare: number;
  readonly breaches: readonly BreachView[];
}

export interface ClockView {
  readonly samples: number;
  /** A zone read wrongly: what has to be added to its times; 0 for none. */
  readonly zoneErrorMs: number;
  /** Ahead when positive. */
  readonly skewMs: number;
  readonly lagMs: number;
}

export interface DetectedParser {
  readonly parser: string;
  readonly rows: number;
}

export interface BreachView {
  /** Id of its alert. */
  readonly alert: string;
  readonly kind: BreachKind;
  readonly log: string;
  readonly sinceMs: number;
  readonly why: string;
  readonly whyVi: string;
  readonly blindRules: readonly { readonly id: string; readonly title: string; readonly titleVi: string }[];
  readonly blindRulesTotal: number;
  readonly blindTechniques: readonly string[];
  readonly blindTechniquesTotal: number;
}

export interface SourceWatch {
  readonly atMs: number;
  readonly items: readonly SourceWatchView[];
  /** Parsers a source can be pinned to, `auto` first. */
  readonly parsers: readonly string[];
}

/** A holiday calendar year as it is judged by. */
export interface CalendarView {
  /** Of what was decided; changes name it. */
  readonly version: number;
  /** What an administrator added: days off and days worked instead, `YYYY-MM-DD`. */
  readonly off: readonly string[];
  readonly worked: readonly string[];
  /** All days off of the year and the next, weekends left out, and weekend days that are worked. */
  readonly holidays: readonly string[];
  readonly workedDays: readonly string[];
}
