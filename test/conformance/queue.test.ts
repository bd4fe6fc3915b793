import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createQueues, QueueAway, type QueueLimits, type Queues } from '../../src/queue/index.ts';
import { until } from '../harness/poll.ts';
import { type RedisProcess, startRedisProcess } from '../harness/redis-process.ts';

let redis: RedisProcess;
const open: Queues[] = [];
let serial = 0;

beforeAll(async () => {
  redis = await startRedisProcess();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((queues) => queues.close()));
});
afterAll(() => redis.stop());

function queuesOf(prefix: string, limits: Partial<QueueLimits> = {}): Queues {
  const queues = createQueues({
    connection: redis.connection,
    prefix,
    limits: { offerTimeoutMs: 30_000, retryFirstMs: 20, retryMaxMs: 100, ...limits },
    log: createLog('silent'),
    metrics: createMetrics(),
  });
  open.push(queues);
  return queues;
}

/** A producer's first offer may come before its connection stands; real callers leave that to the sweeper. */
async function offered(offer: () => Promise<void>): Promise<void> {
  await until(
    () =>
      offer().then(
        () => true,
        () => false,
      ),
    (taken) => taken,
  );
}

const nextPrefix = (): string => `q${serial++}`;
const ref = (id: string) => ({ id, day: '2026-11-22' });

