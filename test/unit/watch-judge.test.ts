import { describe, expect, it } from 'vitest';
import type { LogsourceTags } from '../../src/model/event.ts';
import { officeHours, type SourceContract } from '../../src/model/source-contract.ts';
import type { HourFacts, Outages, SourceFacts } from '../../src/watch/facts.ts';
import { createHolidayCalendar } from '../../src/watch/holidays.ts';
import { classAt } from '../../src/watch/hour-class.ts';
import { type Judgement, judge } from '../../src/watch/judge.ts';
import { defaultWatchLimits as limits } from '../../src/watch/limits.ts';
import { allOfficialDays } from '../../src/watch/official-days.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const calendar = createHolidayCalendar(allOfficialDays({}));
const quiet = { least: 0, most: 20_000 };
const at = (text: string): number => Date.parse(`${text}+07:00`);

const office: SourceContract = {
  agreedMs: at('2026-01-01T00:00:00'),
  kinds: [],
  volume: { working: { least: 300, most: 20_000 }, night: quiet, weekend: quiet, holiday: quiet },
  workingHours: officeHours,
  silenceMs: 2 * hourMs,
  kindSilenceMs: 0,
  lagMs: 0,
  skewMs: 0,
};

const facts = (o: Partial<SourceFacts>): SourceFacts => ({
  lastReceivedMs: 0,
  hours: [],
  kinds: [],
  clock: null,
  ...o,
});

/** Numbers that look random and are the same every time. */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Days public servants had off in 2026 beside weekends, and Saturdays they worked: as announced, not as we compute. */
const daysOff = '01-01 01-02 02-16 02-17 02-18 02-19 02-20 04-27 04-30 05-01 08-31 09-01 09-02'.split(' ');
const daysWorked = ['01-10', '08-22'];

function isOfficeDay(ms: number): boolean {
  const local = new Date(ms + 7 * hourMs);
  const day = local.toISOString().slice(5, 10);
  if (daysWorked.includes(day)) return true;
  return !daysOff.includes(day) && local.getUTCDay() % 6 !== 0;
}

/**
 * Hours of 2026 as an office's document system writes them: thousands of rows in office hours, ramping up before half
 * past seven and thinning out at noon and after five, a watchman's few at night, next to nothing on days off, and a
 * slow last afternoon before Tết. Cut out: what falls in a cut.
 */
function year(seed: number, cuts: readonly { readonly fromMs: number; readonly untilMs: number }[]): SourceFacts[] {
  const random = randoms(seed);
  const from = at('2026-01-01T00:00:00');
  const seen: SourceFacts[] = [];
  const hours: HourFacts[] = [];
  let lastReceivedMs = 0;
  for (let startMs = from; startMs < from + 365 * dayMs; startMs += hourMs) {
    const clock = ((startMs + 7 * hourMs) % dayMs) / hourMs;
    const isWorked = isOfficeDay(startMs) && clock >= 7 && clock < 17;
    const isEve = startMs > at('2026-02-13T13:00:00') && startMs < at('2026-02-13T17:00:00');
    const mean = isWorked
      ? clock === 7
        ? 900
        : clock === 12 || isEve
          ? 700
          : 4_000
      : clock === 17
        ? 400
        : random() * 6;
    const whole = Math.round(mean * (0.6 + 0.8 * random()));
    const isCut = (ms: number): boolean => cuts.some((cut) => ms >= cut.fromMs && ms < cut.untilMs);
    let rows = 0;
    let raw = 0;
    for (let minute = 0; minute < 60; minute++) {
      const here = Math.floor(whole / 60) + (random() < (whole / 60) % 1 ? 1 : 0);
      const ms = startMs + minute * minuteMs;
      if (here === 0 || isCut(ms)) continue;
      rows += here;
      raw += random() < 0.01 ? 1 : 0;
      lastReceivedMs = ms + random() * minuteMs;
    }
    if (rows > 0) hours.push({ startMs, rows, rawRows: raw });
    seen.push(facts({ lastReceivedMs, hours: hours.slice(-2) }));
  }
  return seen;
}

