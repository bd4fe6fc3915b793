import type { Logger } from '../observe/log.ts';
import { type Alerts, createAlerts } from './alerts.ts';
import { type Batches, createBatches } from './batches.ts';
import { type CorrelationMembers, createCorrelationMembers } from './correlation-members.ts';
import { createDeadLetters, type DeadLetters } from './dead-letters.ts';
import { createEventsReader, type EventsReader } from './events-reader.ts';
import { createEventsWriter, type EventsWriter } from './events-writer.ts';
import { createFindings, type Findings } from './findings.ts';
import { createIncidents, type Incidents } from './incidents.ts';
import { createHuntRows, type HuntRows } from './indicator-hunt.ts';
import { createIndicatorRows, type IndicatorRows } from './indicators.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { defaultStoreLimits, type StoreLimits } from './limits.ts';
import { createMaskedValues, type MaskedValues } from './masked-values.ts';
import { migrate } from './migrate.ts';
import { createNotices, type Notices } from './notices.ts';
import type { RetentionPolicy } from './retention.ts';
import { createSearch, type EventSearch } from './search.ts';
import { createSourceWatchRows, type SourceWatchRows } from './source-watch.ts';
import { readSources, type SourceState } from './sources.ts';
import { openSql, type StoreBacking } from './sql.ts';

export type { Alerts } from './alerts.ts';
export type { Batches } from './batches.ts';
export type { CorrelationMembers } from './correlation-members.ts';
export { CursorRefused, QueryRefused, SchemaNewer, StoreAway } from './errors.ts';
export type { EventsReader } from './events-reader.ts';
export type { EventsWriter } from './events-writer.ts';
export type { Findings } from './findings.ts';
export type { IncidentRow, Incidents } from './incidents.ts';
export type { Ledger } from './ledger.ts';
export { checkChain } from './ledger-hash.ts';
export { defaultStoreLimits, type StoreLimits } from './limits.ts';
export { schemaText } from './migrate.ts';
export type { Notices } from './notices.ts';
export type { RetentionPolicy } from './retention.ts';
export type { SourceState } from './sources.ts';
export type { StoreBacking } from './sql.ts';

export interface StoreEvents extends EventsWriter, EventsReader, EventSearch, DeadLetters {
  /** The ledger row of a batch of the last `openDays` days; rows that lie there without one get it now. */
  readonly findBatch: Batches['findOrAdopt'];
  readonly unevaluated: Batches['unevaluated'];
  readonly adoptOrphans: Batches['adoptOrphans'];
  readonly recordEvaluation: Batches['recordEvaluation'];
  readonly coverage: Batches['coverage'];
  readonly workers: Batches['workers'];
  readonly sources: () => Promise<SourceState[]>;
}

export interface Store {
  /** True when ClickHouse answers. */
  ping(): Promise<boolean>;
  readonly events: StoreEvents;
  readonly detection: Findings & Alerts;
  readonly correlations: CorrelationMembers;
  readonly incidents: Incidents;
  readonly ledger: Ledger;
  readonly notices: Notices;
  readonly sourceWatch: SourceWatchRows;
  readonly maskedValues: MaskedValues;
  readonly indicators: IndicatorRows & HuntRows;
  close(): Promise<void>;
}

export interface StoreOptions {
  readonly backing: StoreBacking;
  /** True on a cluster: replicated engines, DDL ON CLUSTER. */
  readonly replicated: boolean;
  readonly log: Logger;
  readonly clock: () => number;
  readonly limits?: Partial<StoreLimits>;
  readonly retention?: RetentionPolicy;
}

/**
 * Opens the store and brings its schema up to date.
 * @throws StoreAway when ClickHouse does not answer, SchemaNewer when the database is ahead of this program.
 */
export async function openStore(o: StoreOptions): Promise<Store> {
  const limits: StoreLimits = { ...defaultStoreLimits, ...o.limits };
  const { clock, log, retention = {} } = o;
  const sql = openSql(o.backing, limits, log);
  try {
    await migrate(sql, { replicated: o.replicated, log, clock });
  } catch (error) {
    await sql.close();
    throw error;
  }
  const batches = createBatches({ sql, limits, clock });
  return {
    ping: () => sql.ping(),
    events: {
      ...createEventsWriter({ sql, batches, retention, clock }),
      ...createEventsReader({ sql, limits }),
      ...createSearch({ sql, limits }),
      ...createDeadLetters({ sql, limits }),
      findBatch: batches.findOrAdopt,
      unevaluated: batches.unevaluated,
      adoptOrphans: batches.adoptOrphans,
      recordEvaluation: batches.recordEvaluation,
      coverage: batches.coverage,
      workers: batches.workers,
      sources: readSources({ sql, clock }),
    },
    detection: { ...createFindings({ sql, limits }), ...createAlerts({ sql, limits }) },
    correlations: createCorrelationMembers({ sql, limits }),
    incidents: createIncidents({ sql, limits }),
    ledger: createLedger({ sql, limits, clock }),
    notices: createNotices({ sql, clock }),
    sourceWatch: createSourceWatchRows({ sql, clock }),
    maskedValues: createMaskedValues({ sql, clock }),
    indicators: { ...createIndicatorRows({ sql }), ...createHuntRows({ sql, limits }) },
    close: () => sql.close(),
  };
}
