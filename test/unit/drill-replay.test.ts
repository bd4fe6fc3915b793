import { describe, expect, test } from 'vitest';
import type { DrillRecord } from '../../src/drill/records.ts';
import {
  createReplay,
  defaultReplayLimits,
  type Emission,
  type Replay,
  type ReplayOptions,
} from '../../src/drill/replay.ts';
import type { Scenario } from '../../src/drill/scenario.ts';

/** Virtual time: timers run when the test moves the clock; promises settle in between. */
function createTime(startMs: number) {
  let nowMs = startMs;
  let timers: { atMs: number; run: () => void }[] = [];
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 20; i += 1) await Promise.resolve();
  };
  return {
    clock: () => nowMs,
    schedule: (delayMs: number, run: () => void) => {
      const timer = { atMs: nowMs + delayMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((t) => t !== timer);
      };
    },
    async advance(ms: number): Promise<void> {
      const end = nowMs + ms;
      await settle();
      for (;;) {
        const [next] = timers.filter((t) => t.atMs <= end).sort((a, b) => a.atMs - b.atMs);
        if (next === undefined) break;
        timers = timers.filter((t) => t !== next);
        nowMs = Math.max(nowMs, next.atMs);
        next.run();
        await settle();
      }
      nowMs = end;
    },
    pending: () => timers.length,
  };
}

const source = (id: string): Scenario['sources'][number] => {
  return { id, name: id, system: 's', parser: 'auto', route: 'http', sendFrom: '' };
};
const scenario = {
  id: 'thu',
  durationMs: 10_000,
  sources: [source('web'), source('app')],
  injects: [],
  expectations: [],
} as unknown as Scenario;

const recordsAt = (...at: readonly (readonly [atMs: number, source: string])[]): DrillRecord[] =>
  at.map(([atMs, source], index) => ({
    index,
    atMs,
    source,
    inject: index % 2 === 0 ? 'i1' : '',
    template: `r${index} {{epoch_ms}}`,
  }));

const records = recordsAt([0, 'web'], [50, 'app'], [1000, 'web'], [1020, 'web'], [4000, 'app'], [9000, 'web']);
const t0 = 1_800_000_000_000;

function setUp(options: Partial<ReplayOptions> = {}) {
  const time = createTime(t0);
  const sends: { atMs: number; source: string; lines: readonly string[]; key: string }[] = [];
  const emissions: Emission[] = [];
  const replay: Replay = createReplay({
    scenario,
    records,
    clock: time.clock,
    schedule: time.schedule,
    speed: 1,
    send: async ({ id }, lines, key) => {
      sends.push({ atMs: time.clock() - t0, source: id, lines, key });
    },
    onEmit: (batch) => emissions.push(...batch),
    ...options,
  });
  return { time, sends, emissions, replay };
}

test('records go out when they are due, each once, in order, with the wall time in their text', async () => {
  const { time, sends, emissions, replay } = setUp();
  replay.start();
  await time.advance(20_000);
  await replay.finished;
  expect(emissions.map((e) => e.record).sort()).toEqual([0, 1, 2, 3, 4, 5]);
  for (const e of emissions) {
    const dueMs = t0 + (records[e.record]?.atMs ?? 0);
    expect(e).toMatchObject({ dueMs, line: `r${e.record} ${dueMs}`, outcome: 'sent' });
    expect(e.emittedMs).toBeGreaterThanOrEqual(dueMs);
    expect(e.emittedMs - dueMs).toBeLessThanOrEqual(defaultReplayLimits.tickMs);
  }
  expect(sends.filter((s) => s.source === 'web').flatMap((s) => s.lines)).toEqual(
    [0, 2, 3, 5].map((i) => `r${i} ${t0 + (records[i]?.atMs ?? 0)}`),
  );
  expect(replay.progress()).toMatchObject({ state: 'finished', emitted: 6, failed: 0, records: 6 });
  expect(time.pending()).toBe(0);
});

test('speed 10: nine seconds of story in nine tenths of a second', async () => {
  const { time, replay } = setUp({ speed: 10 });
  replay.start();
  await time.advance(1000);
  expect(replay.progress()).toMatchObject({ state: 'finished', emitted: 6 });
});