/** Judged ten minutes into each hour of the year, with what was known at the end of the hour before. */
function judged(
  seen: readonly SourceFacts[],
  outages: Outages = [],
): { readonly nowMs: number; readonly said: Judgement }[] {
  return seen.map((known, i) => {
    const nowMs = at('2026-01-01T01:10:00') + i * hourMs;
    return { nowMs, said: judge({ contract: office, isPinned: true, facts: known, outages, calendar, nowMs, limits }) };
  });
}

describe('a year of an office', () => {
  it.each([1, 2, 3, 4, 5])('weekends, Tết, 30/4 and the rest raise nothing (%d)', (seed) => {
    const raised = judged(year(seed, [])).filter(({ said }) => said.breaches.length > 0);
    expect(
      raised.map(({ nowMs, said }) => `${new Date(nowMs + 7 * hourMs).toISOString()} ${said.breaches[0]?.kind}`),
    ).toEqual([]);
  });

  it('every cut is found within the silence allowed, counted in hours that owe something', () => {
    const random = randoms(77);
    for (let i = 0; i < 40; i++) {
      const fromMs = Math.floor(at('2026-01-05T00:00:00') + random() * 340 * dayMs);
      const cut = { fromMs, untilMs: fromMs + (1 + random() * 20) * dayMs };
      // Owed hours after the cut, by hand: minute by minute.
      let owed = 0;
      let dueMs = fromMs;
      while (owed < office.silenceMs && dueMs < cut.untilMs) {
        if (classAt(dueMs, officeHours, calendar) === 'working') owed += minuteMs;
        dueMs += minuteMs;
      }
      const runs = judged(year(i + 1, [cut]));
      const silent = runs.filter(({ said }) => said.breaches.some(({ kind }) => kind === 'silent'));
      const wrong = silent.filter(({ nowMs }) => nowMs < fromMs || nowMs > cut.untilMs + 2 * hourMs);
      expect(wrong, `cut ${i}`).toEqual([]);
      // A cut over a weekend that ends before anything is owed is none.
      if (dueMs >= cut.untilMs) continue;
      const found = silent[0]?.nowMs ?? Number.POSITIVE_INFINITY;
      // Asked once an hour with what the hour before knew, so up to an hour and ten minutes later.
      expect((found - dueMs) / minuteMs, `cut ${i}`).toBeLessThanOrEqual(130);
      expect(found).toBeGreaterThanOrEqual(fromMs);
    }
  });
});

