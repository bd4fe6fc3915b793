import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FeedItem } from '../../src/contract/feed.ts';
import { createLog } from '../../src/observe/log.ts';
import { type BusNews, createState, type State, type StateLimits } from '../../src/state/index.ts';
import { until } from '../harness/poll.ts';
import { type RedisProcess, startRedisProcess } from '../harness/redis-process.ts';

let redis: RedisProcess;
const open: State[] = [];
let serial = 0;

beforeAll(async () => {
  redis = await startRedisProcess();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((state) => state.close()));
});
afterAll(() => redis.stop());

const nextPrefix = (): string => `s${serial++}`;

/** One process's view of the shared state. */
function stateOf(prefix: string, limits: Partial<StateLimits> = {}): State {
  const state = createState({
    connection: redis.connection,
    prefix,
    limits: { commandTimeoutMs: 30_000, feedBlockMs: 100, ...limits },
    log: createLog('silent'),
  });
  open.push(state);
  return state;
}

/** Takes the lock and keeps it until `release`. */
async function held(state: State, key: string): Promise<{ release(): void; readonly done: Promise<void> }> {
  let release: () => void = () => undefined;
  let done: Promise<void> = Promise.resolve();
  await new Promise<void>((taken, failed) => {
    done = state.lock(key, async () => {
      taken();
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    });
    done.catch(failed);
  });
  return { release, done };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('lock', () => {
  test('one holder at a time over processes and within one, whatever keys overlap', async () => {
    const prefix = nextPrefix();
    const states = [stateOf(prefix), stateOf(prefix), stateOf(prefix)];
    const inside = new Map<string, number>();
    let most = 0;
    const fences: number[] = [];
    const keysOf = [['a'], ['b'], ['a', 'b'], ['b', 'c', 'a'], ['c']];
    await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        (states[i % 3] ?? stateOf(prefix)).lock(keysOf[i % 5] ?? [], async ({ fence }) => {
          fences.push(fence);
          for (const key of keysOf[i % 5] ?? []) {
            inside.set(key, (inside.get(key) ?? 0) + 1);
            most = Math.max(most, inside.get(key) ?? 0);
          }
          await pause(2);
          for (const key of keysOf[i % 5] ?? []) inside.set(key, (inside.get(key) ?? 0) - 1);
        }),
      ),
    );
    expect(most).toBe(1);
    expect(new Set(fences).size).toBe(60);
  });

  test('a lock not given back is waited for no longer than the bound', async () => {
    const prefix = nextPrefix();
    const holder = stateOf(prefix);
    const other = stateOf(prefix, { lockWaitMs: 150 });
    const lock = await held(holder, 'k');
    await expect(other.lock('k', async () => 'in')).rejects.toMatchObject({ code: 'lock-busy' });
    lock.release();
    await lock.done;
    expect(await other.lock('k', async () => 'in')).toBe('in');
  });

  test('a holder that works longer than the time to live keeps the lock; one that died frees it', async () => {
    const prefix = nextPrefix();
    // Long beside what a busy machine keeps a renewal waiting, and short beside the work.
    const limits = { lockTtlMs: 1500, lockWaitMs: 60_000 };
    const [slow, eager, dying] = [stateOf(prefix, limits), stateOf(prefix, limits), stateOf(prefix, limits)];
    const order: string[] = [];
    let first: Promise<void> = Promise.resolve();
    await new Promise<void>((taken, failed) => {
      first = slow.lock('k', async ({ check }) => {
        taken();
        await pause(4000);
        await check();
        order.push('slow');
      });
      first.catch(failed);
    });
    await Promise.all([first, eager.lock('k', async () => void order.push('eager'))]);
    expect(order).toEqual(['slow', 'eager']);
    await held(dying, 'dead');
    await dying.close();
    // Its timer still runs but its connection is gone: like a process that was killed.
    expect(await eager.lock('dead', async () => 'in')).toBe('in');
  });

  test('FLUSHALL while held: the holder learns it at its check; fences go on growing; no other of this process gets in', async () => {
    const state = stateOf(nextPrefix());
    let inside = 0;
    const fences: number[] = [];
    const work = (flush: boolean) => async (lease: { fence: number; check(): Promise<void> }) => {
      inside += 1;
      expect(inside).toBe(1);
      fences.push(lease.fence);
      try {
        if (flush) await redis.flush();
        await pause(20);
        await lease.check();
      } finally {
        inside -= 1;
      }
    };
    const [first, second] = await Promise.allSettled([state.lock('k', work(true)), state.lock('k', work(false))]);
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'lock-lost' } });
    expect(second.status).toBe('fulfilled');
    expect(fences[1]).toBeGreaterThan(fences[0] ?? Number.POSITIVE_INFINITY);
  });

  test('what the work throws comes out, and the lock is free again', async () => {
    const state = stateOf(nextPrefix());
    await expect(
      state.lock('k', async () => {
        throw new Error('work');
      }),
    ).rejects.toThrow('work');
    expect(await state.lock('k', async () => 1)).toBe(1);
  });

  test.each([[[]], [Array.from({ length: 513 }, (_, i) => `k${i}`)]])(
    '%# refuses no keys and too many',
    async (keys) => {
      await expect(stateOf(nextPrefix()).lock(keys, async () => 1)).rejects.toThrow(RangeError);
    },
  );
});

