import type { Migration } from '../migrate.ts';

/**
 * Under load the engine spends more on merging parts than on taking rows in. Of parts of one size ten instead of five are
 * merged at a time: each row is written anew a third less often, and up to ten parts of a size are there to be read.
 */
export const fewerMerges: Migration = {
  version: 7,
  name: 'fewer-merges',
  statements: (e) => [`ALTER TABLE events${e.onCluster} MODIFY SETTING merge_selector_base = 10`],
};
