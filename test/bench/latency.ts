import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { until } from '../harness/platform.ts';
import { listenToFeed } from './feed-listener.ts';
import { accountCreatedLine, ordinaryLine } from './own-lines.ts';
import { percentile } from './percentile.ts';
import { type BenchPlatform, inDataDir, onPlatform, partNames } from './platform.ts';
import { postOnce } from './posting.ts';
import type { Question } from './question.ts';
import { type Cell, printTable, say } from './table.ts';

const linesPerPost = 50;
const postEveryMs = 250;
/** One line in twenty meets a rule. */
const hitEvery = 20;
const warmUpSeconds = 5;
const arrivalWithinMs = 20_000;

/** Which hosts the findings are on: always another, so that each is a new alert, or always the same few. */
interface Variant {
  readonly name: string;
  readonly hosts: number;
}

const variants: readonly Variant[] = [
  { name: 'new alerts', hosts: Number.POSITIVE_INFINITY },
  { name: 'amended alerts', hosts: 10 },
];

export const latency: Question = {
  name: 'latency',
  asks: 'how long from sending a line to its alert on the live feed, at 200 events/s?',
  options: { seconds: 60 },
  async run(option) {
    const seconds = option('seconds');
    const rows: Cell[][] = [];
    for (const variant of variants) {
      rows.push(
        await inDataDir((dataDir) => onPlatform({ dataDir }, (platform) => measure(platform, variant, seconds))),
      );
    }
    say(
      `${seconds} s of posts of ${linesPerPost} lines every ${postEveryMs} ms, own rules, ms from the post sent to the alert message that holds its event`,
    );
    const parts = partNames.map((part) => `${part} CPU %`);
    printTable(
      ['variant', 'findings', 'lost', 'p50', 'p90', 'p99', 'most', 'answer p50', 'answer p99', ...parts],
      rows,
    );
  },
};

/** Findings sent and not yet seen, by host: the time each was sent, in order. */
interface Expected {
  readonly sentMs: number[];
  seen: number;
}

/** One row of the table. Posts go out by the clock, whether or not earlier ones are answered. */
async function measure(platform: BenchPlatform, variant: Variant, seconds: number): Promise<Cell[]> {
  const expected = new Map<string, Expected>();
  const latencies: number[] = [];
  const answers: number[] = [];
  let seen = 0;
  const close = await listenToFeed(platform.url, platform.apiToken, (alert, atMs) => {
    const host = expected.get(alert.host.toLowerCase());
    if (host === undefined) return;
    // The alert of a host holds its first `events` findings in the order of sending, or any other so many: all alike.
    for (; host.seen < Math.min(alert.events, host.sentMs.length); host.seen += 1) {
      latencies.push(atMs - (host.sentMs[host.seen] ?? atMs));
      seen += 1;
    }
  });
  const pool = new Pool(platform.url, { connections: 8, pipelining: 1 });
  // One hour of event time: an alert must not end because the clock strikes while it is amended.
  const eventTimeMs = Date.now();
  let lines = 0;
  let findings = 0;

  const post = async (): Promise<void> => {
    const hosts: string[] = [];
    const texts = Array.from({ length: linesPerPost }, () => {
      lines += 1;
      if (lines % hitEvery !== 0) return ordinaryLine(lines, 'PC-001', eventTimeMs);
      const host = `srv-${Number.isFinite(variant.hosts) ? findings % variant.hosts : findings}`;
      hosts.push(host);
      findings += 1;
      return accountCreatedLine(lines, host, eventTimeMs);
    });
    const body = Buffer.from(texts.join('\n'));
    const sentMs = performance.now();
    for (const host of hosts) {
      const known = expected.get(host);
      if (known === undefined) expected.set(host, { sentMs: [sentMs], seen: 0 });
      else known.sentMs.push(sentMs);
    }
    const answer = await postOnce(pool, platform.collectorToken, { body, lines: linesPerPost });
    if (answer !== 'accepted') throw new Error('the platform asks to slow down at 200 events/s');
    answers.push(performance.now() - sentMs);
  };

  const postFor = async (duration: number): Promise<void> => {
    const running: Promise<void>[] = [];
    const begin = performance.now();
    for (let i = 0; i < (duration * 1000) / postEveryMs; i += 1) {
      await wait(Math.max(0, begin + i * postEveryMs - performance.now()));
      running.push(post());
    }
    await Promise.all(running);
    await until('every finding on the feed', () => seen >= findings, arrivalWithinMs).catch(() => undefined);
  };

  try {
    await postFor(warmUpSeconds);
    if (seen < findings) throw new Error(`warm-up: ${seen} of ${findings} findings seen`);
    latencies.length = 0;
    answers.length = 0;
    return await timed();
  } finally {
    close();
    await pool.close();
  }

  async function timed(): Promise<Cell[]> {
    const warmUpFindings = findings;
    const before = platform.cpuMs();
    const begin = performance.now();
    await postFor(seconds);
    const wallMs = performance.now() - begin;
    const after = platform.cpuMs();
    const of = (values: readonly number[], share: number): number => Math.round(percentile(values, share));
    return [
      variant.name,
      findings - warmUpFindings,
      findings - seen,
      of(latencies, 0.5),
      of(latencies, 0.9),
      of(latencies, 0.99),
      of(latencies, 1),
      of(answers, 0.5),
      of(answers, 0.99),
      ...partNames.map((part) => ((after[part] - before[part]) * 100) / wallMs),
    ];
  }
}
