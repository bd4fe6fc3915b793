import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Health } from '../../src/contract/api.ts';
import { createToken, type RunningPlatform, startPlatform, until } from '../harness/platform.ts';
import { cpuMsOf, memoryOf, type ProcessMemory } from './process-usage.ts';

export const partNames = ['node', 'clickhouse', 'redis'] as const;
/** The processes of a platform, by what runs in them. */
export type PartName = (typeof partNames)[number];
export type ByPart<T> = Readonly<Record<PartName, T>>;

/** The built platform in processes of its own, with the tokens a benchmark needs. */
export interface BenchPlatform {
  readonly url: string;
  readonly collectorToken: string;
  readonly apiToken: string;
  cpuMs(): ByPart<number>;
  memory(): ByPart<ProcessMemory>;
  health(): Promise<Health>;
  /** Events held against the rules since the start, by its own count. */
  evaluated(): Promise<number>;
  /** Events in the store that were received in the last day, counted by a search. */
  stored(): Promise<number>;
  /** Resolves once `events` events were evaluated since the start and no batch waits; to the wall time of the former. */
  untilEvaluated(events: number): Promise<number>;
}

const evaluatedWithinMs = 300_000;
const year = 365 * 86_400_000;

/** An empty data directory for some work, gone afterwards. */
export async function inDataDir<T>(work: (dataDir: string) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'vonggac-bench-'));
  try {
    return await work(dataDir);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

interface PlatformOptions {
  readonly dataDir: string;
  readonly rulesDirs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the platform with the rules of some folders, does the work, stops it. */
export function onPlatform<T>(o: PlatformOptions, work: (platform: BenchPlatform) => Promise<T>): Promise<T> {
  return whileRunning(o, async (running) => work(await openDoors(running, o.dataDir)));
}

async function whileRunning<T>(o: PlatformOptions, work: (running: RunningPlatform) => Promise<T>): Promise<T> {
  const rules = o.rulesDirs?.join(',');
  const running = await startPlatform({
    dataDir: o.dataDir,
    env: { ...(rules === undefined ? {} : { VONGGAC_RULES: rules }), ...o.env },
  });
  try {
    return await work(running);
  } finally {
    await running.stop();
  }
}

async function openDoors(running: RunningPlatform, dataDir: string): Promise<BenchPlatform> {
  const collectorToken = await createToken(dataDir, ['--kind', 'collector', '--name', 'bench', '--source', 'bench']);
  const apiToken = await createToken(dataDir, ['--kind', 'api', '--name', 'bench', '--role', 'admin']);
  // The command line of Redis's keeper names redis-server as well, further along.
  const pids: ByPart<number> = {
    node: running.pid,
    clickhouse: childOf(running, /clickhouse-child/),
    redis: childOf(running, /^\S*redis-server/),
  };
  const ask = async (place: string): Promise<Response> => {
    const answer = await fetch(`${running.url}/api/v1/${place}`, { headers: { authorization: `Bearer ${apiToken}` } });
    if (!answer.ok) throw new Error(`${place}: HTTP ${answer.status} ${await answer.text()}\n${running.printed()}`);
    return answer;
  };
  const health = async (): Promise<Health> => (await (await ask('health')).json()) as Health;
  const evaluated = async (): Promise<number> => {
    const text = await (await ask('metrics')).text();
    return Number(/^vonggac_detect_events_total (\d+)/m.exec(text)?.[1] ?? 0);
  };
  return {
    url: running.url,
    collectorToken,
    apiToken,
    cpuMs: () => ofEachPart((part) => cpuMsOf(pids[part])),
    memory: () => ofEachPart((part) => memoryOf(pids[part])),
    health,
    evaluated,
    stored: async () => {
      const search = `events?limit=1&from=${Date.now() - year}&to=${Date.now() + 3_600_000}`;
      const { total } = (await (await ask(search)).json()) as { total: number };
      return total;
    },
    untilEvaluated: async (events) => {
      await until(`${events} events evaluated`, async () => (await evaluated()) >= events, evaluatedWithinMs);
      const atMs = performance.now();
      await until(
        'nothing waiting',
        async () => {
          const { collect, detect } = await health();
          return collect.waitingRows === 0 && detect.waitingBatches === 0;
        },
        evaluatedWithinMs,
      );
      return atMs;
    },
  };
}

function childOf(running: RunningPlatform, pattern: RegExp): number {
  const [pid] = running.children(pattern);
  if (pid === undefined) throw new Error(`no child process like ${pattern}: benchmarks need the embedded stores`);
  return pid;
}

/** One value for each process of the platform. */
export function ofEachPart<T>(value: (part: PartName) => T): ByPart<T> {
  return { node: value('node'), clickhouse: value('clickhouse'), redis: value('redis') };
}