test('a pause holds everything back and shifts what follows', async () => {
  const { time, emissions, replay } = setUp();
  replay.start();
  await time.advance(2000);
  replay.setSpeed(0);
  await time.advance(60_000);
  expect(emissions).toHaveLength(4);
  expect(replay.progress()).toMatchObject({ state: 'paused', simMs: 2000 });
  expect(time.pending()).toBe(0);
  replay.setSpeed(2);
  await time.advance(10_000);
  expect(emissions.slice(4).map((e) => e.dueMs - t0)).toEqual([63_000, 65_500]);
});

test('a rejected batch is sent again with the same lines and key, and the other source goes on', async () => {
  let refusals = 3;
  const tries: { source: string; lines: readonly string[]; key: string }[] = [];
  const { time, emissions, replay } = setUp({
    send: async ({ id }, lines, key) => {
      tries.push({ source: id, lines, key });
      if (id === 'app' && refusals > 0) {
        refusals -= 1;
        throw new Error('503');
      }
    },
  });
  replay.start();
  await time.advance(1100);
  expect(emissions.filter((e) => e.source === 'web')).toHaveLength(3);
  await time.advance(20_000);
  const [first, ...again] = tries.filter((t) => t.source === 'app').slice(0, 4);
  expect(again).toEqual([first, first, first]);
  expect(emissions.map((e) => e.record).sort()).toEqual([0, 1, 2, 3, 4, 5]);
  expect(new Set(tries.map((t) => t.key)).size).toBe(tries.length - 3);
});

test('a batch that is never accepted is given up, said so, and the replay ends', async () => {
  const errors: unknown[] = [];
  const { time, emissions, replay } = setUp({
    send: async ({ id }) => {
      if (id === 'app') throw new Error('401');
    },
    onError: (_source, error) => errors.push(error),
  });
  replay.start();
  await time.advance(120_000);
  await replay.finished;
  expect(replay.progress()).toMatchObject({ state: 'finished', emitted: 4, failed: 2 });
  expect(emissions.filter((e) => e.outcome === 'failed').map((e) => e.record)).toEqual([1, 4]);
  expect(errors).toHaveLength(2);
});

test('an observer that throws neither stops the replay nor sends a line twice', async () => {
  const errors: unknown[] = [];
  const { time, sends, replay } = setUp({
    onEmit: () => {
      throw new Error('disk full');
    },
    onError: (_source, error) => errors.push(error),
  });
  replay.start();
  await time.advance(20_000);
  await replay.finished;
  expect(sends.flatMap((s) => s.lines)).toHaveLength(records.length);
  expect(errors.length).toBeGreaterThan(0);
});

test('a wall clock set back holds the replay until it is reached again, and sends nothing twice', async () => {
  let shiftMs = 0;
  const time = createTime(t0);
  const lines: string[] = [];
  const replay = createReplay({
    scenario,
    records,
    clock: () => time.clock() + shiftMs,
    schedule: time.schedule,
    speed: 1,
    send: async (_source, sent) => {
      lines.push(...sent);
    },
  });
  replay.start();
  await time.advance(2000);
  shiftMs = -1500;
  replay.setSpeed(2);
  await time.advance(30_000);
  await replay.finished;
  expect(lines).toHaveLength(records.length);
  expect(new Set(lines).size).toBe(records.length);
});

describe('stop', () => {
  test('nothing is sent afterwards, no timer is left', async () => {
    const { time, sends, replay } = setUp();
    replay.start();
    await time.advance(500);
    const before = sends.length;
    await replay.stop();
    await replay.finished;
    await time.advance(20_000);
    expect(sends).toHaveLength(before);
    expect(time.pending()).toBe(0);
    expect(replay.progress().state).toBe('stopped');
  });

  test('does not hang on a batch that waits for its retry', async () => {
    const { time, replay } = setUp({ send: () => Promise.reject(new Error('503')) });
    replay.start();
    await time.advance(10);
    await replay.stop();
    expect(time.pending()).toBe(0);
  });

  test('before the start', async () => {
    const { replay } = setUp();
    await replay.stop();
    replay.start();
    expect(replay.progress().state).toBe('stopped');
  });
});

test('a scenario without records is over at once', async () => {
  const { replay } = setUp({ records: [] });
  replay.start();
  await replay.finished;
  expect(replay.progress().state).toBe('finished');
});

test('a burst is cut into batches of bounded size', async () => {
  const burst = recordsAt(...Array.from({ length: 25 }, () => [0, 'web'] as const));
  const { time, sends, replay } = setUp({ records: burst, limits: { batchLinesMax: 10 } });
  replay.start();
  await time.advance(1000);
  expect(sends.map((s) => s.lines.length)).toEqual([10, 10, 5]);
});
