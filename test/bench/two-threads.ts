import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { openThread } from '../../src/detect/open-thread.ts';
import { packRules, type ReadRules } from '../../src/detect/rule-pack.ts';
import { type Lane, laneLines } from './corpora.ts';
import type { EngineThreadData, Task, TaskDone } from './engine-thread.ts';
import { imagesOf } from './lane-images.ts';
import { loadText } from './machine.ts';
import { type Cell, printTable, say } from './table.ts';

const scalingLanes = ['structured_windows', 'raw_windows'] as const satisfies readonly Lane[];

/** How long threads run on end in one sample, and before the first. */
const sampleMs = 400;
const warmUpMs = 3_000;

/**
 * The engine in one thread and in two, over the same images in shared memory and lines that are resident. Beside it the
 * same threads at a loop that needs nothing but a core: what the machine, with all else that runs on it, lets two
 * threads do. By the clock a busy machine shows; in CPU time of the threads only what they do to each other.
 */
export async function twoThreads(read: ReadRules, repeats: number): Promise<void> {
  const rows: Cell[][] = [];
  for (const lane of scalingLanes) {
    for (const routing of [false, true])
      rows.push([lane, routing ? 'routed' : 'all', ...(await scaling(read, lane, routing, repeats))]);
  }
  say(
    `\ntwo threads beside one: lines a second by the clock and per CPU-second of the threads, best of ${repeats} samples of ${sampleMs} ms; spin: the same threads at a loop in registers (${loadText()})`,
  );
  printTable(
    [
      'lane',
      'rules',
      'one/s',
      'two/s',
      'times',
      'spin times',
      'of the spin',
      'one per CPU-s',
      'two per CPU-s',
      'times in CPU',
    ],
    rows,
  );
}

async function scaling(read: ReadRules, lane: Lane, routing: boolean, repeats: number): Promise<Cell[]> {
  const lines = laneLines(lane);
  const threads = await openThreads(dataOf(read, lines, routing));
  try {
    const all = [0, 1];
    await threads.run(all, 'match', warmUpMs);
    const best = { one: 0, two: 0, oneCpu: 0, twoCpu: 0, spinOne: 0, spinTwo: 0 };
    // By turns, so that others on the machine are in the way of all alike.
    for (let i = 0; i < repeats; i += 1) {
      const one = await threads.run([i % 2], 'match', sampleMs);
      const two = await threads.run(all, 'match', sampleMs);
      const spinOne = await threads.run([i % 2], 'spin', sampleMs);
      const spinTwo = await threads.run(all, 'spin', sampleMs);
      best.one = Math.max(best.one, byClock(one));
      best.two = Math.max(best.two, byClock(two));
      best.oneCpu = Math.max(best.oneCpu, perCpu(one));
      best.twoCpu = Math.max(best.twoCpu, perCpu(two));
      best.spinOne = Math.max(best.spinOne, byClock(spinOne));
      best.spinTwo = Math.max(best.spinTwo, byClock(spinTwo));
    }
    const times = best.two / best.one;
    const spinTimes = best.spinTwo / best.spinOne;
    return [
      ...[best.one * lines.length, best.two * lines.length, times, spinTimes, times / spinTimes],
      ...[best.oneCpu * lines.length, best.twoCpu * lines.length, (2 * best.twoCpu) / best.oneCpu],
    ];
  } finally {
    await threads.close();
  }
}

/** Units a second of all threads together. */
function byClock(done: readonly TaskDone[]): number {
  return done.reduce((sum, { units, wallMs }) => sum + (units * 1000) / wallMs, 0);
}

function perCpu(done: readonly TaskDone[]): number {
  const cpuMs = done.reduce((sum, one) => sum + one.cpuMs, 0);
  return (done.reduce((sum, { units }) => sum + units, 0) * 1000) / cpuMs;
}

/** Compiles here what the lane's lines ask for. */
function dataOf(read: ReadRules, lines: readonly string[], routing: boolean): EngineThreadData {
  const text = Buffer.from(`${lines.join('\n')}\n`);
  const shared = Buffer.from(new SharedArrayBuffer(text.length));
  text.copy(shared);
  return {
    rules: packRules(read),
    images: imagesOf(read, text),
    lines: shared,
    routing,
    gate: new SharedArrayBuffer(4),
  };
}

interface Threads {
  run(which: readonly number[], work: Task['work'], wallMs: number): Promise<TaskDone[]>;
  close(): Promise<void>;
}

async function openThreads(data: EngineThreadData): Promise<Threads> {
  const threads = [0, 1].map(() => openThread(import.meta.url, 'engine-thread'));
  const said = async (thread: Worker) => ((await once(thread, 'message')) as [unknown])[0];
  const gate = new Int32Array(data.gate);
  await Promise.all(
    threads.map((thread) => {
      thread.postMessage(data);
      return said(thread);
    }),
  );
  return {
    async run(which, work, wallMs) {
      const chosen = threads.filter((_, i) => which.includes(i));
      const number = (gate[0] ?? 0) + 1;
      await Promise.all(
        chosen.map((thread) => {
          thread.postMessage({ number, work, wallMs } satisfies Task);
          return said(thread);
        }),
      );
      const done = Promise.all(chosen.map((thread) => said(thread) as Promise<TaskDone>));
      Atomics.store(gate, 0, number);
      Atomics.notify(gate, 0);
      return done;
    },
    close: async () => void (await Promise.all(threads.map((thread) => thread.terminate()))),
  };
}
