import { describe, expect, it } from 'vitest';
import type { SourceContract } from '../../src/model/source-contract.ts';
import { createHolidayCalendar } from '../../src/watch/holidays.ts';
import { classAt } from '../../src/watch/hour-class.ts';
import { judge } from '../../src/watch/judge.ts';
import { learnContract } from '../../src/watch/learn.ts';
import { defaultWatchLimits as limits } from '../../src/watch/limits.ts';
import { allOfficialDays } from '../../src/watch/official-days.ts';
import type { StoredHour } from '../../src/watch/ports.ts';
import { sourceView } from '../../src/watch/view.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const calendar = createHolidayCalendar(allOfficialDays({}));
const now = Date.parse('2026-11-23T00:00:00+07:00');

/** Four weeks of an office: 1,000 to 2,000 an hour while it works, a few at night, nothing at weekends. */
function office(days: number): StoredHour[] {
  return Array.from({ length: days * 24 }, (_, i) => {
    const startMs = now - days * dayMs + i * hourMs;
    const at = classAt(startMs + hourMs / 2, { fromMinute: 450, untilMinute: 1020, days: [1, 2, 3, 4, 5] }, calendar);
    const rows = at === 'working' ? 1_000 + ((i * 7_919) % 1_001) : at === 'night' ? i % 3 : 0;
    return {
      source: 's',
      startMs,
      rows,
      rawRows: 0,
      timedRows: rows,
      futureRows: 0,
      delayLowMs: 200,
      delayMidMs: 1_000,
    };
  }).filter(({ rows }) => rows > 0);
}
const kinds = [
  { source: 's', tags: '["windows",["process_creation"],["security"]]', rows: 900, lastReceivedMs: now },
  { source: 's', tags: '["windows",[],["sysmon"]]', rows: 95, lastReceivedMs: now },
  { source: 's', tags: '["windows",[],["system"]]', rows: 1, lastReceivedMs: now },
  { source: 's', tags: '["",[],[]]', rows: 4, lastReceivedMs: now },
];
const learnt = (hours: readonly StoredHour[]): SourceContract | null =>
  learnContract({ hours, kinds, outages: [], calendar, nowMs: now, limits });

describe('a contract learnt from what came', () => {
  it('is wide, owes nothing where nothing came, and names what kinds there were', () => {
    expect(learnt(office(28))).toEqual({
      agreedMs: now,
      kinds: ['windows/security', 'windows/sysmon'],
      volume: {
        working: { least: expect.closeTo(520, -2), most: expect.closeTo(5_970, -2) },
        night: { least: 0, most: 100 },
        weekend: { least: 0, most: 100 },
        holiday: { least: 0, most: 0 },
      },
      workingHours: { fromMinute: 450, untilMinute: 1020, days: [1, 2, 3, 4, 5] },
      silenceMs: 2 * hourMs,
      kindSilenceMs: dayMs,
      lagMs: 600_000,
      skewMs: 300_000,
    });
  });

  it('nothing in it is broken by what it was learnt from', () => {
    const hours = office(28);
    const contract = learnt(hours);
    for (let nowMs = now - 14 * dayMs; nowMs < now; nowMs += hourMs) {
      const known = hours.filter(({ startMs }) => startMs < nowMs);
      const lastReceivedMs = (known.at(-1)?.startMs ?? 0) + hourMs - 1;
      const facts = { lastReceivedMs, hours: known.slice(-3), kinds: [], clock: null };
      const agreed = contract === null ? null : { ...contract, agreedMs: now - 28 * dayMs, kinds: [] };
      const said = judge({
        contract: agreed,
        isPinned: false,
        facts,
        outages: [],
        calendar,
        nowMs: nowMs + 240_000,
        limits,
      });
      expect(said.breaches).toEqual([]);
    }
  });

  it('says nothing of less than a week', () => {
    expect(learnt(office(6))).toBeNull();
    expect(learnt([])).toBeNull();
  });
});

describe('which parser could be confirmed', () => {
  const source = {
    id: 's',
    name: 's',
    org: '',
    system: '',
    parser: 'auto',
    origin: 'production',
    drill: '',
    lane: '',
    addresses: [],
  } as const;
  const ids = ['auto', 'json', 'syslog', 'syslog-3164', 'syslog-5424'];
  it.each<[string, [string, number, number][], string, number]>([
    [
      'the outer format of wrapped lines',
      [
        ['syslog-3164+sshd', 900, 0],
        ['syslog-3164', 92, 0],
        ['raw', 8, 8],
      ],
      'syslog-3164',
      0.992,
    ],
    [
      'both syslogs',
      [
        ['syslog-3164+sshd', 50, 0],
        ['syslog-5424', 45, 0],
        ['json', 5, 0],
      ],
      'syslog',
      0.95,
    ],
    [
      'none that could be pinned',
      [
        ['sshd', 10, 0],
        ['raw', 5, 5],
      ],
      '',
      0,
    ],
    ['nothing came', [], '', 0],
  ])('%s', (_name, parsers, candidate, candidateShare) => {
    const rows = parsers.map(([parser, count, rawRows]) => ({ source: 's', parser, rows: count, rawRows }));
    const own = { source, version: 1, systemName: '', hours: [], kinds: [], parsers: rows, breaches: [] };
    const view = sourceView(own, ids, now, limits);
    expect(view).toMatchObject({ candidate, candidateShare });
    expect(view.hours).toHaveLength(24);
  });
});