const item = (n: number): FeedItem => ({
  kind: 'drill',
  system: '',
  drill: {
    id: String(n),
    scenario: '',
    title: '',
    titleVi: '',
    state: 'running',
    startedMs: 0,
    simSeconds: 0,
    totalSeconds: 0,
  },
});
const numberOf = (each: FeedItem): number => (each.kind === 'drill' ? Number(each.drill.id) : -1);

/** Collects what a subscriber hears. */
function listen(state: State): { readonly heard: BusNews[]; ids(): number[]; broken(): string[] } {
  const heard: BusNews[] = [];
  state.bus.subscribe((news) => heard.push(news));
  return {
    heard,
    ids: () => heard.flatMap((news) => (news.kind === 'message' ? [numberOf(news.message.item)] : [])),
    broken: () => heard.flatMap((news) => (news.kind === 'broken' ? [news.reason] : [])),
  };
}

/** Publishes a probe until the subscriber's reader hears; then it stands. */
async function standing(state: State, ear: { ids(): number[] }): Promise<void> {
  await until(
    async () => {
      await state.bus.publish([item(-1)]).catch(() => undefined);
      return ear.ids().length;
    },
    (n) => n > 0,
  );
}

describe('bus', () => {
  test('numbers grow by one over all publishers, and every process hears all of it in order', async () => {
    const prefix = nextPrefix();
    const [a, b, c] = [stateOf(prefix), stateOf(prefix), stateOf(prefix)];
    const ears = [listen(a), listen(c), listen(c)];
    for (const ear of ears) await standing(b, ear);
    const start = (await a.bus.head()).seq;
    await Promise.all([a, b].flatMap((state) => Array.from({ length: 50 }, (_, i) => state.bus.publish([item(i)]))));
    const head = await c.bus.head();
    expect(head.seq).toBe(start + 100);
    for (const ear of ears) {
      await until(
        () => ear.heard.at(-1),
        (news) => news?.kind === 'message' && news.message.seq === head.seq,
      );
      const seqs = ear.heard.flatMap((news) => (news.kind === 'message' ? [news.message.seq] : []));
      expect(seqs.every((seq, i) => i === 0 || seq === (seqs[i - 1] ?? 0) + 1)).toBe(true);
      expect(ear.broken()).toEqual([]);
    }
  });

  test('since gives exactly what was missed', async () => {
    const { bus } = stateOf(nextPrefix());
    const start = await bus.publish([item(0)]);
    await bus.publish([item(1), item(2), item(3)]);
    const missed = await bus.since(start.epoch, start.seq);
    expect(missed).toMatchObject({ kind: 'ok', head: { epoch: start.epoch, seq: start.seq + 3 } });
    expect(missed.kind === 'ok' && missed.messages.map((m) => numberOf(m.item))).toEqual([1, 2, 3]);
    expect(await bus.since(start.epoch, start.seq + 3)).toMatchObject({ kind: 'ok', messages: [] });
  });

  test.each([
    ['another epoch', (h: { epoch: string; seq: number }) => ['0000', h.seq] as const, 'epoch'],
    ['a number not given out yet', (h: { epoch: string; seq: number }) => [h.epoch, h.seq + 1] as const, 'gap'],
    ['more than may be handed out', (h: { epoch: string; seq: number }) => [h.epoch, h.seq - 4] as const, 'gap'],
  ])('%s is answered with a resync', async (_, ask, kind) => {
    const { bus } = stateOf(nextPrefix());
    const head = await bus.publish(Array.from({ length: 10 }, (_, i) => item(i)));
    expect(await bus.since(...ask(head), 3)).toEqual({ kind, head });
  });

  test('what was trimmed away is a gap', async () => {
    const { bus } = stateOf(nextPrefix(), { feedMessagesMax: 100 });
    const start = await bus.publish([item(0)]);
    for (let i = 0; i < 5; i += 1) await bus.publish(Array.from({ length: 200 }, (_, n) => item(n)));
    expect(await bus.since(start.epoch, start.seq, 5000)).toMatchObject({ kind: 'gap' });
    const head = await bus.head();
    expect(await bus.since(head.epoch, head.seq - 100)).toMatchObject({ kind: 'ok' });
  });

  test('FLUSHALL: a new epoch with higher numbers, subscribers are told before the first message of it', async () => {
    const prefix = nextPrefix();
    const [publisher, reader] = [stateOf(prefix), stateOf(prefix)];
    const ear = listen(reader);
    await standing(publisher, ear);
    const before = await publisher.bus.publish([item(1)]);
    await until(
      () => ear.ids(),
      (ids) => ids.includes(1),
    );
    await redis.flush();
    const after = await publisher.bus.publish([item(2)]);
    expect(after.epoch).not.toBe(before.epoch);
    expect(after.seq).toBeGreaterThan(before.seq);
    await until(
      () => ear.ids(),
      (ids) => ids.includes(2),
    );
    expect(ear.broken()).toEqual(['epoch']);
    const kinds = ear.heard.slice(-2).map((news) => news.kind);
    expect(kinds).toEqual(['broken', 'message']);
    expect(await reader.bus.since(before.epoch, before.seq)).toMatchObject({ kind: 'epoch', head: after });
  });

  test('FLUSHALL at any moment of the reader: what is published after it is heard', async () => {
    const prefix = nextPrefix();
    const [publisher, reader] = [stateOf(prefix), stateOf(prefix, { feedBlockMs: 1 })];
    const ear = listen(reader);
    await reader.bus.listening();
    for (let n = 0; n < 60; n += 1) {
      await redis.flush();
      await publisher.bus.publish([item(n)]);
      await until(
        () => ear.ids(),
        (ids) => ids.includes(n),
      );
    }
    expect(ear.broken()).toEqual(Array.from({ length: 60 }, () => 'epoch'));
  });

  test('FLUSHALL with nothing published after it is noticed too', async () => {
    const state = stateOf(nextPrefix());
    const ear = listen(state);
    await standing(state, ear);
    await redis.flush();
    await until(
      () => ear.broken(),
      (broken) => broken.length === 1,
    );
  });

  test('kill -9 of Redis: a new epoch, since the last second may be gone; publishing and hearing go on', async () => {
    const prefix = nextPrefix();
    const [publisher, reader] = [stateOf(prefix), stateOf(prefix)];
    const ear = listen(reader);
    await standing(publisher, ear);
    const before = await publisher.bus.publish([item(1)]);
    await redis.kill();
    await expect(publisher.bus.publish([item(9)])).rejects.toMatchObject({ code: 'state-away' });
    await redis.start();
    const after = await until(
      () => publisher.bus.publish([item(2)]).catch(() => null),
      (head) => head !== null,
    );
    expect(after?.epoch).not.toBe(before.epoch);
    expect(after?.seq).toBeGreaterThan(before.seq);
    await until(
      () => ear.ids(),
      (ids) => ids.includes(2),
    );
    expect(ear.broken().length).toBeGreaterThan(0);
  });

  test('a subscriber that throws does not stop the others', async () => {
    const state = stateOf(nextPrefix());
    state.bus.subscribe(() => {
      throw new Error('bad listener');
    });
    const ear = listen(state);
    await standing(state, ear);
  });
});

