import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runInThread } from '../../src/detect/thread-task.ts';
import { sigmaHqRules } from './corpora.ts';
import type { LoadTask, LoadTimes } from './load-thread.ts';
import type { PrototypeLoad } from './prototype.ts';
import { type Cell, printTable, say } from './table.ts';

/** Until all rules are ready for an event: from their files, and from what a run before kept of them. */
export async function loadTimes(repeats: number, prototype: PrototypeLoad | null): Promise<void> {
  const cacheDir = await mkdtemp(path.join(tmpdir(), 'vonggac-load-'));
  try {
    const cold = await best(repeats, '');
    await loaded(cacheDir);
    const kept = await best(repeats, cacheDir);
    const rows: Cell[][] = [
      ['cold', cold.readCpuMs, cold.readyCpuMs, cold.wallMs],
      ['kept', kept.readCpuMs, kept.readyCpuMs, kept.wallMs],
    ];
    if (prototype !== null) rows.push(['prototype, by the clock', '', '', prototype.parseMs + prototype.compileMs]);
    say(`\nms until all rules are read and ready, unrouted, each in a thread of its own; best of ${repeats}`);
    printTable(['', 'read, CPU', 'ready, CPU', 'ready, by the clock'], rows);
  } finally {
    await rm(cacheDir, { recursive: true, force: true });
  }
}

async function best(repeats: number, cacheDir: string): Promise<LoadTimes> {
  let best = await loaded(cacheDir);
  for (let i = 1; i < repeats; i += 1) {
    const one = await loaded(cacheDir);
    best = {
      readCpuMs: Math.min(best.readCpuMs, one.readCpuMs),
      readyCpuMs: Math.min(best.readyCpuMs, one.readyCpuMs),
      wallMs: Math.min(best.wallMs, one.wallMs),
    };
  }
  return best;
}

function loaded(cacheDir: string): Promise<LoadTimes> {
  return runInThread<LoadTask, LoadTimes>(import.meta.url, 'load-thread', { dir: sigmaHqRules(), cacheDir });
}
