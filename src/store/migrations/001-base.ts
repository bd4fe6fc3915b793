import type { EngineClause } from '../engine-clause.ts';
import { hotFields } from '../hot-fields.ts';
import type { Migration } from '../migrate.ts';

const text = 'String CODEC(ZSTD(1))';
const word = 'LowCardinality(String)';
const time = "DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1))";

function hotColumns(): string {
  return hotFields.map((f) => `  \`${f.column}\` ${f.few ? word : text},`).join('\n');
}

// A wide part has a file per column and path, some 800 here. What an insert writes must not: 5,000 rows then take 270 ms
// instead of 1,000 and a burst cannot run out of file descriptors. Merged parts become wide from 64 MiB on.
const parts =
  'min_level_for_wide_part = 1, min_bytes_for_wide_part = 67108864, object_shared_data_buckets_for_wide_part = 8';

function events(e: EngineClause): string {
  // Partitioned by the day received, not the event's: a batch is then one partition and lands whole, and a clock gone
  // wild in a log cannot open a partition for every day since 1970.
  // The order serves "this system, this time"; the minmax indexes serve time without a system, and the sweeper.
  return `CREATE TABLE IF NOT EXISTS events${e.onCluster} (
  id ${text},
  batch ${text},
  day Date CODEC(ZSTD(1)),
  event_time ${time},
  received_time ${time},
  committed_time ${time},
  org ${word},
  system ${word},
  host ${word},
  source ${word},
  product ${word},
  category ${word},
  categories Array(${word}),
  service ${word},
  services Array(${word}),
  origin Enum8('production' = 0, 'drill' = 1, 'test' = 2),
  drill ${word},
  lane ${word},
  level UInt8,
  message ${text},
  folded ${text},
  raw ${text},
  parser ${word},
  parse_status Enum8('parsed' = 0, 'partial' = 1, 'raw' = 2),
  parse_reason ${word},
${hotColumns()}
  present Array(${word}) CODEC(ZSTD(1)),
  null_keys Array(${word}) CODEC(ZSTD(1)),
  rest JSON(max_dynamic_paths = 32) CODEC(ZSTD(1)),
  fields ${text},
  retain_until Date CODEC(ZSTD(1)),
  INDEX ix_event_time event_time TYPE minmax GRANULARITY 1,
  INDEX ix_committed_time committed_time TYPE minmax GRANULARITY 1,
  INDEX ix_batch batch TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ${e.engine('MergeTree', 'events')}
PARTITION BY day
ORDER BY (system, event_time, id)
TTL retain_until
SETTINGS ${e.dedup(10_000)}, ${parts}`;
}

function batches(e: EngineClause): string {
  return `CREATE TABLE IF NOT EXISTS batches${e.onCluster} (
  batch String,
  day Date,
  rows UInt32,
  received_time ${time},
  committed_time ${time},
  sources Array(${word}),
  source_rows Array(UInt32),
  source_raw_rows Array(UInt32),
  key String,
  how Enum8('committed' = 0, 'adopted' = 1),
  INDEX ix_committed_time committed_time TYPE minmax GRANULARITY 1,
  INDEX ix_received_time received_time TYPE minmax GRANULARITY 1
)
ENGINE = ${e.engine('ReplacingMergeTree', 'batches')}
PARTITION BY toYYYYMM(day)
ORDER BY (day, batch)
TTL day + INTERVAL 13 MONTH
SETTINGS ${e.dedup(10_000)}`;
}

function evaluations(e: EngineClause): string {
  return `CREATE TABLE IF NOT EXISTS evaluations${e.onCluster} (
  batch String,
  day Date,
  rule_set ${word},
  events UInt32,
  findings UInt32,
  rules UInt32,
  evaluated_time ${time},
  duration_ms UInt32,
  worker ${word},
  INDEX ix_evaluated_time evaluated_time TYPE minmax GRANULARITY 1
)
ENGINE = ${e.engine('ReplacingMergeTree', 'evaluations')}
PARTITION BY toYYYYMM(day)
ORDER BY (day, batch, rule_set)
TTL day + INTERVAL 13 MONTH
SETTINGS ${e.dedup(10_000)}`;
}

