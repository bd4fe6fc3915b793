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

function open(workers: number): Pool<number, Reply> {
  const met = new SharedArrayBuffer(4);
  lost = [];
  pool = createPool<number, Reply>({
    workers,
    start: () => new Worker(program, { eval: true, workerData: met }),
    onLost: (reason) => lost.push(reason),
  });
  return pool;
}
afterEach(() => pool.close());

const numbers = (replies: readonly Reply[]) => replies.map(([n]) => n);

test('each job has its own reply, and all workers take part', async () => {
  const { run } = open(2);
  const threads = new Set<number>();
  // Whoever is ready first may have done some before the other is.
  while (threads.size < 2) {
    const replies = await Promise.all(Array.from({ length: 40 }, (_, n) => run(n)));
    expect(numbers(replies)).toEqual(Array.from({ length: 40 }, (_, n) => n * 2));
    for (const [, thread] of replies) threads.add(thread);
  }
});

test('a worker that stops is replaced and told of, and its jobs are run again', async () => {
  const { run } = open(1);
  expect(numbers(await Promise.all([run(1), run(-1), run(2), run(3)]))).toEqual([2, -2, 4, 6]);
  expect(lost).toEqual(['exit code 7']);
  expect((await run(5))[0]).toBe(10);
});

test('a job that stops every worker is given up, the others are not', async () => {
  const { run } = open(2);
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

test('a worker that cannot start is not started for ever', async () => {
  let starts = 0;
  pool = createPool<number, Reply>({
    workers: 1,
    start: () => {
      starts++;
      return new Worker('process.exit(3)', { eval: true });
    },
    onLost: () => {},
  });
  await expect(Promise.allSettled([pool.run(1), pool.run(2)])).resolves.toMatchObject([
    { reason: { code: 'job-lost' } },
    { reason: { code: 'job-lost' } },
  ]);
  await expect(pool.run(3)).rejects.toMatchObject({ code: 'job-lost' });
  expect(starts).toBe(2);
});

test('a worker that is not ready is given nothing while another one is', async () => {
  let starts = 0;
  pool = createPool<number, Reply>({
    workers: 2,
    start: () =>
      starts++ === 0
        ? new Worker('setInterval(() => {}, 1e6)', { eval: true })
        : new Worker(program, { eval: true, workerData: new SharedArrayBuffer(4) }),
    onLost: () => {},
  });
  expect(numbers(await Promise.all([pool.run(1), pool.run(2), pool.run(3)]))).toEqual([2, 4, 6]);
});
