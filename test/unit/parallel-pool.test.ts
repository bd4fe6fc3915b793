import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { createPool, type Pool } from '../../src/detect/parallel-pool.ts';

/** Doubles numbers; -1 ends the thread the first time it is met by any of them, -2 always, -3 throws. */
const program = `
  const { parentPort, workerData, threadId } = require('node:worker_threads');
  const met = new Int32Array(workerData);
  parentPort.on('message', (n) => {
    if (n === -2 || (n === -1 && Atomics.add(met, 0, 1) === 0)) process.exit(7);
    if (n === -3) throw new Error('no such number');
    parentPort.postMessage([n * 2, threadId]);
  });
  parentPort.postMessage('ready');
`;

type Reply = readonly [number, number];
let pool: Pool<number, Reply>;
let lost: string[];

const doubling = (met = new SharedArrayBuffer(4)) => new Worker(program, { eval: true, workerData: met });

function open(workers: number, start: () => Worker): void {
  lost = [];
  pool = createPool<number, Reply>({ workers, start, onLost: (reason) => lost.push(reason) });
}
afterEach(() => pool.close());

/** Offers a job until somebody has room for it. */
async function run(job: number): Promise<Reply> {
  for (;;) {
    const reply = pool.offer(job);
    if (reply !== null) return reply;
    await setImmediate();
  }
}

const numbers = (replies: readonly Reply[]) => replies.map(([n]) => n);

test('each job has its own reply, and all workers take part', async () => {
  open(2, doubling);
  const threads = new Set<number>();
  // Whoever is ready first may have done some before the other is.
  while (threads.size < 2) {
    const replies = await Promise.all(Array.from({ length: 40 }, (_, n) => run(n)));
    expect(numbers(replies)).toEqual(Array.from({ length: 40 }, (_, n) => n * 2));
    for (const [, thread] of replies) threads.add(thread);
  }
});

test('a worker that stops is replaced and told of, and its jobs are run again', async () => {
  const met = new SharedArrayBuffer(4);
  open(1, () => doubling(met));
  expect(numbers(await Promise.all([run(1), run(-1), run(2), run(3)]))).toEqual([2, -2, 4, 6]);
  expect(lost).toEqual(['exit code 7']);
  expect((await run(5))[0]).toBe(10);
});

test('a job that stops every worker is given up, the others are not', async () => {
  const met = new SharedArrayBuffer(4);
  open(2, () => doubling(met));
  const replies = await Promise.allSettled([run(1), run(-2), run(2), run(-3), run(4), run(6)]);
  expect(replies.map((reply) => (reply.status === 'fulfilled' ? reply.value[0] : String(reply.reason)))).toEqual([
    2,
    'Error: a worker stopped over it 2 times: exit code 7',
    4,
    'Error: a worker stopped over it 2 times: no such number',
    8,
    12,
  ]);
});

test('who is not ready is offered nothing, and of who is ready, who has most before it', async () => {
  open(2, doubling);
  expect(pool.offer(1)).toBeNull();
  await run(1);
  const taken: Promise<Reply>[] = [];
  for (let reply = pool.offer(1); reply !== null; reply = pool.offer(1)) taken.push(reply);
  // Three each, of one worker or of both.
  expect([3, 6]).toContain(taken.length);
  await Promise.all(taken);
});

test('a worker that cannot start is not started for ever, and offered nothing', async () => {
  let starts = 0;
  open(1, () => {
    starts++;
    return new Worker('process.exit(3)', { eval: true });
  });
  while (lost.length < 2) {
    expect(pool.offer(1)).toBeNull();
    await setImmediate();
  }
  expect(pool.offer(1)).toBeNull();
  expect(starts).toBe(2);
});

test('what a worker had before it is given up when no other starts', async () => {
  let starts = 0;
  open(1, () => (starts++ === 0 ? doubling() : new Worker('process.exit(3)', { eval: true })));
  await run(1);
  await expect(Promise.allSettled([run(-2), run(1)])).resolves.toMatchObject([
    { reason: { code: 'job-lost', message: 'no worker starts: exit code 3' } },
    { reason: { code: 'job-lost' } },
  ]);
  expect(starts).toBe(3);
});

test('a worker that is not ready is given nothing while another one is', async () => {
  let starts = 0;
  open(2, () => (starts++ === 0 ? new Worker('setInterval(() => {}, 1e6)', { eval: true }) : doubling()));
  expect(numbers(await Promise.all([run(1), run(2), run(3)]))).toEqual([2, 4, 6]);
});
