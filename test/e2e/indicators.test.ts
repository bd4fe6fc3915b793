import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClickHouseBacking } from '../../src/backing/index.ts';
import { createFeedSeal } from '../../src/compose/indicator-feeds.ts';
import { type Indicators, openIndicators } from '../../src/compose/indicators.ts';
import { createLog } from '../../src/observe/log.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { startClickHouse } from '../harness/clickhouse.ts';
import { startWorker, type Worker } from '../harness/detect-worker.ts';
import { batchOf, type EventSpec, rulesOf, threeRules } from '../harness/detection-world.ts';
import { until } from '../harness/poll.ts';
import { randomOf } from '../harness/random.ts';
import { type RedisProcess, startRedisProcess } from '../harness/redis-process.ts';
import { insertBatch } from '../harness/whole-batch.ts';

const log = createLog('silent');
const rules = rulesOf(threeRules);
const today = new Date().toISOString().slice(0, 10);
const settings = {
  name: 'Cảnh báo NCSC',
  description: 'Máy chủ điều khiển',
  source: 'NCSC',
  severity: 'high',
  tags: ['attack.t1071'],
  historyDays: 30,
  feed: null,
} as const;
let clickhouse: ClickHouseBacking;
let redis: RedisProcess;
let store: Store;
let indicators: Indicators;
let worker: Worker;

beforeAll(async () => {
  [clickhouse, redis] = await Promise.all([startClickHouse(), startRedisProcess()]);
  store = await openStore({ backing: clickhouse, replicated: false, log, clock: Date.now });
  worker = startWorker({
    name: 'w1',
    rules: () => indicators.live(rules),
    store,
    redis,
    notices: new Map(),
    random: randomOf(1),
  });
  indicators = openIndicators({
    store,
    lock: worker.state.lock,
    seal: createFeedSeal(() => new Uint8Array(32)),
    clock: Date.now,
  });
});
afterAll(async () => {
  await worker?.close();
  await store?.close();
  await Promise.all([clickhouse?.close(), redis?.stop()]);
});

let batches = 0;
async function commit(...specs: readonly EventSpec[]): Promise<{ readonly id: string; readonly day: string }> {
  batches += 1;
  const id = `ioc${batches}`;
  const { rows } = batchOf(
    id,
    specs.map((spec) => ({ atMs: Date.now(), receivedMs: Date.now(), ...spec })),
  );
  await insertBatch(store.events, { id, day: today, receivedTimeMs: Date.now(), key: '' }, rows);
  return { id, day: today };
}

const upload = (list: string, text: string, mode: 'replace' | 'add' = 'replace') =>
  indicators.api.take(list, Buffer.from(text), { format: 'auto', mode, actor: 'admin' });

const alertsOf = async (list: string) =>
  (await store.detection.listAlerts({ limit: 100, rule: `indicator:${list}`, systems: null })).items;

describe('a list of indicators', () => {
  test('is held against what arrives from then on, and raises alerts as rules do', async () => {
    expect(await indicators.api.put('ncsc', settings, 0, 'admin')).toMatchObject({ kind: 'done' });
    const taken = await upload('ncsc', 'value,description\nevil[.]vn,C2 nhóm X\n203.0.113.9,\n10.0.0.1,nội bộ\n');
    expect(taken).toMatchObject({
      kind: 'done',
      value: { taken: { added: 2, count: 2, notTaken: [{ where: '4', value: '10.0.0.1', reason: 'not-public' }] } },
    });
    await indicators.refresh();
    await worker.detector.evaluate(await commit({ command: 'curl http://x.evil.vn/a' }, { command: 'whoami' }, {}));
    const [alert, ...more] = await until(
      () => alertsOf('ncsc'),
      (all) => all.length > 0,
    );
    expect(more).toEqual([]);
    expect(alert).toMatchObject({
      rule: { title: 'Indicator list: Cảnh báo NCSC', titleVi: 'Chỉ dấu tấn công: Cảnh báo NCSC', severity: 'high' },
      events: 1,
    });
    const [finding] = await store.detection.findingsOf([alert?.id ?? ''], 10);
    expect(finding?.matched).toEqual([
      {
        field: 'CommandLine',
        value: 'curl http://x.evil.vn/a',
        selection: 'domain evil.vn — C2 nhóm X',
        how: 'indicator',
        spans: [[12, 9]],
      },
    ]);
    expect((await store.incidents.get(alert?.incident ?? ''))?.family).toBe('intrusion');
    expect((await indicators.api.lists())[0]).toMatchObject({ count: 2, hits24h: 1 });
    expect(indicators.ruleView('indicator:ncsc')).toMatchObject({ description: 'Máy chủ điều khiển' });
  });

  test('changes while it runs: what a new version leaves out matches no more', async () => {
    await upload('ncsc', '198.51.100.7');
    await indicators.refresh();
    await worker.detector.evaluate(
      await commit({ host: 'B', command: 'ping evil.vn' }, { host: 'C', command: 'ping 198.51.100.7' }),
    );
    await until(
      () => alertsOf('ncsc'),
      (all) => all.some(({ host }) => host === 'C'),
    );
    expect((await alertsOf('ncsc')).map(({ host }) => host)).not.toContain('B');
  });

  test('what was written before its ledger row could be is never seen', async () => {
    const orphan = {
      type: 'domain',
      value: 'orphan.vn',
      validFromMs: 0,
      validUntilMs: 0,
      description: '',
      tags: [],
      sourceId: '',
    } as const;
    await store.indicators.write('ncsc', Date.now(), [{ indicator: orphan, removed: false, fresh: true }]);
    expect(await upload('ncsc', '198.51.100.8', 'add')).toMatchObject({ value: { taken: { added: 1, count: 2 } } });
    expect((await store.indicators.content('ncsc')).map(({ value }) => value)).toEqual([
      '198.51.100.7',
      '198.51.100.8',
    ]);
  });

  test('retired, matches nothing', async () => {
    await indicators.api.retire('ncsc', 'không còn cập nhật nữa', 'admin');
    await indicators.refresh();
    expect(indicators.live(rules)).toBe(rules);
  });
});