describe('queue over a real redis-server', () => {
  test('a batch offered many times while it waits is one job, and may be offered again once done', async () => {
    const queues = queuesOf(nextPrefix());
    for (let i = 0; i < 5; i++) await offered(() => queues.offerDetect(ref('b1')));
    expect((await queues.depth())?.detect).toMatchObject({ waiting: 1, active: 0 });
    const seen: string[] = [];
    queues.workDetect(async ({ id, day }) => void seen.push(`${id} ${day}`), { concurrency: 2 });
    await until(
      () => seen.length,
      (n) => n === 1,
    );
    await until(
      () => queues.depth(),
      (d) => d?.detect.active === 0 && d.detect.waiting === 0,
    );
    await queues.offerDetect(ref('b1'));
    await until(
      () => seen,
      (s) => s.length === 2,
    );
    expect(seen).toEqual(['b1 2026-11-22', 'b1 2026-11-22']);
  });

  test('over the bound of waiting jobs an offer is left to the sweep, and taken again when there is room', async () => {
    const queues = queuesOf(nextPrefix(), { waitingMax: 3, countAgeMs: 0 });
    await offered(() => queues.offerDetect(ref('b0')));
    for (let i = 1; i < 8; i++) await queues.offerDetect(ref(`b${i}`));
    expect((await queues.depth())?.detect.waiting).toBe(3);
    // Another queue has a bound of its own.
    await queues.offerNotify('n1');
    expect((await queues.depth())?.notify.waiting).toBe(1);
    const seen: string[] = [];
    queues.workDetect(async ({ id }) => void seen.push(id), { concurrency: 1 });
    await until(
      () => seen.length,
      (n) => n === 3,
    );
    await queues.offerDetect(ref('b7'));
    await until(
      () => seen,
      (s) => s.includes('b7'),
    );
  });

  test.each([['a:b'], [''], ['a b'], ['x'.repeat(129)], ['../x']])('%j is refused as a job id', async (id) => {
    await expect(queuesOf(nextPrefix()).offerDetect(ref(id))).rejects.toMatchObject({ code: 'bad-job-id' });
  });

  test('a detect job that fails is tried again for ever, with waits', async () => {
    const queues = queuesOf(nextPrefix());
    await offered(() => queues.offerDetect(ref('b1')));
    const attempts: number[] = [];
    queues.workDetect(
      async (_, attempt) => {
        attempts.push(attempt.number);
        expect(attempt.last).toBe(false);
        if (attempts.length < 6) throw new Error('store away');
      },
      { concurrency: 1 },
    );
    await until(
      () => attempts.length,
      (n) => n === 6,
    );
    expect(attempts).toEqual([1, 2, 3, 4, 5, 6]);
    await until(
      () => queues.depth(),
      (d) => d?.detect.active === 0 && d.detect.delayed === 0,
    );
  });

  test('a notify job is given up after its attempts, its last one is told so, and its id is free again', async () => {
    const queues = queuesOf(nextPrefix());
    await offered(() => queues.offerNotify('n1'));
    const attempts: [number, boolean][] = [];
    queues.workNotify(
      async (_, attempt) => {
        attempts.push([attempt.number, attempt.last]);
        throw new Error('smtp says no');
      },
      { concurrency: 1, attempts: 3, backoff: { firstMs: 10, maxMs: 20 } },
    );
    await until(
      () => attempts.length,
      (n) => n === 3,
    );
    expect(attempts).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    await until(
      () => queues.depth(),
      (d) => d?.notify.active === 0,
    );
    await queues.offerNotify('n1');
    await until(
      () => attempts.length,
      (n) => n > 3,
    );
  });

  test('a job whose data is not ours is dropped and does not stop the rest', async () => {
    const prefix = nextPrefix();
    const queues = queuesOf(prefix);
    await offered(() => queues.offerDetect(ref('good')));
    const raw = new Redis(redis.connection);
    await raw.hset(`${prefix}:detect:good`, 'data', JSON.stringify({ batch: '../../etc', day: 7 }));
    raw.disconnect();
    await queues.offerDetect(ref('next'));
    const seen: string[] = [];
    queues.workDetect(async ({ id }) => void seen.push(id), { concurrency: 1 });
    await until(
      () => seen,
      (s) => s.includes('next'),
    );
    expect(seen).toEqual(['next']);
  });

  test('workers go on by themselves after FLUSHALL', async () => {
    const queues = queuesOf(nextPrefix());
    const seen: string[] = [];
    queues.workDetect(async ({ id }) => void seen.push(id), { concurrency: 2 });
    await offered(() => queues.offerDetect(ref('before')));
    await until(
      () => seen.length,
      (n) => n === 1,
    );
    for (let round = 0; round < 3; round++) {
      await redis.flush();
      await queues.offerDetect(ref(`after-${round}`));
      await until(
        () => seen,
        (s) => s.includes(`after-${round}`),
      );
    }
  });

  test('FLUSHALL under a running job: the job ends, the worker takes the next one', async () => {
    const queues = queuesOf(nextPrefix());
    const seen: string[] = [];
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    queues.workDetect(
      async ({ id }) => {
        seen.push(id);
        if (id === 'running') await gate;
      },
      { concurrency: 1 },
    );
    await offered(() => queues.offerDetect(ref('running')));
    await until(
      () => seen.length,
      (n) => n === 1,
    );
    await redis.flush();
    go();
    await queues.offerDetect(ref('next'));
    await until(
      () => seen,
      (s) => s.includes('next'),
    );
  });

  test('kill -9 of Redis: offers fail, and when it is back workers take the old and the new', async () => {
    const queues = queuesOf(nextPrefix(), { offerTimeoutMs: 800 });
    await offered(() => queues.offerDetect(ref('old')));
    await until(
      () => queues.depth(),
      (d) => d?.detect.waiting === 1,
    );
    await redis.kill();
    await expect(queues.offerDetect(ref('while-away'))).rejects.toBeInstanceOf(QueueAway);
    expect(await queues.depth()).toBeNull();
    const seen: string[] = [];
    queues.workDetect(async ({ id }) => void seen.push(id), { concurrency: 1 });
    await redis.start();
    await offered(() => queues.offerDetect(ref('new')));
    await until(
      () => seen,
      (s) => s.includes('new') && s.includes('old'),
    );
    expect([...seen].sort()).toEqual(['new', 'old']);
  });

  test('a waiting worker outlives kill -9 of Redis', async () => {
    const queues = queuesOf(nextPrefix());
    const seen: string[] = [];
    queues.workDetect(async ({ id }) => void seen.push(id), { concurrency: 1 });
    await offered(() => queues.offerDetect(ref('one')));
    await until(
      () => seen.length,
      (n) => n === 1,
    );
    await redis.kill();
    await redis.start();
    await offered(() => queues.offerDetect(ref('two')));
    await until(
      () => seen,
      (s) => s.includes('two'),
    );
  });

  test('close ends while Redis is away and a job runs', async () => {
    const queues = queuesOf(nextPrefix(), { closeTimeoutMs: 300 });
    let started = false;
    queues.workDetect(
      () => {
        started = true;
        return new Promise(() => undefined);
      },
      { concurrency: 1 },
    );
    await offered(() => queues.offerDetect(ref('stuck')));
    await until(
      () => started,
      (s) => s,
    );
    await redis.kill();
    await queues.close();
    open.length = 0;
    await redis.start();
  });
});
