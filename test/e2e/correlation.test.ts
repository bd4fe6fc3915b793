import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClickHouseBacking } from '../../src/backing/index.ts';
import type { LiveRules } from '../../src/detect/index.ts';
import type { SecurityEvent } from '../../src/model/event.ts';
import { createLog } from '../../src/observe/log.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { defaultStoreLimits } from '../../src/store/limits.ts';
import { openSql, type Sql } from '../../src/store/sql.ts';
import { startClickHouse } from '../harness/clickhouse.ts';
import {
  correlationSpecs,
  correlationsOf,
  everyKindText,
  standingOf,
  standingOracle,
} from '../harness/correlation-set.ts';
import { startWorker, type Worker } from '../harness/detect-worker.ts';
import { batchOf, type EventSpec } from '../harness/detection-world.ts';
import { until } from '../harness/poll.ts';
import { randomOf } from '../harness/random.ts';
import { type RedisProcess, startRedisProcess } from '../harness/redis-process.ts';
import { insertBatch } from '../harness/whole-batch.ts';

const log = createLog('silent');
const today = new Date().toISOString().slice(0, 10);
let clickhouse: ClickHouseBacking;
let redis: RedisProcess;
let store: Store;
let sql: Sql;

beforeAll(async () => {
  [clickhouse, redis] = await Promise.all([startClickHouse(), startRedisProcess()]);
  store = await openStore({ backing: clickhouse, replicated: false, log, clock: Date.now });
  sql = openSql(clickhouse, defaultStoreLimits, log);
});
afterAll(async () => {
  await store?.close();
  await sql?.close();
  await Promise.all([clickhouse?.close(), redis?.stop()]);
});

async function commit(id: string, specs: readonly EventSpec[]): Promise<readonly SecurityEvent[]> {
  const { rows } = batchOf(id, specs);
  await insertBatch(store.events, { id, day: today, receivedTimeMs: Date.now(), key: '' }, rows);
  return rows;
}

function startTwo(rules: () => LiveRules, random: () => number): Worker[] {
  return ['w1', 'w2'].map((name) => startWorker({ name, rules, store, redis, notices: new Map(), random }));
}

/** What Redis does not take the sweep offers. */
async function offer(worker: Worker | undefined, id: string): Promise<void> {
  await worker?.queues.offerDetect({ id, day: today }).catch(() => undefined);
}

async function allEvaluated(workers: readonly Worker[]): Promise<void> {
  for (const worker of workers) worker.crashing(0);
  await until(
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return store.events.coverage();
    },
    (c) => c.waiting === 0,
    150_000,
  );
  await until(
    () => workers[0]?.queues.depth() ?? null,
    (d) => d !== null && d.detect.active + d.detect.waiting + d.detect.delayed === 0,
  );
}

describe('correlations over two workers, a real ClickHouse, a real Redis', () => {
  test('shuffled, late and doubled batches, crashes, FLUSHALL and a killed Redis: what brute force says of all events', async () => {
    const set = correlationsOf(everyKindText);
    const random = randomOf(20261122);
    const workers = startTwo(() => set.rules, random);
    const everything: SecurityEvent[] = [];
    const specs = correlationSpecs(random, 300);
    const batches = 24;
    const share = Math.ceil(specs.length / batches);
    for (let b = 0; b < batches; b += 1) {
      const id = `c${b.toString(36)}`;
      everything.push(...(await commit(id, specs.slice(b * share, (b + 1) * share))));
      const offerOne = (): Promise<void> => offer(workers[Math.floor(random() * 2)], id);
      const fate = random();
      if (fate < 0.75) await offerOne();
      if (fate < 0.3) await Promise.all([offerOne(), offerOne()]);
      if (b === 5) for (const worker of workers) worker.crashing(0.03);
      if (b === 8 || b === 19) await redis.flush();
      if (b === 13) await redis.kill();
      if (b === 15) await redis.start();
    }
    await allEvaluated(workers);
    const oracle = standingOracle(set, everything);
    expect(oracle.length).toBeGreaterThan(30);
    const alerts = async (): Promise<string[]> =>
      standingOf((await store.detection.listAlerts({ limit: 1000, systems: null })).items);
    expect(await alerts()).toEqual(oracle);
    // All of it again, by hand, in both workers at once, after a loss of all recent members.
    await redis.flush();
    const ids = Array.from({ length: 12 }, (_, b) => `c${b.toString(36)}`);
    await Promise.all(ids.flatMap((id) => workers.map((worker) => worker.detector.evaluate({ id, day: today }))));
    expect(await alerts()).toEqual(oracle);
    await Promise.all(workers.map((worker) => worker.close()));
  }, 400_000);

  test('rules exchanged while events flow: no batch is missed, each evaluation is of one version whole', async () => {
    const added = `title: Added later
id: 00000000-0000-4000-8000-000000000099
level: low
logsource:
  product: windows
detection:
  s:
    CommandLine|startswith: w
  condition: s
`;
    const [before, after] = [correlationsOf(everyKindText), correlationsOf(`${everyKindText}---\n${added}`)];
    let now = before;
    const workers = startTwo(() => now.rules, randomOf(7));
    const rows = new Map<string, readonly SecurityEvent[]>();
    for (let b = 0; b < 30; b += 1) {
      const id = `r${b.toString(36)}`;
      const specs = Array.from({ length: 8 }, (_, n): EventSpec => ({ command: n % 2 === 0 ? 'whoami' : 'other' }));
      rows.set(id, await commit(id, specs));
      await offer(workers[b % 2], id);
      // Back and forth, in the middle of whatever is being evaluated.
      if (b >= 10) now = b % 3 === 0 ? before : after;
    }
    await allEvaluated(workers);
    const evaluations = await sql.rows<{ batch: string; versions: string[] }>(
      "SELECT batch, groupUniqArray(rule_set) AS versions FROM evaluations WHERE startsWith(batch, 'r') GROUP BY batch",
    );
    expect(evaluations.map(({ batch }) => batch).sort()).toEqual([...rows.keys()].sort());
    const found = new Map<string, number>();
    for (const { rule, event } of await store.detection.pairs({}))
      if (rule.endsWith('99')) found.set(event.split('-')[0] ?? '', (found.get(event.split('-')[0] ?? '') ?? 0) + 1);
    const seen = new Set<string>();
    for (const { batch, versions } of evaluations) {
      for (const version of versions) seen.add(version);
      expect([before.rules.version, after.rules.version]).toEqual(expect.arrayContaining(versions));
      expect(found.get(batch) ?? 0, batch).toBe(versions.includes(after.rules.version) ? 4 : 0);
    }
    expect([...seen].sort()).toEqual([before.rules.version, after.rules.version].sort());
    const said = await store.events.workers(Date.now() - 600_000);
    expect(said.map(({ worker }) => worker)).toEqual(['w1', 'w2']);
    await Promise.all(workers.map((worker) => worker.close()));
  }, 400_000);
});
