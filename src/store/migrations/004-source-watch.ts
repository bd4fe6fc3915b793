import type { EngineClause } from '../engine-clause.ts';
import type { Migration } from '../migrate.ts';

const word = 'LowCardinality(String)';
const time = "DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1))";

/** What a batch brought by source, kind of log and parser, in its ledger row: so it counts exactly as often as the batch. */
const shareColumns: readonly (readonly [string, string])[] = [
  ['share_source', word],
  ['share_tags', word],
  ['share_parser', word],
  ['share_rows', 'UInt32'],
  ['share_raw_rows', 'UInt32'],
  ['share_timed_rows', 'UInt32'],
  ['share_future_rows', 'UInt32'],
  ['share_delay_low', 'Int64'],
  ['share_delay_mid', 'Int64'],
];

function shares(e: EngineClause): string {
  const columns = shareColumns.map(([name, type]) => `ADD COLUMN IF NOT EXISTS ${name} Array(${type})`);
  return `ALTER TABLE batches${e.onCluster} ${columns.join(', ')}`;
}

function sourceHours(e: EngineClause): string {
  // Made again from the ledger as often as wanted: the newest making of an hour counts.
  return `CREATE TABLE IF NOT EXISTS source_hours${e.onCluster} (
  hour DateTime('UTC'),
  source ${word},
  tags ${word},
  parser ${word},
  rows UInt64,
  raw_rows UInt64,
  timed_rows UInt64,
  future_rows UInt64,
  last_received ${time},
  delay_low Int64,
  delay_mid Int64,
  version UInt64
)
ENGINE = ${e.engine('ReplacingMergeTree', 'source_hours', 'version')}
PARTITION BY toYYYYMM(hour)
ORDER BY (hour, source, tags, parser)
TTL toDate(hour) + INTERVAL 13 MONTH
SETTINGS ${e.dedup(1_000)}`;
}

function heartbeats(e: EngineClause): string {
  return `CREATE TABLE IF NOT EXISTS heartbeats${e.onCluster} (
  minute DateTime('UTC'),
  role ${word},
  process String
)
ENGINE = ${e.engine('ReplacingMergeTree', 'heartbeats')}
PARTITION BY toYYYYMM(minute)
ORDER BY (role, minute, process)
TTL toDate(minute) + INTERVAL 3 MONTH
SETTINGS ${e.dedup(1_000)}`;
}

function breaches(e: EngineClause): string {
  return `CREATE TABLE IF NOT EXISTS breaches${e.onCluster} (
  id String,
  version UInt64,
  source ${word},
  since ${time},
  is_open Bool,
  document String CODEC(ZSTD(1))
)
ENGINE = ${e.engine('ReplacingMergeTree', 'breaches', 'version')}
ORDER BY id
SETTINGS ${e.dedup(1_000)}`;
}

/** How sources fare against what they owe. */
export const sourceWatch: Migration = {
  version: 4,
  name: 'source-watch',
  statements: (e) => [shares(e), sourceHours(e), heartbeats(e), breaches(e)],
};
