import { createFeedSeal } from '../../src/compose/indicator-feeds.ts';
import { openIndicators } from '../../src/compose/indicators.ts';
import { createLog } from '../../src/observe/log.ts';
import { openStore } from '../../src/store/index.ts';
import { startClickHouse } from '../harness/clickhouse.ts';
import { threadCpuMs } from './process-usage.ts';

/** The longest turn of the event loop while it does some work: by the clock, and the CPU the thread used in a turn. */
async function longestTurn(work: () => Promise<unknown>): Promise<{ readonly wallMs: number; readonly cpuMs: number }> {
  let wallMs = 0;
  let cpuMs = 0;
  let last = { wall: performance.now(), cpu: threadCpuMs() };
  const look = (): void => {
    const now = { wall: performance.now(), cpu: threadCpuMs() };
    wallMs = Math.max(wallMs, now.wall - last.wall);
    cpuMs = Math.max(cpuMs, now.cpu - last.cpu);
    last = now;
  };
  const timer = setInterval(look, 1);
  await work();
  await new Promise((resolve) => setTimeout(resolve, 2));
  clearInterval(timer);
  look();
  return { wallMs, cpuMs };
}

/** Prints how long taking over a large list, and changing one of its indicators, holds the event loop. */
export async function printLongestTurns(values: readonly string[]): Promise<void> {
  const log = createLog('silent');
  const clickhouse = await startClickHouse();
  const store = await openStore({ backing: clickhouse, replicated: false, log, clock: Date.now });
  try {
    const { api, refresh } = openIndicators({
      store,
      lock: (_key, work) => work(),
      seal: createFeedSeal(() => new Uint8Array(32)),
      clock: Date.now,
    });
    const actor = 'bench';
    const words = { name: 'bench', description: '', source: '', tags: [], historyDays: 0, feed: null };
    const csv = Buffer.from(`value,description\n${values.map((value) => `${value},C2`).join('\n')}`);
    const stix = Buffer.from(stixOf(values));
    const upload = (document: Uint8Array): Promise<unknown> =>
      api.take('bench', document, { format: 'auto', mode: 'replace', actor });
    const one = { value: 'evil-one.example', description: '', validUntilMs: 0, reason: 'one more of them', actor };
    await api.put('bench', { ...words, severity: 'high' }, 0, actor);
    for (const [name, work] of [
      ['CSV taken', () => upload(csv)],
      ['book taken over', refresh],
      ['STIX taken', () => upload(stix)],
      ['book taken over', refresh],
      ['one added', () => api.add('bench', one)],
      ['book taken over', refresh],
    ] as const) {
      const { wallMs, cpuMs } = await longestTurn(work);
      console.log(`${name.padEnd(16)} longest turn ${wallMs.toFixed(0)} ms, ${cpuMs.toFixed(0)} ms of CPU`);
    }
  } finally {
    await store.close();
    await clickhouse.close();
  }
}

function stixOf(values: readonly string[]): string {
  const objects = values.map((value, i) => {
    const at = {
      created: '2026-01-01T00:00:00Z',
      modified: '2026-01-01T00:00:00Z',
      valid_from: '2026-01-01T00:00:00Z',
    };
    return {
      type: 'indicator',
      id: `indicator--${i}`,
      name: 'C2',
      pattern: patternOf(value),
      pattern_type: 'stix',
      ...at,
    };
  });
  return JSON.stringify({ type: 'bundle', objects });
}

function patternOf(value: string): string {
  if (value.startsWith('http')) return `[url:value = '${value}']`;
  if (/^[0-9a-f]{64}$/.test(value)) return `[file:hashes.'SHA-256' = '${value}']`;
  if (value.includes(':')) return `[ipv6-addr:value = '${value}']`;
  return /^[\d./]+$/.test(value) ? `[ipv4-addr:value = '${value}']` : `[domain-name:value = '${value}']`;
}
