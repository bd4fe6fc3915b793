import type { Migration } from '../migrate.ts';

/** With which field mappings an event was read; '' for those stored before events said so. */
export const mappings: Migration = {
  version: 3,
  name: 'mappings',
  statements: (e) => [
    `ALTER TABLE events${e.onCluster} ADD COLUMN IF NOT EXISTS mappings LowCardinality(String) DEFAULT '' AFTER parser`,
  ],
};
