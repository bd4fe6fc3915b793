import { expect, test } from 'vitest';
import { schemaText } from '../../src/store/index.ts';
import { migrations } from '../../src/store/migrate.ts';

/** A later column can be added again, and a setting set again, too. */
const alters = (sql: string): boolean =>
  /^ALTER TABLE \w+(?: ON CLUSTER '\{cluster\}')? (?:ADD COLUMN IF NOT EXISTS|MODIFY SETTING) /.test(sql);

test('versions are 1, 2, 3, … without a hole', () => {
  expect(migrations.map((m) => m.version)).toEqual(migrations.map((_, i) => i + 1));
});

test('one text for both modes: only the engine, ON CLUSTER and the deduplication setting differ', () => {
  const plain = schemaText(false);
  const cluster = schemaText(true);
  expect(cluster).toHaveLength(plain.length);
  const neutral = (sql: string): string =>
    sql
      .replace(" ON CLUSTER '{cluster}'", '')
      .replace(/ReplicatedReplacingMergeTree\('[^']+', '\{replica\}'(?:, (\w+))?\)/, 'ReplacingMergeTree($1)')
      .replace(/ReplicatedMergeTree\('[^']+', '\{replica\}'\)/, 'MergeTree()')
      .replace(/replicated_deduplication_window = (\d+), replicated_deduplication_window_seconds = 604800/, 'WINDOW $1')
      .replace(/non_replicated_deduplication_window = (\d+)/, 'WINDOW $1');
  expect(cluster.map(neutral)).toEqual(plain.map(neutral));
  for (const sql of cluster) {
    expect(sql).toContain("ON CLUSTER '{cluster}'");
    if (!alters(sql)) expect(sql).toMatch(/ENGINE = Replicated/);
  }
});

test('every table forgets a repeated block, and can be created again', () => {
  for (const sql of schemaText(false)) {
    if (alters(sql)) continue;
    expect(sql).toMatch(/^CREATE TABLE IF NOT EXISTS \w+ \(/);
    expect(sql).toContain('non_replicated_deduplication_window');
  }
});
