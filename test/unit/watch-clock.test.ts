import { describe, expect, it } from 'vitest';
import { type DelaySample, delaysOf, estimateClock } from '../../src/watch/clock.ts';
import { factsOf } from '../../src/watch/facts-of.ts';
import { defaultWatchLimits as limits } from '../../src/watch/limits.ts';

const s = 1_000;
const minute = 60 * s;
const hour = 60 * minute;
/** A day of hours, each with its quickest and its middle delay. */
const day = (delayOf: (i: number) => readonly [lowMs: number, midMs: number]): DelaySample[] =>
  Array.from({ length: 24 }, (_, i) => {
    const [lowMs, midMs] = delayOf(i);
    return { rows: 100, lowMs, midMs };
  });

describe('what delays say of a clock', () => {
  const rows: [string, DelaySample[], number, number, number][] = [
    ['a clock that is right', day((i) => [200 + i, 900]), 0, -202, 900],
    ['UTC read as +07:00', day((i) => [7 * hour + 200 + i, 7 * hour + 2 * s]), 7 * hour, -202, 2 * s],
    ['+07:00 read as UTC', day(() => [-7 * hour + 300, -7 * hour + s]), -7 * hour, -300, s],
    ['half an hour beside the hour', day(() => [5.5 * hour + 100, 5.5 * hour + s]), 5.5 * hour, -100, s],
    ['a quarter beside the hour', day(() => [5.75 * hour + 100, 5.75 * hour + s]), 5.75 * hour, -100, s],
    ['a clock 90 s ahead', day(() => [-90 * s, -88 * s]), 0, 90 * s, -88 * s],
    ['UTC and 40 s behind', day(() => [7 * hour + 40 * s, 7 * hour + 45 * s]), 7 * hour, -40 * s, 45 * s],
    [
      'a backlog is no zone: it varies',
      day((i) => [i * 20 * minute, i * 20 * minute + minute]),
      0,
      -40 * minute,
      221 * minute,
    ],
    [
      'a few lines from elsewhere do not decide',
      [...day(() => [300, s]), { rows: 5, lowMs: -9 * hour, midMs: 0 }],
      0,
      -300,
      s,
    ],
    [
      'an import of last month is no zone',
      day(() => [30 * 24 * hour, 30 * 24 * hour]),
      0,
      -30 * 24 * hour,
      30 * 24 * hour,
    ],
  ];
  it.each(rows)('%s', (_name, hours, zoneErrorMs, skewMs, lagMs) => {
    expect(estimateClock(hours, limits)).toMatchObject({ zoneErrorMs, skewMs, lagMs });
  });

  it('says nothing of a handful of lines', () => {
    expect(estimateClock([{ rows: limits.clockSamplesLeast - 1, lowMs: 0, midMs: 0 }], limits)).toBeNull();
  });

  it('with the correction in force the error is gone', () => {
    const hours = Array.from({ length: 24 }, (_, i) => ({
      source: 's',
      startMs: i * hour,
      rows: 110,
      rawRows: 0,
      timedRows: i === 3 ? 0 : 100,
      futureRows: 0,
      delayLowMs: 7 * hour + 200,
      delayMidMs: 7 * hour + 2 * s,
    }));
    expect(estimateClock(delaysOf(hours, 7 * hour), limits)).toEqual({
      samples: 2_300,
      zoneErrorMs: 0,
      skewMs: -200,
      lagMs: 2 * s,
    });
    expect(estimateClock(delaysOf(hours, 0), limits)).toMatchObject({
      zoneErrorMs: 7 * hour,
      skewMs: -200,
      lagMs: 2 * s,
    });
  });
});

describe('what a contract is judged by', () => {
  const now = 100 * hour;
  const hours = (rows: number, delayOf: (ago: number) => number) =>
    Array.from({ length: 24 }, (_, i) => {
      const ago = 23 - i;
      const delays = { delayLowMs: delayOf(ago), delayMidMs: delayOf(ago) + s };
      return { source: 's', startMs: now - ago * hour, rows, rawRows: 0, timedRows: rows, futureRows: 0, ...delays };
    });
  const source = {
    id: 's',
    name: '',
    org: '',
    system: '',
    parser: 'auto',
    origin: 'production',
    drill: '',
    lane: '',
    addresses: [],
  } as const;
  it.each<[string, number, (ago: number) => number, number]>([
    ['a clock that went wrong three hours ago', 500, (ago) => (ago < 3 ? 7 * hour : 0), -7 * hour],
    ['one that was put right three hours ago', 500, (ago) => (ago < 3 ? 0 : 7 * hour), 0],
    ['of few lines as many hours as it takes', 10, (ago) => (ago < 19 ? 7 * hour : 0), -7 * hour],
  ])('%s', (_name, rows, delayOf, skewMs) => {
    const facts = factsOf(source, { hours: hours(rows, delayOf), kinds: [] }, now + 1, limits);
    expect(facts.clock?.skewMs === undefined ? null : facts.clock.skewMs + 0).toBe(skewMs);
  });
});
