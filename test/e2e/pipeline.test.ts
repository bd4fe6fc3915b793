import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alertIdOf } from '../../src/alert/index.ts';
import type { ClickHouseBacking } from '../../src/backing/index.ts';
import type { AlertView, IncidentCard } from '../../src/contract/api.ts';
import { groupKeyOfAlert } from '../../src/incident/index.ts';
import type { SecurityEvent } from '../../src/model/event.ts';
import { createLog } from '../../src/observe/log.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { startClickHouse } from '../harness/clickhouse.ts';
import { startWorker } from '../harness/detect-worker.ts';
import { batchOf, type EventSpec, minuteMs, rulesOf, tenOClock, threeRules } from '../harness/detection-world.ts';
import { until } from '../harness/poll.ts';
import { randomOf } from '../harness/random.ts';
import { type RedisProcess, startRedisProcess } from '../harness/redis-process.ts';
import { insertBatch } from '../harness/whole-batch.ts';

const log = createLog('silent');
const rules = rulesOf(threeRules);
const today = new Date().toISOString().slice(0, 10);
let clickhouse: ClickHouseBacking;
let redis: RedisProcess;
let store: Store;

beforeAll(async () => {
  [clickhouse, redis] = await Promise.all([startClickHouse(), startRedisProcess()]);
  store = await openStore({ backing: clickhouse, replicated: false, log, clock: Date.now });
});
afterAll(async () => {
  await store?.close();
  await Promise.all([clickhouse?.close(), redis?.stop()]);
});

