import { describe, expect, it } from 'vitest';
import { filedTime, futureFromMs, localZoneMinutes, nearestYearMs } from '../../src/model/event-time.ts';

const utc = (text: string): number => Date.parse(`${text}Z`);

describe('the year of a time that names none', () => {
  const rows: [
    string,
    string,
    [month: number, day: number, hour: number, minute: number, second: number],
    string | null,
  ][] = [
    // Received by UTC; the line's clock is +07:00.
    ['31/12 received on 31/12', '2026-12-31T10:00:00', [12, 31, 16, 59, 0], '2026-12-31T09:59:00'],
    ['31/12 received after the local New Year', '2026-12-31T17:00:30', [12, 31, 23, 59, 59], '2026-12-31T16:59:59'],
    ['1/1 received while UTC has last year', '2026-12-31T17:00:30', [1, 1, 0, 0, 10], '2026-12-31T17:00:10'],
    ['31/12 received on 1/1 by UTC, too', '2027-01-01T00:10:00', [12, 31, 23, 59, 59], '2026-12-31T16:59:59'],
    ['1/1 from a clock ahead, received on 31/12', '2026-12-31T16:58:00', [1, 1, 0, 3, 0], '2026-12-31T17:03:00'],
    ['a late 30/12 received on 3/1', '2027-01-03T02:00:00', [12, 30, 8, 0, 0], '2026-12-30T01:00:00'],
    ['29/2 of a leap year', '2028-02-29T05:00:00', [2, 29, 11, 59, 0], '2028-02-29T04:59:00'],
    ['29/2 received on 1/3', '2028-03-01T00:30:00', [2, 29, 23, 0, 0], '2028-02-29T16:00:00'],
    [
      '29/2 in a year that has none: the nearest that has',
      '2027-03-01T05:00:00',
      [2, 29, 11, 0, 0],
      '2028-02-29T04:00:00',
    ],
    ['30/2 never was', '2028-03-01T00:00:00', [2, 30, 0, 0, 0], null],
  ];
  it.each(rows)('%s', (_name, received, [month, day, hour, minute, second], want) => {
    const found = nearestYearMs(utc(received), month, day, hour, minute, second, localZoneMinutes);
    expect(found === null ? null : new Date(found).toISOString().slice(0, 19)).toBe(want);
  });
});

describe('the time an event is filed under', () => {
  const received = utc('2026-11-22T05:00:00');
  const hour = 3_600_000;
  const rows: [string, number | null, number, ReturnType<typeof filedTime>][] = [
    ['as it says', received - 5, 0, { eventTimeMs: received - 5, fields: null }],
    ['that of its receipt when it says none', null, 7 * hour, { eventTimeMs: received, fields: null }],
    [
      'put right, and by how much',
      received - 7 * hour,
      7 * hour,
      { eventTimeMs: received, fields: { 'vonggac.time_correction_ms': 7 * hour } },
    ],
    ['a little ahead is no matter', received + futureFromMs, 0, { eventTimeMs: received + futureFromMs, fields: null }],
    [
      'far ahead is kept and flagged',
      received + futureFromMs + 1,
      0,
      { eventTimeMs: received + futureFromMs + 1, fields: { 'vonggac.time_flags': ['future'] } },
    ],
    [
      'ahead only after the correction',
      received,
      hour,
      {
        eventTimeMs: received + hour,
        fields: { 'vonggac.time_correction_ms': hour, 'vonggac.time_flags': ['future'] },
      },
    ],
    [
      'ahead no more after it',
      received + 7 * hour,
      -7 * hour,
      { eventTimeMs: received, fields: { 'vonggac.time_correction_ms': -7 * hour } },
    ],
  ];
  it.each(rows)('%s', (_name, stated, correction, want) => {
    const filed = filedTime(stated, received, correction);
    expect(filed).toEqual(want);
    const undo = filed.fields?.['vonggac.time_correction_ms'];
    if (stated !== null) expect(filed.eventTimeMs - (typeof undo === 'number' ? undo : 0)).toBe(stated);
  });
});

it.each([
  ['of 1601', Date.UTC(1601, 0, 1), 0],
  ['beyond what the store can say', Date.UTC(9999, 0, 1), Date.UTC(2299, 11, 31, 23, 59, 59, 999)],
  ['with a fraction', 1.5, 1],
])('a stated time %s is filed as what it reads back as', (_, statedMs, wanted) => {
  expect(filedTime(statedMs, Date.UTC(2026, 10, 22), 0).eventTimeMs).toBe(wanted);
});