describe('one judgement', () => {
  const monday = '2026-11-16';
  const tagsOf = (product: string, services: string[], categories: string[] = []): LogsourceTags => ({
    product,
    categories,
    services,
  });
  const rows: [string, Partial<SourceContract>, Partial<SourceFacts>, string, Outages, string[]][] = [
    [
      'silent after two hours of office time',
      {},
      { lastReceivedMs: at(`${monday}T08:00:00`) },
      `${monday}T10:01:00`,
      [],
      ['silent'],
    ],
    ['not yet', {}, { lastReceivedMs: at(`${monday}T08:00:00`) }, `${monday}T10:00:00`, [], ['volume-low']],
    [
      'Friday evening counts on from Monday morning',
      {},
      { lastReceivedMs: at('2026-11-13T16:00:00') },
      `${monday}T08:20:00`,
      [],
      [],
    ],
    ['and is found then', {}, { lastReceivedMs: at('2026-11-13T16:00:00') }, `${monday}T08:31:00`, [], ['silent']],
    [
      'our own standstill is not its silence',
      {},
      { lastReceivedMs: at(`${monday}T08:00:00`) },
      `${monday}T12:00:00`,
      [{ fromMs: at(`${monday}T08:10:00`), untilMs: at(`${monday}T11:30:00`) }],
      [],
    ],
    [
      'a source that owes lines at all hours',
      { volume: null },
      { lastReceivedMs: at('2026-11-15T01:00:00') },
      '2026-11-15T03:01:00',
      [],
      ['silent'],
    ],
    [
      'nothing before the agreement is held against it',
      { agreedMs: at(`${monday}T09:10:00`) },
      {},
      `${monday}T10:30:00`,
      [],
      [],
    ],
    ['one that never came', { agreedMs: at(`${monday}T08:00:00`) }, {}, `${monday}T10:30:00`, [], ['silent']],
    [
      'one kind stays away',
      { kinds: ['windows/security', 'windows/sysmon', 'linux'], kindSilenceMs: hourMs },
      {
        lastReceivedMs: at(`${monday}T10:00:00`),
        hours: [{ startMs: at(`${monday}T08:00:00`), rows: 500, rawRows: 0 }],
        kinds: [
          { tags: tagsOf('windows', ['security'], ['process_creation']), lastReceivedMs: at(`${monday}T10:00:00`) },
          { tags: tagsOf('windows', ['sysmon']), lastReceivedMs: at(`${monday}T08:30:00`) },
        ],
      },
      `${monday}T10:01:00`,
      [],
      ['kind-missing windows/sysmon', 'kind-missing linux'],
    ],
    [
      'an hour too thin',
      {},
      {
        lastReceivedMs: at(`${monday}T10:04:00`),
        hours: [{ startMs: at(`${monday}T09:00:00`), rows: 299, rawRows: 0 }],
      },
      `${monday}T10:04:00`,
      [],
      ['volume-low'],
    ],
    [
      'is not judged before it is whole',
      {},
      {
        lastReceivedMs: at(`${monday}T10:02:00`),
        hours: [
          { startMs: at(`${monday}T08:00:00`), rows: 400, rawRows: 0 },
          { startMs: at(`${monday}T09:00:00`), rows: 299, rawRows: 0 },
        ],
      },
      `${monday}T10:02:00`,
      [],
      [],
    ],
    [
      'nor when we stood still in it',
      {},
      {
        lastReceivedMs: at(`${monday}T10:04:00`),
        hours: [{ startMs: at(`${monday}T09:00:00`), rows: 299, rawRows: 0 }],
      },
      `${monday}T10:04:00`,
      [{ fromMs: at(`${monday}T09:20:00`), untilMs: at(`${monday}T09:21:00`) }],
      [],
    ],
    [
      'an hour too full, at night too',
      {},
      {
        lastReceivedMs: at(`${monday}T03:04:00`),
        hours: [{ startMs: at(`${monday}T02:00:00`), rows: 20_001, rawRows: 0 }],
      },
      `${monday}T03:04:00`,
      [],
      ['volume-high'],
    ],
    [
      'lag and clock',
      { volume: null, lagMs: 60_000, skewMs: 5_000 },
      { lastReceivedMs: at(`${monday}T10:04:00`), clock: { samples: 500, skewMs: -5_001, lagMs: 60_001 } },
      `${monday}T10:04:00`,
      [],
      ['clock', 'lag'],
    ],
    [
      'a confirmed parser that cannot read a fifth',
      { volume: null },
      {
        lastReceivedMs: at(`${monday}T10:04:00`),
        hours: [{ startMs: at(`${monday}T09:00:00`), rows: 100, rawRows: 21 }],
      },
      `${monday}T10:04:00`,
      [],
      ['format'],
    ],
  ];
  it.each(rows)('%s', (_name, contract, known, now, outages, want) => {
    const input = {
      contract: { ...office, ...contract },
      isPinned: true,
      facts: facts(known),
      outages,
      calendar,
      nowMs: at(now),
      limits,
    };
    expect(judge(input).breaches.map(({ kind, log }) => `${kind} ${log}`.trim())).toEqual(want);
  });

  it('a night that owes nothing does not say that the volume is well again', () => {
    const input = {
      contract: office,
      isPinned: false,
      facts: facts({ lastReceivedMs: at(`${monday}T20:00:00`) }),
      outages: [],
      calendar,
      nowMs: at(`${monday}T21:30:00`),
      limits,
    };
    expect(judge(input)).toEqual({ breaches: [], undecided: ['volume-low', 'clock', 'lag'] });
  });
});
