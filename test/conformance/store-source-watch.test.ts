import { describe, expect, test } from 'vitest';
import type { SecurityEvent } from '../../src/model/event.ts';
import { eventBlock } from '../../src/store/event-block.ts';
import { insertBatch } from '../harness/whole-batch.ts';
import { anEvent, day0, t0 } from './store-fixtures.ts';
import { useStore } from './store-open.ts';

const use = useStore();
const hourMs = 3_600_000;
const hour0 = Math.floor(t0 / hourMs) * hourMs;

/** Rows of one batch: `delays` are receipt less event time, 0 for lines without a time. */
function rowsOf(batch: string, source: string, receivedTimeMs: number, delays: readonly number[]): SecurityEvent[] {
  return delays.map((delay, i) =>
    anEvent(batch, i, {
      source,
      receivedTimeMs,
      eventTimeMs: receivedTimeMs - delay,
      parser: i % 2 === 0 ? 'evtx-json' : 'raw',
      parseStatus: i % 2 === 0 ? 'parsed' : 'raw',
      logsource: { product: 'windows', categories: i % 4 === 0 ? ['process_creation'] : [], services: ['security'] },
      fields: i === 2 ? { a: 1, 'vonggac.time_correction_ms': 1_000, 'vonggac.time_flags': ['future'] } : { a: 1 },
    }),
  );
}

async function insert(batch: string, source: string, receivedTimeMs: number, delays: readonly number[]): Promise<void> {
  const rows = rowsOf(batch, source, receivedTimeMs, delays);
  await insertBatch(use().store.events, { id: batch, day: day0, receivedTimeMs, key: '' }, rows);
}

describe('what sources send, by the hour', () => {
  test('is counted from the ledger, however often a batch came and it was counted', async () => {
    const { sourceWatch } = use().store;
    await insert('h1', 'src-a', t0, [500, 0, 700, 9, 900, 9]);
    await insert('h1', 'src-a', t0, [500, 0, 700, 9, 900, 9]);
    await insert('h2', 'src-a', t0 + hourMs, [100, 100]);
    await insert('h3', 'src-b', t0, [100]);
    await sourceWatch.rollUp(t0);
    use().clockMs += 60_000;
    await sourceWatch.rollUp(t0);
    expect(await sourceWatch.hours({ fromMs: t0 - hourMs, source: 'src-a' })).toEqual([
      {
        source: 'src-a',
        startMs: hour0,
        rows: 6,
        rawRows: 3,
        timedRows: 3,
        futureRows: 1,
        // 500 and 900 are of one kind of log, 700 (+ 1,000 taken back) of another.
        delayLowMs: 500,
        delayMidMs: 900,
      },
      {
        source: 'src-a',
        startMs: hour0 + hourMs,
        rows: 2,
        rawRows: 1,
        timedRows: 1,
        futureRows: 0,
        delayLowMs: 100,
        delayMidMs: 100,
      },
    ]);
    expect(await sourceWatch.hours({ fromMs: t0 - hourMs })).toHaveLength(3);
    expect((await sourceWatch.parsers(t0)).filter(({ source }) => source === 'src-a')).toEqual([
      { source: 'src-a', parser: 'evtx-json', rows: 4, rawRows: 0 },
      { source: 'src-a', parser: 'raw', rows: 4, rawRows: 4 },
    ]);
    expect((await sourceWatch.kinds(t0)).filter(({ source }) => source === 'src-a')).toEqual([
      { source: 'src-a', tags: '["windows",["process_creation"],["security"]]', rows: 3, lastReceivedMs: t0 + hourMs },
      { source: 'src-a', tags: '["windows",[],["security"]]', rows: 5, lastReceivedMs: t0 + hourMs },
    ]);
  });

  test('counts the same for rows that a crash left without a ledger row', async () => {
    const { sourceWatch, events } = use().store;
    const delays = [500, 0, 700, 9, 900, 9];
    const own = rowsOf('whole', 'src-whole', t0, delays);
    const left = rowsOf('left', 'src-left', t0, delays);
    await insert('whole', 'src-whole', t0, delays);
    const block = eventBlock(left, { day: day0, committedTimeMs: use().clockMs, retention: { all: 1200 } });
    await use().sql.insertBlock('events', block, 'left');
    use().clockMs += 60_000;
    await events.adoptOrphans(1_000);
    await sourceWatch.rollUp(t0);
    const [whole] = await sourceWatch.hours({ fromMs: t0, source: 'src-whole' });
    const [adopted] = await sourceWatch.hours({ fromMs: t0, source: 'src-left' });
    expect(own).toHaveLength(left.length);
    expect(adopted).toEqual({ ...whole, source: 'src-left' });
    const of = async (source: string): Promise<object[]> =>
      (await sourceWatch.kinds(t0)).filter((each) => each.source === source).map((each) => ({ ...each, source: '' }));
    expect(await of('src-left')).toEqual(await of('src-whole'));
  });
});

describe('signs of life', () => {
  test('gaps are where nobody gave one', async () => {
    const { sourceWatch } = use().store;
    const from = hour0 + 100 * hourMs;
    for (const minute of [1, 2, 2, 3, 9, 10]) {
      use().clockMs = from + minute * 60_000 + 5_000;
      await sourceWatch.beat('collect', `one-${minute % 2}`);
    }
    use().clockMs = from + 15 * 60_000;
    const minutes = (await sourceWatch.gaps('collect', from, 120_000)).map((gap) => [
      (gap.fromMs - from) / 60_000,
      (gap.untilMs - from) / 60_000,
    ]);
    expect(minutes).toEqual([
      [3, 9],
      [10, 15],
    ]);
    expect(await sourceWatch.gaps('nobody', from, 120_000)).toEqual([{ fromMs: from, untilMs: from + 15 * 60_000 }]);
    expect(await sourceWatch.lastBeat('collect')).toBe(from + 10 * 60_000);
    expect(await sourceWatch.lastBeat('nobody')).toBe(0);
  });
});

describe('breaches', () => {
  test('one that ended stays ended, whoever writes it open again', async () => {
    const { sourceWatch } = use().store;
    const breach = { id: 'b1', source: 's', sinceMs: t0, untilMs: 0, said: 'x' };
    await sourceWatch.writeBreaches([breach, { ...breach, id: 'b2' }]);
    expect((await sourceWatch.openBreaches()).map(({ id }) => id)).toEqual(['b1', 'b2']);
    await sourceWatch.writeBreaches([{ ...breach, untilMs: t0 + 5 }]);
    use().clockMs += 1_000;
    await sourceWatch.writeBreaches([breach]);
    expect(await sourceWatch.openBreaches()).toEqual([{ ...breach, id: 'b2' }]);
  });
});
