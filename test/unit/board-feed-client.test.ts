import { describe, expect, it } from 'vitest';
import {
  createFeedClient,
  defaultFeedLimits,
  type FeedGap,
  type FeedSocket,
  type FeedStatus,
} from '../../dashboards/board/src/feed-client.ts';
import type { FeedMessage } from '../../src/contract/feed.ts';

/** A world of its own: a clock moved by hand, timers that fire in order, sockets that are opened and broken by the test. */
function bench(random = 0.5) {
  let nowMs = 0;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  const queries: string[] = [];
  const sockets: FeedSocket[] = [];
  const seen: FeedMessage[] = [];
  const statuses: FeedStatus[] = [];
  const gaps = new Map<number, FeedGap>();
  let reloads = 0;
  let doubts = 0;
  const client = createFeedClient(
    {
      open(query) {
        queries.push(query);
        const socket: FeedSocket = { onmessage: null, onclose: null, close: () => undefined };
        sockets.push(socket);
        return socket;
      },
      now: () => nowMs,
      random: () => random,
      later(ms, run) {
        const timer = { atMs: nowMs + ms, run };
        timers.push(timer);
        return () => {
          timers = timers.filter((t) => t !== timer);
        };
      },
    },
    {
      message: (m) => seen.push(m),
      status: (s) => statuses.push(s),
      gap: (g) => gaps.set(g.id, g),
      reload: () => {
        reloads += 1;
      },
      doubt: () => {
        doubts += 1;
      },
    },
  );
  const last = (): FeedSocket => {
    const socket = sockets.at(-1);
    if (socket === undefined) throw new Error('no socket was opened');
    return socket;
  };
  return {
    client,
    queries,
    seen,
    statuses,
    gaps,
    reloads: () => reloads,
    doubts: () => doubts,
    opened: () => sockets.length,
    say: (message: FeedMessage) => last().onmessage?.({ data: JSON.stringify(message) }),
    raw: (data: unknown) => last().onmessage?.({ data }),
    lose: (code = 1006) => last().onclose?.({ code }),
    pass(ms: number) {
      const endMs = nowMs + ms;
      for (;;) {
        const next = [...timers].sort((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined || next.atMs > endMs) break;
        nowMs = next.atMs;
        timers = timers.filter((t) => t !== next);
        next.run();
      }
      nowMs = endMs;
    },
  };
}

const hello = (seq: number, resumed = false, epoch = 'e'): FeedMessage => ({ kind: 'hello', epoch, seq, resumed });
const tick = (seq: number): FeedMessage => ({ kind: 'tick', seq, atMs: seq * 10, health: null });
const drill = (seq: number): FeedMessage => ({
  kind: 'drill',
  seq,
  atMs: seq * 10,
  drill: {
    id: 'd',
    scenario: '',
    title: '',
    titleVi: '',
    state: 'running',
    startedMs: 0,
    simSeconds: 0,
    totalSeconds: 1,
  },
});

describe('feed client', () => {
  it('asks for the lists when it is there, the first time too: what was raised before comes by them', () => {
    const b = bench();
    b.client.start();
    expect(b.reloads()).toBe(0);
    b.say(hello(40));
    expect(b.queries).toEqual(['']);
    expect(b.statuses.at(-1)).toEqual({ at: 'live' });
    expect(b.reloads()).toBe(1);
  });

  it('asks for the lists when it comes after all, having been refused at first', () => {
    const b = bench();
    b.client.start();
    b.lose();
    b.pass(1000);
    b.say(hello(40));
    expect(b.gaps.get(1)?.how).toBe('reloaded');
    expect(b.reloads()).toBe(1);
  });

  it('resumes after the last number it saw and counts what it got back', () => {
    const b = bench();
    b.client.start();
    b.say(hello(40));
    b.say(drill(41));
    b.say(drill(44));
    b.lose();
    b.pass(1000);
    expect(b.queries.at(-1)).toBe('epoch=e&since=44');
    b.say(hello(47, true));
    b.say(drill(45));
    b.say(drill(47));
    b.say(drill(48));
    expect(b.gaps.get(1)).toMatchObject({ fromSeq: 44, toSeq: 47, recovered: 2, how: 'resumed', afterMs: 440 });
    expect(b.reloads()).toBe(1);
    b.lose();
    b.pass(1000);
    expect(b.queries.at(-1)).toBe('epoch=e&since=48');
  });

  it('goes on from the last number seen when it breaks again in the middle of the delta', () => {
    const b = bench();
    b.client.start();
    b.say(hello(40));
    b.lose();
    b.pass(1000);
    b.say(hello(60, true));
    b.say(drill(45));
    b.lose();
    b.pass(1000);
    expect(b.queries.at(-1)).toBe('epoch=e&since=45');
  });

  it.each([
    ['hello without resumption', [hello(900, false)]],
    [
      'a resync behind the hello',
      [hello(900, false), { kind: 'resync', epoch: 'e', seq: 900, reason: 'gap' } as const],
    ],
    ['a new epoch', [hello(3, false, 'f'), { kind: 'resync', epoch: 'f', seq: 3, reason: 'epoch' } as const]],
    ['a resync alone', [{ kind: 'resync', epoch: 'e', seq: 900, reason: 'gap' } as const]],
  ])('loads the lists again, once, after %s', (_, messages) => {
    const b = bench();
    b.client.start();
    b.say(hello(40));
    b.lose();
    b.pass(1000);
    for (const message of messages) b.say(message);
    expect(b.reloads()).toBe(2);
    expect(b.gaps.get(1)?.how).toBe('reloaded');
    b.lose();
    b.pass(1000);
    const last = messages.at(-1);
    expect(b.queries.at(-1)).toBe(
      `epoch=${last !== undefined && 'epoch' in last ? last.epoch : ''}&since=${last?.seq}`,
    );
  });

  it('loads again when told in the middle of a live stream that it is too slow', () => {
    const b = bench();
    b.client.start();
    b.say(hello(40));
    b.say(drill(41));
    b.say({ kind: 'resync', epoch: 'e', seq: 41, reason: 'slow' });
    expect(b.reloads()).toBe(2);
  });

  it('waits longer each time, never longer than the bound, and is spread by chance', () => {
    const waits = (random: number): number[] => {
      const b = bench(random);
      b.client.start();
      const out: number[] = [];
      for (let i = 0; i < 9; i += 1) {
        const before = b.opened();
        b.lose();
        let waitedMs = 0;
        while (b.opened() === before && waitedMs < 60_000) {
          b.pass(50);
          waitedMs += 50;
        }
        out.push(waitedMs);
      }
      return out;
    };
    const longest = waits(0.999);
    expect(longest.slice(0, 4)).toEqual([500, 1000, 2000, 4000]);
    expect(Math.max(...longest)).toBeLessThanOrEqual(defaultFeedLimits.longestWaitMs + 50);
    expect(waits(0)[3]).toBe(2000);
  });

  it('says reconnecting first, lost after five seconds, live again', () => {
    const b = bench();
    b.client.start();
    b.say(hello(1));
    b.lose();
    expect(b.statuses.at(-1)).toMatchObject({ at: 'resuming', attempt: 1 });
    b.pass(400);
    b.pass(4700);
    expect(b.statuses.at(-1)).toMatchObject({ at: 'lost', sinceMs: 0 });
    b.say(hello(1, true));
    expect(b.statuses.at(-1)).toEqual({ at: 'live' });
    b.pass(20_000);
    expect(b.statuses.at(-1)).toEqual({ at: 'live' });
  });

  it('takes silence for a dead line', () => {
    const b = bench();
    b.client.start();
    b.say(hello(1));
    b.say(tick(1));
    b.pass(defaultFeedLimits.silenceMs - 1);
    expect(b.opened()).toBe(1);
    b.pass(1000);
    expect(b.opened()).toBe(2);
  });

  it('asks whether it is still signed in, at once when told so, now and then when nothing is said', () => {
    const told = bench();
    told.client.start();
    told.lose(4401);
    expect(told.doubts()).toBe(1);
    const untold = bench();
    untold.client.start();
    for (let i = 0; i < 3; i += 1) {
      untold.lose();
      untold.pass(20_000);
    }
    expect(untold.doubts()).toBe(1);
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '5'],
    ['null', 'null'],
    ['bytes', new Uint8Array(3)],
    ['no kind', '{"seq":9}'],
  ])('is not moved by a message that is %s', (_, data) => {
    const b = bench();
    b.client.start();
    b.say(hello(1));
    expect(() => b.raw(data)).not.toThrow();
    b.lose();
    b.pass(1000);
    expect(b.queries.at(-1)).toBe('epoch=e&since=1');
  });

  it('is quiet for good after close', () => {
    const b = bench();
    b.client.start();
    b.say(hello(1));
    b.client.close();
    b.lose();
    b.pass(60_000);
    expect(b.opened()).toBe(1);
  });
});
