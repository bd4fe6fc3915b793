import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { MemberSlice, MemberWriting } from '../model/correlation.ts';
import { answered } from './away.ts';
import { exchangeScript, fillScript } from './correlation-scripts.ts';
import {
  type CorrelationState,
  type CorrelationStateLimits,
  defaultCorrelationStateLimits,
  keyOf,
  type SliceAnswer,
} from './correlation-state.ts';
import { createRunId } from './run-id.ts';

/** Entries and groups that go into one command. */
const perCommand = 500;

/** Recent members in Redis, for any number of workers. All of it may vanish at any moment and is read again. */
export function createRedisCorrelationState(o: {
  readonly redis: Redis;
  readonly prefix: string;
  readonly clock: () => number;
  readonly limits?: Partial<CorrelationStateLimits>;
}): CorrelationState {
  const limits: CorrelationStateLimits = { ...defaultCorrelationStateLimits, ...o.limits };
  const { redis } = o;
  const runId = createRunId(redis);
  const epochKey = `${o.prefix}:correlation-epoch`;
  const usedKey = `${o.prefix}:correlation-slices`;
  const sliceKey = (slice: MemberSlice): string => `${o.prefix}:correlation-slice:${keyOf(slice)}`;
  const bounds = [limits.idleMs, limits.sliceMembersMax, limits.slicesMax] as const;

  const ask = async (
    slice: MemberSlice,
    run: string,
    add: readonly string[],
    groups: readonly string[],
  ): Promise<SliceAnswer> => {
    const args = [run, newEpoch(), ...bounds, add.length, ...add, ...groups];
    const answer = await redis.eval(exchangeScript, 3, sliceKey(slice), epochKey, usedKey, ...args);
    if (!Array.isArray(answer)) throw new TypeError('correlation script: unexpected answer');
    const [kind, ...rest]: unknown[] = answer;
    if (kind === 'missing') return { kind, ticket: `${run} ${rest[0]} ${o.clock()}` };
    if (kind === 'too-large') return { kind };
    return { kind: 'whole', members: rest.map(writingOf) };
  };

  return {
    exchange: (slice, add, groups) =>
      answered(async () => {
        const run = await runId();
        const entries = add.map(entryOf);
        const members: MemberWriting[] = [];
        // All is added before anything is read.
        for (const part of parts(entries)) {
          const answer = await ask(slice, run, part, []);
          if (answer.kind !== 'whole') return answer;
        }
        for (const part of parts(groups)) {
          const answer = await ask(slice, run, [], part);
          if (answer.kind !== 'whole') return answer;
          for (const writing of answer.members) members.push(writing);
        }
        return { kind: 'whole', members };
      }),
    fill: (slice, ticket, members) =>
      answered(async () => {
        const [run = '', epoch = '', atMs = ''] = ticket.split(' ');
        const aside = `${o.prefix}:correlation-fill:${newEpoch()}`;
        const entries = [...new Set(members?.map(entryOf))];
        for (const part of parts(entries)) await redis.zadd(aside, ...part.flatMap((entry) => [0, entry]));
        if (entries.length > 0) await redis.pexpire(aside, limits.fillMs);
        // A connection to another server run, or too long ago: what was put here meanwhile may be gone again.
        const stale = (await runId()) !== run || o.clock() - Number(atMs) > limits.fillMs;
        const args = [run, newEpoch(), ...bounds, stale ? '' : epoch, members === null ? -1 : entries.length];
        const done = await redis.eval(fillScript, 4, sliceKey(slice), epochKey, usedKey, aside, ...args);
        return done === 1;
      }),
  };
}

function newEpoch(): string {
  return randomBytes(8).toString('hex');
}

/** Members of a group lie together, because an entry begins with the group. */
function entryOf({ member, version, holds }: MemberWriting): string {
  return `${member.group} ${JSON.stringify({ member, version, holds })}`;
}

function writingOf(entry: unknown): MemberWriting {
  const text = String(entry);
  return JSON.parse(text.slice(text.indexOf(' ') + 1)) as MemberWriting;
}

function* parts<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += perCommand) yield all.slice(from, from + perCommand);
}
