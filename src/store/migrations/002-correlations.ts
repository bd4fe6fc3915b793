import type { EngineClause } from '../engine-clause.ts';
import type { Migration } from '../migrate.ts';

/** Longer than the longest timespan a live correlation may have (detect/limits.ts), so that no window is cut. */
const memberDays = 45;

function correlationMembers(e: EngineClause): string {
  // Read in two ways: all groups of a correlation for some hours, and some groups of it. Hours in front of groups serve
  // both. Partitioned by the day received, as events are: what a batch writes lands whole, however wild its event times.
  return `CREATE TABLE IF NOT EXISTS correlation_members${e.onCluster} (
  correlation LowCardinality(String),
  hour UInt32 CODEC(Delta(4), ZSTD(1)),
  grp String CODEC(ZSTD(1)),
  event_time DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  ord String CODEC(ZSTD(1)),
  reference UInt16,
  version UInt64,
  holds UInt8,
  source String CODEC(ZSTD(1)),
  day Date,
  member String CODEC(ZSTD(1))
)
ENGINE = ${e.engine('ReplacingMergeTree', 'correlation_members', 'version')}
PARTITION BY day
ORDER BY (correlation, hour, grp, event_time, ord, reference)
TTL day + INTERVAL ${memberDays} DAY
SETTINGS ttl_only_drop_parts = 1, ${e.dedup(10_000)}`;
}

/** Members of correlations: what a correlation's windows are made of. */
export const correlations: Migration = {
  version: 2,
  name: 'correlations',
  statements: (e) => [correlationMembers(e)],
};
