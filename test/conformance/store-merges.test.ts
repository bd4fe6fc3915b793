import { describe, expect, test } from 'vitest';
import { insertBatch } from '../harness/whole-batch.ts';
import { day0, events, t0 } from './store-fixtures.ts';
import { useStore } from './store-open.ts';

const use = useStore();

const settings: readonly (readonly [name: string, value: string])[] = [
  ['merge_selector_base', '10'],
  ['vertical_merge_algorithm_min_rows_to_activate', '1'],
];

describe('how parts of events are merged', () => {
  test.each(settings)('%s is %s', async (name, value) => {
    const [row] = await use().sql.tuples('SHOW CREATE TABLE events');
    expect(String(row?.[0])).toMatch(new RegExp(`\\b${name} = ${value}(?:,|$)`, 'm'));
  });

  test('a merge of a few rows keeps every event and what finds it', async () => {
    const { store, sql } = use();
    const names = ['merged-a', 'merged-b', 'merged-c'];
    const stored = names.map((name, i) => [
      ...events(name, 3, { fields: { Image: name, 'only.here': `${name} ệ`, list: ['x', i], nothing: null } }),
      ...events(name, 5, { fields: {} }).slice(3),
    ]);
    for (const rows of stored) {
      const id = rows[0]?.batch ?? '';
      await insertBatch(store.events, { id, day: day0, receivedTimeMs: t0, key: '' }, rows);
    }
    await sql.command('OPTIMIZE TABLE events FINAL');
    const parts = "SELECT count() FROM system.parts WHERE active AND table = 'events' AND database = currentDatabase()";
    expect(Number((await sql.tuples(parts))[0]?.[0])).toBe(1);
    for (const rows of stored) {
      const read = await store.events.readBatch({ id: rows[0]?.batch ?? '', day: day0 });
      expect(read.map(({ committedTimeMs: _, ...event }) => event)).toEqual(rows);
    }
    const found = async (text: string): Promise<readonly string[]> =>
      (await store.events.search({ text, fromMs: 0, toMs: t0 + 86_400_000, limit: 20, systems: null })).items.map(
        ({ batch }) => batch,
      );
    expect(await found('only.here:"merged-b ệ"')).toEqual(['merged-b', 'merged-b', 'merged-b']);
    expect(await found('list:1')).toEqual(['merged-b', 'merged-b', 'merged-b']);
    expect(await found('Image:merged-c')).toHaveLength(3);
    expect(await found('nothing:*')).toEqual([]);
  });
});
