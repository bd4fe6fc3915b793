import type { EngineClause } from '../engine-clause.ts';
import type { Migration } from '../migrate.ts';

/** A month over the longest retention of events (TCVN 14423:2026 7.8: twelve months). */
const keptMonths = 13;

function maskedValues(e: EngineClause): string {
  return `CREATE TABLE IF NOT EXISTS masked_values${e.onCluster} (
  token FixedString(16),
  kind LowCardinality(String),
  sealed String CODEC(NONE),
  seen DateTime64(3, 'UTC')
)
ENGINE = ${e.engine('ReplacingMergeTree', 'masked_values', 'seen')}
ORDER BY (token, kind)
TTL toDateTime(seen) + INTERVAL ${keptMonths} MONTH
SETTINGS ${e.dedup(1000)}`;
}

/** What was masked in events, sealed with a key the store has not. */
export const maskedValueTable: Migration = {
  version: 5,
  name: 'masked-values',
  statements: (e) => [maskedValues(e)],
};
