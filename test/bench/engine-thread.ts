import { parentPort } from 'node:worker_threads';
import { imageStoreOf } from '../../src/detect/packed-images.ts';
import { unpackEngineRules } from '../../src/detect/rule-pack.ts';
import { compileRules } from '../../src/sigma/matching.ts';
import { threadCpuMs } from './process-usage.ts';

/** What a thread of two-threads.ts is given: all of it is shared by the threads. */
export interface EngineThreadData {
  readonly rules: Uint8Array;
  readonly images: ReadonlyMap<string, Uint8Array>;
  /** Lines with their ends, resident. */
  readonly lines: Uint8Array;
  readonly routing: boolean;
  /** One Int32: threads wait until it is the number of the task. */
  readonly gate: SharedArrayBuffer;
}

/** Work for one thread, to begin when the gate opens. */
export interface Task {
  readonly number: number;
  /** `spin`: arithmetic in registers, which two cores do twice as fast as one whatever else they share. */
  readonly work: 'match' | 'spin';
  readonly wallMs: number;
}

/** What a thread did of a task: passes over the lines, or rounds of the spin. */
export interface TaskDone {
  readonly units: number;
  readonly wallMs: number;
  readonly cpuMs: number;
}

const newline = 10;
const spinSteps = 2_000_000;

function work({ rules, images, lines, routing, gate }: EngineThreadData): void {
  const set = compileRules(unpackEngineRules(rules), {
    images: imageStoreOf({ get: (key) => images.get(key) ?? null, put: () => {} }),
  });
  const text = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
  const opened = new Int32Array(gate);
  let sum = 0;
  const units = {
    match: () => {
      for (let from = 0; from < text.length; ) {
        const to = text.indexOf(newline, from);
        sum += set.matchLine(text, from, to, { routing })?.length ?? 0;
        from = to + 1;
      }
    },
    spin: () => {
      let state = sum | 1;
      for (let i = 0; i < spinSteps; i++) state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) | 1;
      sum += state & 1;
    },
  };
  parentPort?.on('message', (task: Task) => {
    parentPort?.postMessage('waits');
    Atomics.wait(opened, 0, task.number - 1);
    const cpu = threadCpuMs();
    const begin = performance.now();
    let done = 0;
    while (performance.now() - begin < task.wallMs) {
      units[task.work]();
      done += 1;
    }
    const wallMs = performance.now() - begin;
    parentPort?.postMessage({ units: done, wallMs, cpuMs: threadCpuMs() - cpu } satisfies TaskDone);
  });
  parentPort?.postMessage('ready');
}

parentPort?.once('message', work);
