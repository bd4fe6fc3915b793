import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { type BenchPlatform, type ByPart, ofEachPart, partNames } from './platform.ts';
import { type Post, postOnce, postsOf } from './posting.ts';

/** How a platform fared under a load that does not end. */
export interface SustainedFigures {
  readonly stored: number;
  /** While lines were sent. */
  readonly evaluated: number;
  readonly wallMs: number;
  /** From the first post until nothing waits. */
  readonly cpuMs: ByPart<number>;
  readonly refusals: number;
  /** Resident memory of all processes together at the start, half way and at the end, and the most there was; bytes. */
  readonly rss: { readonly start: number; readonly middle: number; readonly end: number; readonly most: number };
  /** Batches stored and not evaluated: the most there were in the first and in the second half. */
  readonly backlog: { readonly first: number; readonly second: number };
}

const bodies = 24;
const sampleMs = 2_000;
const warmUpLines = 20_000;

/** Posts the lines over and over for `ms`, each connection its next when it has its answer. */
export async function sustainLoad(
  platform: BenchPlatform,
  o: {
    readonly lines: readonly string[];
    readonly linesPerPost: number;
    readonly connections: number;
    readonly ms: number;
    /** False for a platform that only stores. */
    readonly evaluates: boolean;
  },
): Promise<SustainedFigures> {
  const pool = new Pool(platform.url, { connections: o.connections, pipelining: 1 });
  const posts = postsOf(o.lines, bodies * o.linesPerPost, o.linesPerPost);
  try {
    await send(pool, platform, posts, { ...o, enough: (lines) => lines >= warmUpLines });
    await settled(platform, o.evaluates);
    return await measured(pool, platform, posts, o);
  } finally {
    await pool.close();
  }
}

async function measured(
  pool: Pool,
  platform: BenchPlatform,
  posts: readonly Post[],
  o: Parameters<typeof sustainLoad>[1],
): Promise<SustainedFigures> {
  const cpuBefore = platform.cpuMs();
  const evaluatedBefore = o.evaluates ? await platform.evaluated() : 0;
  const beginMs = performance.now();
  const isOver = (): boolean => performance.now() - beginMs >= o.ms;
  const rss = [rssOf(platform)];
  const waiting: number[] = [];
  const sample = async (): Promise<void> => {
    while (!isOver()) {
      await wait(Math.min(sampleMs, o.ms));
      rss.push(rssOf(platform));
      if (o.evaluates) waiting.push((await platform.health()).detect.waitingBatches);
    }
  };
  const [sent] = await Promise.all([send(pool, platform, posts, { ...o, enough: isOver }), sample()]);
  const wallMs = performance.now() - beginMs;
  const evaluated = o.evaluates ? (await platform.evaluated()) - evaluatedBefore : 0;
  await settled(platform, o.evaluates);
  const cpuAfter = platform.cpuMs();
  const half = Math.ceil(waiting.length / 2);
  return {
    stored: sent.lines,
    evaluated,
    wallMs,
    cpuMs: ofEachPart((part) => cpuAfter[part] - cpuBefore[part]),
    refusals: sent.refusals,
    rss: {
      start: rss[0] ?? 0,
      middle: rss[Math.floor(rss.length / 2)] ?? 0,
      end: rss.at(-1) ?? 0,
      most: Math.max(...rss),
    },
    backlog: { first: Math.max(0, ...waiting.slice(0, half)), second: Math.max(0, ...waiting.slice(half)) },
  };
}

async function send(
  pool: Pool,
  platform: BenchPlatform,
  posts: readonly Post[],
  o: { readonly connections: number; readonly enough: (lines: number) => boolean },
): Promise<{ readonly lines: number; readonly refusals: number }> {
  let lines = 0;
  let refusals = 0;
  let next = 0;
  const sender = async (): Promise<void> => {
    while (!o.enough(lines)) {
      const post = posts[next++ % posts.length];
      if (post === undefined) return;
      for (;;) {
        const answer = await postOnce(pool, platform.collectorToken, post);
        if (answer === 'accepted') break;
        refusals += 1;
        await wait(answer.retryAfterMs);
      }
      lines += post.lines;
    }
  };
  await Promise.all(Array.from({ length: o.connections }, sender));
  return { lines, refusals };
}

async function settled(platform: BenchPlatform, evaluates: boolean): Promise<void> {
  for (;;) {
    const { collect, detect } = await platform.health();
    if (collect.waitingRows === 0 && (!evaluates || detect.waitingBatches === 0)) return;
    await wait(200);
  }
}

function rssOf(platform: BenchPlatform): number {
  const memory = platform.memory();
  return partNames.reduce((sum, part) => sum + memory[part].rssBytes, 0);
}
