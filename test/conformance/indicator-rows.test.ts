import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ClickHouseBacking } from '../../src/backing/index.ts';
import { createFeedSeal } from '../../src/compose/indicator-feeds.ts';
import { openIndicators } from '../../src/compose/indicators.ts';
import { createLog } from '../../src/observe/log.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { startClickHouse } from '../harness/clickhouse.ts';

const settings = { name: 'NCSC', description: '', source: '', severity: 'high', tags: [], historyDays: 0, feed: null };
let clickhouse: ClickHouseBacking;
let store: Store;

beforeAll(async () => {
  clickhouse = await startClickHouse();
  store = await openStore({ backing: clickhouse, replicated: false, log: createLog('silent'), clock: Date.now });
});
afterAll(async () => {
  await store?.close();
  await clickhouse?.close();
});

it('a list of more than one answer brings is read whole, what changed by itself, and one by one', async () => {
  const { api, desk } = openIndicators({
    store,
    lock: (_key, work) => work(),
    seal: createFeedSeal(() => new Uint8Array(32)),
    clock: Date.now,
  });
  const standing = async () => (await desk.all()).find(({ list }) => list.id === 'many')?.list;
  const upload = (text: string, mode: 'replace' | 'add') =>
    api.take('many', Buffer.from(text), { format: 'auto', mode, actor: 'admin' });

  await api.put('many', { ...settings, severity: 'high' }, 0, 'admin');
  await upload(Array.from({ length: 17_001 }, (_, i) => `m${i}.vn`).join('\n'), 'replace');
  const before = (await standing())?.revision ?? 0;
  await upload('value,description\nevil-more.vn,mới\n', 'add');
  await api.remove('many', { type: 'domain', value: 'm7.vn', reason: 'không còn nữa', actor: 'admin' });
  const after = (await standing())?.revision ?? 0;

  expect((await standing())?.count).toBe(17_001);
  const rows = store.indicators;
  const now = new Set((await rows.content('many')).map(({ value }) => value));
  expect([now.size, now.has('m7.vn'), now.has('m17000.vn'), now.has('evil-more.vn')]).toEqual([
    17_001,
    false,
    true,
    true,
  ]);
  const then = new Set((await rows.content('many', before)).map(({ value }) => value));
  expect([then.size, then.has('m7.vn'), then.has('evil-more.vn')]).toEqual([17_001, true, false]);
  const changes = await rows.changes('many', before, after);
  expect(changes.map(({ indicator, removed }) => [indicator.value, removed])).toEqual([
    ['evil-more.vn', false],
    ['m7.vn', true],
  ]);
  expect(await rows.changes('many', after, after)).toEqual([]);
  // Of what came first, one was taken out since and need not be searched for.
  expect(await rows.fresh('many', 0, before)).toHaveLength(17_000);
  expect(await rows.find('many', { type: 'domain', value: 'm7.vn' })).toBeNull();
  expect(await rows.find('many', { type: 'domain', value: 'evil-more.vn' })).toMatchObject({ description: 'mới' });
  expect((await rows.page({ list: 'many', containing: '', limit: 2, cursor: 'domain m16999.vn' })).items).toMatchObject(
    [{ value: 'm17.vn' }, { value: 'm170.vn' }],
  );
});
