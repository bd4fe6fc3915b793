import type { EngineClause } from '../engine-clause.ts';
import type { Migration } from '../migrate.ts';

/**
 * Every state an indicator ever had in a list. A row counts once the ledger names its revision: what a process wrote
 * before it died half-way is never seen.
 */
function indicators(e: EngineClause): string {
  return `CREATE TABLE IF NOT EXISTS indicators${e.onCluster} (
  list LowCardinality(String),
  type LowCardinality(String),
  value String CODEC(ZSTD(1)),
  revision UInt64,
  removed Bool,
  fresh Bool,
  valid_from Int64 CODEC(ZSTD(1)),
  valid_until Int64 CODEC(ZSTD(1)),
  description String CODEC(ZSTD(1)),
  tags Array(String) CODEC(ZSTD(1)),
  source_id String CODEC(ZSTD(1))
)
ENGINE = ${e.engine('ReplacingMergeTree', 'indicators')}
ORDER BY (list, type, value, revision)
SETTINGS ${e.dedup(1000)}`;
}

/** How far work on a list is: its polls, and the search through stored events. */
function work(e: EngineClause): string {
  return `CREATE TABLE IF NOT EXISTS indicator_work${e.onCluster} (
  list LowCardinality(String),
  kind LowCardinality(String),
  at_ms UInt64,
  document String CODEC(ZSTD(1))
)
ENGINE = ${e.engine('ReplacingMergeTree', 'indicator_work', 'at_ms')}
ORDER BY (list, kind)
SETTINGS ${e.dedup(1000)}`;
}

export const indicatorTables: Migration = {
  version: 6,
  name: 'indicators',
  statements: (e) => [indicators(e), work(e)],
};
