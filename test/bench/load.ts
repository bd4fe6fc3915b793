import { type BenchPlatform, type ByPart, ofEachPart } from './platform.ts';
import { postAll, postsOf } from './posting.ts';

/** How a platform took a fixed number of events. */
export interface LoadFigures {
  readonly events: number;
  /** From the first post to the last 200: accepted and stored. */
  readonly storedWallMs: number;
  /** From the first post to the last evaluation. */
  readonly evaluatedWallMs: number;
  /** From the first post until nothing waits anywhere. */
  readonly cpuMs: ByPart<number>;
  readonly refusals: number;
}

const warmUpEvents = 5_000;
const warmUpPostLines = 500;

/** Warms the platform up, posts the lines over and over until there are `events`, waits until all are evaluated. */
export async function putLoadOn(
  platform: BenchPlatform,
  o: {
    readonly lines: readonly string[];
    readonly events: number;
    readonly linesPerPost: number;
    readonly connections: number;
  },
): Promise<LoadFigures> {
  const { url, collectorToken: token } = platform;
  const { lines, events, connections } = o;
  await postAll({ url, token, posts: postsOf(lines, warmUpEvents, warmUpPostLines), connections });
  await platform.untilEvaluated(warmUpEvents);
  const posts = postsOf(lines, events, o.linesPerPost);

  const before = platform.cpuMs();
  const beginMs = performance.now();
  const { wallMs, refusals } = await postAll({ url, token, posts, connections });
  const evaluatedMs = await platform.untilEvaluated(warmUpEvents + events);
  const after = platform.cpuMs();

  const stored = await platform.stored();
  if (stored !== warmUpEvents + events) throw new Error(`${stored} events stored, not ${warmUpEvents + events}`);
  return {
    events,
    storedWallMs: wallMs,
    evaluatedWallMs: evaluatedMs - beginMs,
    cpuMs: ofEachPart((part) => after[part] - before[part]),
    refusals,
  };
}
