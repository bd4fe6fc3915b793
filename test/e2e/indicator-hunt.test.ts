import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  buildAlert,
  correlatedAlertId,
  correlatedDraftOf,
  defaultAlertLimits,
  draftOf,
} from '../../src/alert/index.ts';
import type { ClickHouseBacking } from '../../src/backing/index.ts';
import { createFeedSeal } from '../../src/compose/indicator-feeds.ts';
import { openHunt } from '../../src/compose/indicator-hunt.ts';
import { type Indicators, openIndicators } from '../../src/compose/indicators.ts';
import type { Hunter } from '../../src/indicators/hunt.ts';
import { createLog } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createMemoryCorrelationState } from '../../src/state/index.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { startClickHouse } from '../harness/clickhouse.ts';
import { startWorker, type Worker } from '../harness/detect-worker.ts';
import { batchOf, type EventSpec, rulesOf, threeRules } from '../harness/detection-world.ts';
import { randomOf } from '../harness/random.ts';
import { type RedisProcess, startRedisProcess } from '../harness/redis-process.ts';
import { insertBatch } from '../harness/whole-batch.ts';

const log = createLog('silent');
const dayMs = 86_400_000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
let clickhouse: ClickHouseBacking;
let redis: RedisProcess;
let store: Store;
let indicators: Indicators;
let worker: Worker;

beforeAll(async () => {
  [clickhouse, redis] = await Promise.all([startClickHouse(), startRedisProcess()]);
  store = await openStore({ backing: clickhouse, replicated: false, log, clock: Date.now });
  const rules = rulesOf(threeRules);
  const random = randomOf(1);
  worker = startWorker({ name: 'w1', rules: () => rules, store, redis, notices: new Map(), random });
  indicators = openIndicators({
    store,
    lock: worker.state.lock,
    seal: createFeedSeal(() => new Uint8Array(32)),
    clock: Date.now,
  });
  await fill();
});
afterAll(async () => {
  await worker?.close();
  await store?.close();
  await Promise.all([clickhouse?.close(), redis?.stop()]);
});

const md5 = '44d88612fea8a8f36de82e1278abb02f';
/** What each indicator is written like in an event. */
const signs: readonly (readonly [indicator: string, text: string])[] = [
  ['evil.vn', 'GET http://a.b.EVIL.vn/x'],
  ['203.0.113.9', 'conn 203.0.113.9:443-198.51.100.1'],
  ['198.51.100.64/27', 'from 198.51.100.77'],
  ['2405:4800::1f', 'peer 2405:4800:0000::001F'],
  ['2001:db8:77::/48', 'peer 2001:0DB8:0077::5'],
  ['độchại.vn', 'vào ĐỘCHẠI.vn\n"hôm qua"'],
  ['http://evil2.com.vn/a', 'line one\nhttp://evil2.com.vn/a?x=1'],
  ['http://203.0.113.10:8080/i', 'wget 203.0.113.10:8080/i'],
  [md5, `MD5=${md5.toUpperCase()},X`],
  ['tab.evil3.vn', 'a\ttab.evil3.vn'],
];

/** Ten hosts of two days; every sign on one of them, among lines that look much like it. */
async function fill(): Promise<void> {
  for (const daysAgo of [0, 3]) {
    const at = Date.now() - daysAgo * dayMs;
    const specs = signs.flatMap(([, text], i): EventSpec[] => [
      { host: `H${i}`, command: text },
      { host: 'SẠCH', command: `${text.replace(/\d|[eEĐ]/g, '7')} notevil.vn 203.0.113.99 2405:4801::1f` },
      { host: 'SẠCH', command: 'C:\\Windows\\evil.vnx đevil.vn' },
    ]);
    const { rows } = batchOf(
      `hist${daysAgo}`,
      specs.map((spec) => ({ atMs: at, receivedMs: at, ...spec })),
    );
    const day = dayOf(at);
    await insertBatch(store.events, { id: `hist${daysAgo}`, day, receivedTimeMs: at, key: '' }, rows);
    await worker.detector.evaluate({ id: `hist${daysAgo}`, day });
  }
}