describe('sessions', () => {
  const record = (account: string, createdMs: number) => ({
    id: `${account}-${createdMs}`,
    account,
    createdMs,
    seenMs: createdMs,
    address: '192.0.2.1',
    agent: 'test',
  });

  test('kept, found, touched, listed by account, ended', async () => {
    const { sessions } = stateOf(nextPrefix());
    await sessions.put('k1', record('lan', 1), 60_000);
    await sessions.put('k2', record('lan', 2), 60_000);
    await sessions.put('k3', record('minh', 3), 60_000);
    expect(await sessions.get('k1')).toEqual(record('lan', 1));
    expect((await sessions.list('lan')).map((s) => s.key)).toEqual(['k2', 'k1']);
    expect((await sessions.list()).map((s) => s.key)).toEqual(['k3', 'k2', 'k1']);
    expect(await sessions.touch('k1', 99, 60_000)).toBe(true);
    expect(await sessions.get('k1')).toMatchObject({ seenMs: 99 });
    await sessions.remove('k1');
    expect(await sessions.get('k1')).toBeNull();
    expect(await sessions.touch('k1', 100, 60_000)).toBe(false);
    expect(await sessions.get('k1')).toBeNull();
    expect((await sessions.list('lan')).map((s) => s.key)).toEqual(['k2']);
  });

  test('ends by itself, and an account holds only so many', async () => {
    const { sessions } = stateOf(nextPrefix(), { sessionsPerAccountMax: 2 });
    await sessions.put('short', record('lan', 1), 30);
    await until(
      () => sessions.get('short'),
      (s) => s === null,
    );
    expect(await sessions.list()).toEqual([]);
    for (const n of [1, 2, 3]) await sessions.put(`k${n}`, record('lan', n), 60_000);
    expect((await sessions.list('lan')).map((s) => s.key)).toEqual(['k3', 'k2']);
    expect(await sessions.get('k1')).toBeNull();
  });

  test('all gone at FLUSHALL: people sign in again', async () => {
    const { sessions } = stateOf(nextPrefix());
    await sessions.put('k1', record('lan', 1), 60_000);
    await redis.flush();
    expect(await sessions.get('k1')).toBeNull();
    expect(await sessions.list()).toEqual([]);
  });
});