/** What detection should find: every rule held against every event, one by one, no store and no queue. */
function oracleOf(events: readonly SecurityEvent[]) {
  const pairs: string[] = [];
  const alerts = new Map<string, { events: Set<string>; firstEventMs: number; lastEventMs: number }>();
  for (const event of events) {
    for (const rule of rules.match(event)) {
      const id = rules.facts[rule]?.id ?? '';
      pairs.push(`${id} ${event.id}`);
      const alert = alertIdOf(id, event);
      const known = alerts.get(alert) ?? { events: new Set(), firstEventMs: Number.POSITIVE_INFINITY, lastEventMs: 0 };
      known.events.add(event.id);
      alerts.set(alert, {
        events: known.events,
        firstEventMs: Math.min(known.firstEventMs, event.eventTimeMs),
        lastEventMs: Math.max(known.lastEventMs, event.eventTimeMs),
      });
    }
  }
  return {
    pairs: pairs.sort(),
    alerts: [...alerts]
      .map(([id, a]) => ({ id, events: a.events.size, firstEventMs: a.firstEventMs, lastEventMs: a.lastEventMs }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

describe('two workers, a real ClickHouse, a real Redis', () => {
  test('random batches with lost and doubled offers, crashes, FLUSHALL and a killed Redis: the oracle’s alerts, no more, no less', async () => {
    const random = randomOf(20261122);
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
    const notices = new Map<string, number>();
    const workers = ['w1', 'w2'].map((name) =>
      startWorker({ name, rules: () => rules, store, redis, notices, random }),
    );
    const shown = { alerts: new Map<string, AlertView>(), incidents: new Map<string, IncidentCard>() };
    workers[1]?.state.bus.subscribe((news) => {
      if (news.kind !== 'message') return;
      const { item } = news.message;
      // As a board does: of two copies the one that saw more events.
      if (item.kind === 'alert' && (shown.alerts.get(item.alert.id)?.events ?? 0) <= item.alert.events)
        shown.alerts.set(item.alert.id, item.alert);
      if (item.kind === 'incident' && (shown.incidents.get(item.incident.id)?.events ?? 0) <= item.incident.events)
        shown.incidents.set(item.incident.id, item.incident);
    });

    const everything: SecurityEvent[] = [];
    const batches = 40;
    for (let b = 0; b < batches; b += 1) {
      const specs = Array.from(
        { length: 5 + Math.floor(random() * 40) },
        (): EventSpec => ({
          command: pick(['notepad', 'whoami', 'net user x', 'mimikatz', 'ping', 'whoami & net user']),
          host: pick(['MAY-01', 'MAY-02', 'MAY-03', 'DC01']),
          system: pick(['qlvb', 'hr']),
          // Within 25 minutes: all of a system belongs together, in whatever order it is evaluated.
          atMs: tenOClock + Math.floor(random() * 25 * minuteMs),
        }),
      );
      const id = `batch${b.toString(36)}`;
      const { rows } = batchOf(id, specs);
      await insertBatch(store.events, { id, day: today, receivedTimeMs: Date.now(), key: '' }, rows);
      everything.push(...rows);
      const offer = (): Promise<void> =>
        pick(workers)
          .queues.offerDetect({ id, day: today })
          .catch(() => undefined);
      const fate = random();
      if (fate < 0.75) await offer();
      if (fate < 0.2) await Promise.all([offer(), offer()]);
      if (b === 5) for (const worker of workers) worker.crashing(0.05);
      if (b === 12 || b === 30) await redis.flush();
      if (b === 20) await redis.kill();
      if (b === 22) await redis.start();
    }
    await until(
      () => store.events.coverage(),
      (c) => c.waiting < batches / 2,
    );
    for (const worker of workers) worker.crashing(0);
    await until(
      () => store.events.coverage(),
      (c) => c.waiting === 0,
    );
    await until(
      () => workers[0]?.queues.depth() ?? null,
      (d) => d !== null && d.detect.active + d.detect.waiting + d.detect.delayed === 0,
    );

    const oracle = oracleOf(everything);
    expect(oracle.alerts.length).toBeGreaterThan(20);
    const pairs = (await store.detection.pairs({})).map(({ rule, event }) => `${rule} ${event}`).sort();
    expect(pairs).toEqual(oracle.pairs);
    const alerts = (await store.detection.listAlerts({ limit: 1000, systems: null })).items;
    const facts = alerts.map(({ id, events, firstEventMs, lastEventMs }) => ({
      id,
      events,
      firstEventMs,
      lastEventMs,
    }));
    expect(facts.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(oracle.alerts);

    // One incident a group, its facts those of its alerts, opened once in an unbroken history.
    const incidents = (await store.incidents.list({ limit: 1000, systems: null })).items;
    expect(incidents.map((i) => i.system).sort()).toEqual(['hr', 'qlvb']);
    const homes = new Map(alerts.map((alert) => [groupKeyOfAlert(alert), alert.incident]));
    expect(alerts.every((alert) => homes.get(groupKeyOfAlert(alert)) === alert.incident)).toBe(true);
    for (const incident of incidents) {
      const its = alerts.filter((alert) => alert.incident === incident.id);
      const hit = new Set(
        everything.filter((e) => e.system === incident.system && rules.match(e).length > 0).map((e) => e.id),
      );
      expect(incident).toMatchObject({
        alerts: its.length,
        events: hit.size,
        severity: 'critical',
        title: 'Credentials dumped',
        firstEventMs: Math.min(...its.map((a) => a.firstEventMs)),
        lastEventMs: Math.max(...its.map((a) => a.lastEventMs)),
        hosts: ['DC01', 'MAY-01', 'MAY-02', 'MAY-03'],
      });
      const history = await store.ledger.history('incident', incident.id);
      expect(history.map((row) => row.action)).toEqual(['opened']);
    }
    expect([...notices.keys()].sort()).toEqual(alerts.map((a) => a.id).sort());

    // The feed showed the last word of every alert that changed after the last loss of Redis, and nothing invented.
    for (const alert of shown.alerts.values()) expect(oracle.alerts.find((a) => a.id === alert.id)).toBeDefined();
    for (const card of shown.incidents.values()) expect(incidents.find((i) => i.id === card.id)).toBeDefined();

    // All of it again, by hand, in both workers at once: nothing changes.
    await Promise.all(
      Array.from({ length: 10 }, (_, b) => `batch${b.toString(36)}`).flatMap((id) =>
        workers.map((worker) => worker.detector.evaluate({ id, day: today })),
      ),
    );
    expect((await store.detection.listAlerts({ limit: 1000, systems: null })).items).toEqual(alerts);
    expect((await store.incidents.list({ limit: 1000, systems: null })).items).toEqual(incidents);

    // People act at the same time through two processes: one is done, one is told.
    const [incident] = incidents;
    const id = incident?.id ?? '';
    const outcomes = await Promise.all(
      workers.map((worker, i) =>
        worker.incidents.act(id, { action: 'assign', version: 1, assignee: `p${i}` }, `p${i}`),
      ),
    );
    expect(outcomes.map((o) => o.kind).sort()).toEqual(['conflict', 'done']);
    expect(await store.ledger.check('incident', id)).toMatchObject({ ok: true });
    await Promise.all(workers.map((worker) => worker.close()));
  }, 300_000);
});