function findings(e: EngineClause): string {
  // An alert id is a function of (rule, event), so this order is the identity (rule, event) with the alert in front:
  // doubles merge away, and an alert's evidence is one range.
  return `CREATE TABLE IF NOT EXISTS findings${e.onCluster} (
  alert String,
  rule ${word},
  event String,
  batch String,
  day Date,
  event_time ${time},
  received_time ${time},
  matched ${text}
)
ENGINE = ${e.engine('ReplacingMergeTree', 'findings')}
PARTITION BY toYYYYMM(day)
ORDER BY (alert, rule, event)
SETTINGS ${e.dedup(10_000)}`;
}

function alerts(e: EngineClause): string {
  return `CREATE TABLE IF NOT EXISTS alerts${e.onCluster} (
  id String,
  revision UInt64,
  rule ${word},
  severity UInt8,
  tags Array(${word}),
  origin Enum8('production' = 0, 'drill' = 1, 'test' = 2),
  drill ${word},
  lane ${word},
  org ${word},
  system ${word},
  host String,
  incident String,
  created_time ${time},
  first_event_time ${time},
  last_event_time ${time},
  document ${text},
  INDEX ix_incident incident TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ${e.engine('ReplacingMergeTree', 'alerts', 'revision')}
ORDER BY id
SETTINGS ${e.dedup(10_000)}`;
}

function incidents(e: EngineClause): string {
  return `CREATE TABLE IF NOT EXISTS incidents${e.onCluster} (
  id String,
  revision UInt64,
  group_key String,
  severity UInt8,
  origin Enum8('production' = 0, 'drill' = 1, 'test' = 2),
  drill ${word},
  system ${word},
  opened_time ${time},
  first_event_time ${time},
  last_event_time ${time},
  document ${text},
  INDEX ix_group group_key TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ${e.engine('ReplacingMergeTree', 'incidents', 'revision')}
ORDER BY id
SETTINGS ${e.dedup(10_000)}`;
}

function ledger(e: EngineClause): string {
  // Plain MergeTree: nothing ever replaces or merges away a human action.
  return `CREATE TABLE IF NOT EXISTS ledger${e.onCluster} (
  kind ${word},
  subject String,
  version UInt64,
  at_ms Int64,
  actor String,
  action ${word},
  state ${word},
  document ${text},
  previous_hash String,
  hash String
)
ENGINE = ${e.engine('MergeTree', 'ledger')}
ORDER BY (kind, subject, version)
SETTINGS ${e.dedup(10_000)}`;
}

function deliveries(e: EngineClause): string {
  return `CREATE TABLE IF NOT EXISTS deliveries${e.onCluster} (
  notice String,
  incident String,
  alert String,
  system ${word},
  channel ${word},
  recipient String,
  outcome Enum8('queued' = 0, 'sent' = 1, 'failed' = 2, 'gave_up' = 3),
  attempt UInt32,
  at ${time},
  detail ${text},
  document ${text},
  INDEX ix_incident incident TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ${e.engine('ReplacingMergeTree', 'deliveries')}
ORDER BY (notice, outcome, attempt, at)
SETTINGS ${e.dedup(10_000)}`;
}

function deadLetters(e: EngineClause): string {
  return `CREATE TABLE IF NOT EXISTS dead_letters${e.onCluster} (
  at ${time},
  source ${word},
  transport ${word},
  peer String,
  reason ${word},
  head ${text},
  bytes UInt64
)
ENGINE = ${e.engine('MergeTree', 'dead_letters')}
PARTITION BY toYYYYMM(at)
ORDER BY at
TTL toDate(at) + INTERVAL 3 MONTH
SETTINGS ${e.dedup(1_000)}`;
}

/** The first schema: events, their ledgers, what detection states, what people decide. */
export const base: Migration = {
  version: 1,
  name: 'base',
  statements: (e) => [
    events(e),
    batches(e),
    evaluations(e),
    findings(e),
    alerts(e),
    incidents(e),
    ledger(e),
    deliveries(e),
    deadLetters(e),
  ],
};
