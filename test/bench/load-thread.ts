import { loadRuleDirs } from '../../src/detect/rule-files.ts';
import { answerTask } from '../../src/detect/thread-task.ts';
import { threadCpuMs } from './process-usage.ts';

export interface LoadTask {
  readonly dir: string;
  /** '' keeps nothing. */
  readonly cacheDir: string;
}

/** Milliseconds: rules read, and all of them ready for the first event, unrouted. */
export interface LoadTimes {
  readonly readCpuMs: number;
  readonly readyCpuMs: number;
  readonly wallMs: number;
}

/** A thread begins as a process does: nothing of what it runs was compiled by V8 before. */
await answerTask<LoadTask, LoadTimes>(async ({ dir, cacheDir }) => {
  const begin = performance.now();
  const cpu = threadCpuMs();
  const { set } = await loadRuleDirs([dir], cacheDir === '' ? {} : { cacheDir });
  const readCpuMs = threadCpuMs() - cpu;
  const nothing = { fields: {}, logsource: { product: null, categories: [], services: [] } };
  set.match(nothing, { routing: false });
  return { readCpuMs, readyCpuMs: threadCpuMs() - cpu, wallMs: performance.now() - begin };
});