function hunter(o: { readonly dieAfter?: number } = {}): Hunter {
  let writings = 0;
  return openHunt({
    store,
    lock: worker.state.lock,
    detector: {
      rules: () => {
        throw new Error('the rules in force have nothing to do with it');
      },
      store: {
        ...store.events,
        ...store.detection,
        insertFindings: async (findings, token) => {
          writings += 1;
          if (writings === o.dieAfter) throw new Error('killed');
          await store.detection.insertFindings(findings, token);
        },
      },
      alert: {
        draft: draftOf,
        build: (parts) => buildAlert({ ...parts, limits: defaultAlertLimits }),
        correlated: (hour) => correlatedDraftOf({ ...hour, limits: defaultAlertLimits }),
        correlatedId: correlatedAlertId,
      },
      members: store.correlations,
      recent: createMemoryCorrelationState(),
      incidents: worker.incidents,
      notify: async () => undefined,
      offer: async () => undefined,
      worker: 'hunt',
      clock: Date.now,
      log,
      metrics: createMetrics(),
    },
    clock: Date.now,
    limits: { graceMs: 0, eventsPerReading: 3 },
  });
}

async function make(list: string, text: string, historyDays = 30): Promise<void> {
  const words = { name: list, description: '', source: 'NCSC', severity: 'high', tags: [], feed: null } as const;
  await indicators.api.put(list, { ...words, historyDays }, 0, 'admin');
  const outcome = await indicators.api.take(list, Buffer.from(text), { format: 'csv', mode: 'add', actor: 'admin' });
  if (outcome.kind !== 'done' || outcome.value.taken.notTakenTotal > 0) throw new Error(JSON.stringify(outcome));
}

/** Hosts with alerts of the list, and how many events stand behind them. */
async function found(list: string): Promise<{ readonly hosts: string[]; readonly events: number }> {
  const { items } = await store.detection.listAlerts({ limit: 100, rule: `indicator:${list}`, systems: null });
  return {
    hosts: [...new Set(items.map(({ host }) => host))].sort(),
    events: items.reduce((sum, { events }) => sum + events, 0),
  };
}

const view = async (list: string) => (await indicators.api.lists()).find(({ id }) => id === list)?.hunt;
const everyHost = signs.map((_, i) => `H${i}`).sort();
const everySign = signs.map(([indicator]) => indicator).join('\n');

describe('new indicators, back over what is stored', () => {
  test('a few are found in whatever way events write them', async () => {
    await make('few', everySign);
    expect(await view('few')).toMatchObject({ state: 'waiting' });
    await hunter().round();
    expect(await found('few')).toEqual({ hosts: everyHost, events: 2 * signs.length });
    expect(await view('few')).toMatchObject({ state: 'done', indicators: 10, events: 60, hits: 20, cut: '' });
  });

  test('many, by their words: the same', async () => {
    const others = Array.from({ length: 1_000 }, (_, i) => `h${i}.other.vn\n198.18.${i % 250}.1`.split('\n')[0]);
    await make('many', `${everySign}\n${others.join('\n')}`);
    await hunter().round();
    expect(await found('many')).toEqual({ hosts: everyHost, events: 2 * signs.length });
    expect(await view('many')).toMatchObject({ state: 'done', indicators: 1_010, hits: 20 });
  });

  test('killed in the middle, another process goes on', async () => {
    await make('killed', everySign);
    await expect(hunter({ dieAfter: 3 }).round()).rejects.toThrow('killed');
    expect(await view('killed')).toMatchObject({ state: 'running' });
    await expect(hunter({ dieAfter: 2 }).round()).rejects.toThrow('killed');
    await hunter().round();
    expect(await found('killed')).toEqual({ hosts: everyHost, events: 2 * signs.length });
    expect(await view('killed')).toMatchObject({ state: 'done', hits: 20 });
  });

  test('as far back as was asked, and only for what is new', async () => {
    await make('short', 'evil.vn', 2);
    await hunter().round();
    expect((await found('short')).events).toBe(1);
    await indicators.api.add('short', {
      value: '203.0.113.9',
      description: '',
      validUntilMs: 0,
      reason: 'báo từ VNCERT',
      actor: 'a',
    });
    await hunter().round();
    expect(await view('short')).toMatchObject({ state: 'done', indicators: 1, hits: 1 });
    expect((await found('short')).hosts).toEqual(['H0', 'H1']);
    await make('none', 'evil.vn', 0);
    await hunter().round();
    expect(await found('none')).toEqual({ hosts: [], events: 0 });
  });
});
