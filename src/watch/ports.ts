import type { Alert } from '../model/finding.ts';
import type { Source } from '../model/source.ts';
import type { OfficialDays } from '../model/source-contract.ts';
import type { OpenBreach } from './alert.ts';
import type { WatchedRule } from './blind.ts';

/** Counts and breaches, as the store keeps them. */
export interface WatchRows {
  rollUp(fromMs: number): Promise<void>;
  rollUpFrom(): Promise<number>;
  hours(f: { readonly fromMs: number; readonly source?: string }): Promise<readonly StoredHour[]>;
  kinds(fromMs: number): Promise<readonly StoredKind[]>;
  parsers(fromMs: number): Promise<readonly StoredParser[]>;
  beat(role: string, process: string): Promise<void>;
  lastBeat(role: string): Promise<number>;
  gaps(
    role: string,
    fromMs: number,
    leastMs: number,
  ): Promise<readonly { readonly fromMs: number; readonly untilMs: number }[]>;
  writeBreaches(rows: readonly OpenBreach[]): Promise<void>;
  openBreaches(): Promise<readonly OpenBreach[]>;
}

export interface StoredHour {
  readonly source: string;
  readonly startMs: number;
  readonly rows: number;
  readonly rawRows: number;
  readonly timedRows: number;
  readonly futureRows: number;
  readonly delayLowMs: number;
  readonly delayMidMs: number;
}

export interface StoredKind {
  readonly source: string;
  /** JSON of `[product, categories, services]`. */
  readonly tags: string;
  readonly rows: number;
  readonly lastReceivedMs: number;
}

export interface StoredParser {
  readonly source: string;
  readonly parser: string;
  readonly rows: number;
  readonly rawRows: number;
}

export interface WatchPorts {
  readonly rows: WatchRows;
  readonly sources: () => readonly Source[];
  /** The agency a source's lines are filed under when nothing else says more. */
  readonly orgOf: (source: Source) => string;
  readonly rules: () => readonly WatchedRule[];
  readonly officialDays: () => Promise<OfficialDays>;
  /** Gives alerts their incidents, stores both, tells people. Idempotent. */
  readonly raise: (alerts: readonly Alert[]) => Promise<void>;
  /** One process at a time. */
  readonly lock: <T>(key: string, work: () => Promise<T>) => Promise<T>;
}