describe('rate limit', () => {
  test('at most so many in any window, over processes; refused ones do not count; it opens again', async () => {
    const prefix = nextPrefix();
    const [a, b] = [stateOf(prefix), stateOf(prefix)];
    const tries = await Promise.all(
      Array.from({ length: 10 }, (_, i) => (i % 2 ? a : b).rateLimit('login lan', 4, 600_000)),
    );
    expect(tries.filter((t) => t.allowed)).toHaveLength(4);
    const refused = tries.find((t) => !t.allowed);
    expect(refused?.retryAfterMs).toBeGreaterThan(0);
    expect(refused?.retryAfterMs).toBeLessThanOrEqual(600_000);
    expect((await a.rateLimit('login minh', 4, 600_000)).allowed).toBe(true);
    // The same tries, counted over a shorter time.
    await until(
      () => a.rateLimit('login lan', 4, 400),
      (t) => t.allowed,
    );
  });

  test('while Redis is away it says so', async () => {
    const state = stateOf(nextPrefix(), { commandTimeoutMs: 200 });
    await until(
      () => state.ping(),
      (up) => up,
    );
    await redis.kill();
    await expect(state.rateLimit('k', 1, 1000)).rejects.toMatchObject({ code: 'state-away' });
    expect(await state.ping()).toBe(false);
    await redis.start();
    await until(
      () => state.ping(),
      (up) => up,
    );
  });
});
