import type { Migration } from '../migrate.ts';

/**
 * Events have some hundred columns and paths. Up to 131,072 rows the engine merges with all of them in hand, and those are
 * the first merges of new parts, which every row goes through. Column after column, as it merges more rows anyway, they
 * take a third less (docs/schema.md), and the parts come out a little smaller.
 */
export const verticalMerges: Migration = {
  version: 8,
  name: 'vertical-merges',
  statements: (e) => [
    `ALTER TABLE events${e.onCluster} MODIFY SETTING vertical_merge_algorithm_min_rows_to_activate = 1`,
  ],
};
