import { describe, expect, it } from 'vitest';
import { chainOf, tacticOf, techniqueOf } from '../../dashboards/board/src/attack.ts';
import { filtersOf, noFilters, passes, queryOf } from '../../dashboards/board/src/filters.ts';
import {
  dateTime,
  dateTimeZone,
  fromInputTime,
  initials,
  lag,
  number,
  plain,
  shortCode,
  span,
  stopwatch,
  timeMilli,
  toInputTime,
  when,
} from '../../dashboards/board/src/format.ts';
import { en } from '../../dashboards/board/src/i18n/en.ts';
import { fill } from '../../dashboards/board/src/i18n/fill.ts';
import { vi } from '../../dashboards/board/src/i18n/vi.ts';
import { pieces } from '../../dashboards/board/src/marks.ts';
import { isSayable, queryOfSearch, searchOf, term, withTerm } from '../../dashboards/board/src/search-query.ts';
import { shiftAt, shiftBars } from '../../dashboards/board/src/shift.ts';
import { quietMs, timelineRows, withQuiet } from '../../dashboards/board/src/timeline.ts';
import { makeWorld } from '../harness/board-fixture-data.ts';

const at = Date.UTC(2026, 10, 21, 20, 42, 13, 118);
const world = makeWorld(30, at, 5);

describe('times, in +07:00 whatever the machine’s zone', () => {
  it.each([
    [dateTime(at), '22/11/2026 03:42:13'],
    [dateTimeZone(at), '22/11/2026 03:42:13 +07:00'],
    [timeMilli(at), '03:42:13,118'],
    [dateTime(Date.UTC(2026, 11, 31, 17, 0, 0)), '01/01/2027 00:00:00'],
    [dateTime(Date.UTC(2028, 1, 28, 17, 30, 0)), '29/02/2028 00:30:00'],
    [dateTime(Number.NaN), '– –'],
    [span(9_000, 'vi'), '9 giây'],
    [span(59_999, 'vi'), '59 giây'],
    [span(252_000, 'vi'), '4 phút'],
    [span(6_720_000, 'vi'), '1 giờ 52'],
    [span(7_200_000, 'vi'), '2 giờ'],
    [span(183_600_000, 'vi'), '2 ngày 3 giờ'],
    [span(2324 * 86_400_000 + 3_600_000, 'vi'), '2.324 ngày'],
    [span(-5, 'en'), '0 s'],
    [when(at, at + 3_600_000), '03:42:13'],
    [when(at, at + 86_400_000), '22/11 03:42:13'],
    [when(at, at + 86_400_000 * 60), '22/11/2026 03:42:13'],
    [stopwatch(14_000), '00:14'],
    [stopwatch(8_266_000), '02:17:46'],
    [lag(420, 'vi'), '0,4 giây'],
    [lag(2_100, 'en'), '2.1 s'],
    [lag(61_000, 'vi'), '1 phút'],
  ])('%s', (got, want) => {
    expect(got).toBe(want);
  });
  it('reads back what it puts into an input', () => {
    const whole = Math.floor(at / 1000) * 1000;
    expect(fromInputTime(toInputTime(whole))).toBe(whole);
    expect(fromInputTime('2026-11-22T03:42')).toBe(Date.UTC(2026, 10, 21, 20, 42));
    expect(fromInputTime('')).toBeNull();
    expect(fromInputTime('2026-13-22T03:42')).toBeNull();
  });
});

describe('numbers', () => {
  it.each([
    [number(1234.5, 'vi', 1), '1.234,5'],
    [number(1234.5, 'en', 1), '1,234.5'],
    [number(18_402_117, 'vi'), '18.402.117'],
    [number(0, 'vi', 1), '0'],
    [number(-1234, 'vi'), '−1.234'],
    [number(-0.01, 'vi', 1), '0'],
    [number(999.96, 'vi', 1), '1.000'],
    [number(Number.NaN, 'vi'), '–'],
  ])('%s', (got, want) => {
    expect(got).toBe(want);
  });
});

describe('names', () => {
  it.each([
    ['Phân tích viên 2', 'P2'],
    ['nguyễn.thị.hồng.ánh', 'NÁ'],
    ['Nguyễn Thị Ánh'.normalize('NFD'), 'NÁ'],
    ['admin', 'AD'],
    ['đ', 'Đ'],
    ['', '–'],
  ])('%s → %s', (name, want) => {
    expect(initials(name)).toBe(want);
  });
  it('compares without tone marks, both Unicode forms', () => {
    expect(plain('Đơn đề nghị'.normalize('NFD'))).toBe(plain('Don de nghi'));
  });
  it('shortens codes it knows and leaves others', () => {
    expect([shortCode('SC-2611-7F3K'), shortCode('7F3K')]).toEqual(['SC-7F3K', '7F3K']);
  });
});

describe('the two languages', () => {
  const holes = (text: string): string[] =>
    [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? ''))].sort();
  it('have the same keys and the same holes', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(vi).sort());
    for (const [key, text] of Object.entries(vi))
      expect([key, holes(en[key as keyof typeof vi])]).toEqual([key, holes(text)]);
  });
  it('are written in composed letters and leave nothing empty', () => {
    for (const text of [...Object.values(vi), ...Object.values(en)]) {
      expect(text).toBe(text.normalize('NFC'));
      expect(text.trim()).not.toBe('');
    }
  });
  it('fill in numbers their way, and the right noun in English', () => {
    expect(fill(vi['count.alerts'], { n: 1234 }, 'vi')).toBe('1.234 cảnh báo');
    expect(fill(en['count.alerts'], { n: 1 }, 'en')).toBe('1 alert');
    expect(fill(en['count.alerts'], { n: 2000 }, 'en')).toBe('2,000 alerts');
  });
  it('do not fill in what a value brings along', () => {
    expect(fill('{who}', { who: '{n}', n: 1 }, 'vi')).toBe('{n}');
  });
});

describe('the shift', () => {
  it.each([
    ['2026-11-21T20:42:00Z', 'night', '2026-11-21T11:00:00Z'],
    ['2026-11-21T23:00:00Z', 'day', '2026-11-21T23:00:00Z'],
    ['2026-11-22T10:59:59Z', 'day', '2026-11-21T23:00:00Z'],
    ['2026-11-22T11:00:00Z', 'night', '2026-11-22T11:00:00Z'],
  ])('at %s it is the %s shift', (now, name, from) => {
    expect(shiftAt(Date.parse(now))).toMatchObject({
      name,
      fromMs: Date.parse(from),
      toMs: Date.parse(from) + 43_200_000,
    });
  });
  it('counts each alert of the shift in its ten minutes and none from outside', () => {
    const shift = shiftAt(at);
    const [one] = world.alerts;
    if (one === undefined) throw new Error('no alert');
    const bars = shiftBars(
      [
        { ...one, severity: 'critical', createdMs: shift.fromMs },
        { ...one, severity: 'low', createdMs: shift.fromMs + 599_999 },
        { ...one, severity: 'high', createdMs: shift.toMs - 1 },
        { ...one, createdMs: shift.fromMs - 1 },
        { ...one, createdMs: shift.toMs },
      ],
      shift,
    );
    expect(bars).toHaveLength(72);
    expect(bars[0]).toEqual({ all: 2, high: 0, critical: 1 });
    expect(bars[71]).toEqual({ all: 1, high: 1, critical: 0 });
    expect(bars.reduce((n, b) => n + b.all, 0)).toBe(3);
  });
});

describe('filters in the address', () => {
  it.each(['', '?origin=real&sev=5%2C4&level=3&who=-&q=v%C4%83n+th%C6%B0&closed=1', '?who=h%E1%BB%93ng.%C3%A1nh'])(
    '%s says the same after reading',
    (query) => {
      expect(queryOf(filtersOf(query))).toBe(query);
    },
  );
  it.each(['?sev=9,x,-1', '?origin=evil', '?level=', '?closed=yes', '?%E0%A4%A'])('%s means no filter', (query) => {
    expect(queryOf(filtersOf(query)).replace(/\?$/, '')).toBe('');
  });
  it('finds words without tone marks and in either Unicode form', () => {
    const card = world.cards.find((c) => c.orgName.normalize('NFC').includes('Mỹ Thạnh Đông'));
    if (card === undefined) throw new Error('no such card');
    expect(passes(card, { ...noFilters, text: 'my thanh dong' })).toBe(true);
    expect(passes(card, { ...noFilters, text: 'Mỹ Thạnh' })).toBe(true);
    expect(passes(card, { ...noFilters, text: 'my thanh tay' })).toBe(false);
  });
  it('parts real from drill', () => {
    const real = world.cards.filter((c) => passes(c, { ...noFilters, origin: 'real' }));
    const drill = world.cards.filter((c) => passes(c, { ...noFilters, origin: 'drill' }));
    expect(drill.length).toBeGreaterThan(0);
    expect(real.length + drill.length).toBe(world.cards.length);
  });
});

describe('ATT&CK tags', () => {
  it.each([
    ['attack.t1505.003', 'T1505.003', null],
    ['attack.T1190', 'T1190', null],
    ['attack.defense_evasion', null, 'defense-evasion'],
    ['attack.command-and-control', null, 'command-and-control'],
    ['cve.2021-44228', null, null],
    ['attack.g0016', null, null],
    ['execution', null, null],
  ])('%s', (tag, technique, tactic) => {
    expect([techniqueOf(tag), tacticOf(tag)]).toEqual([technique, tactic]);
  });
  it('make a chain in the order of the matrix, with the first time and the worst severity', () => {
    const [one] = world.alerts;
    if (one === undefined) throw new Error('no alert');
    const chain = chainOf([
      { ...one, tags: ['attack.impact', 'attack.t1490'], firstEventMs: 1, severity: 'high' },
      { ...one, tags: ['attack.execution', 'attack.t1059'], firstEventMs: 9, severity: 'low' },
      { ...one, tags: ['attack.execution'], firstEventMs: 5, severity: 'critical' },
    ]);
    expect(chain).toEqual([
      { tactic: 'execution', techniques: ['T1059'], severity: 'critical', firstMs: 5 },
      { tactic: 'impact', techniques: ['T1490'], severity: 'high', firstMs: 1 },
    ]);
  });
});

describe('marked text', () => {
  const shown = (value: string, spans: readonly (readonly [number, number])[]): string =>
    pieces(value, spans)
      .map((p) => (p.matched ? `[${p.text}]` : p.text))
      .join('');
  it.each([
    ['cmd.exe /c whoami', [[11, 6]], 'cmd.exe /c [whoami]'],
    [
      'abcdef',
      [
        [3, 2],
        [0, 2],
      ],
      '[ab]c[de]f',
    ],
    [
      'abcdef',
      [
        [1, 3],
        [2, 3],
      ],
      'a[bcd][e]f',
    ],
    ['abc', [[2, 99]], 'ab[c]'],
    ['abc', [[-2, 3]], '[a]bc'],
    ['abc', [[9, 1]], 'abc'],
    ['abc', [[1, 0]], 'abc'],
    ['', [], ''],
  ] as const)('%s', (value, spans, want) => {
    expect(shown(value, spans)).toBe(want);
  });
});

describe('the search page', () => {
  const nowMs = 1_000_000_000;
  it.each([
    ['?q=a', { q: 'a', last: '1h', fromMs: nowMs - 3_600_000, toMs: nowMs }],
    ['?last=24h', { q: '', last: '24h', fromMs: nowMs - 86_400_000, toMs: nowMs }],
    ['?from=5&to=9', { q: '', last: null, fromMs: 5, toMs: 9 }],
    ['?from=9&to=5', { last: '1h' }],
    ['?last=toString', { last: '1h' }],
    ['?from=1e9&to=2e9', { last: '1h' }],
  ])('%s', (query, want) => {
    expect(searchOf(query, nowMs)).toMatchObject(want);
  });
  it('restores the view from its own address', () => {
    for (const query of ['', '?q=host%3AA', '?last=7d', '?q=x&from=5&to=9'])
      expect(queryOfSearch(searchOf(query, nowMs))).toBe(query);
  });
  it.each([
    ['', 'User', 'a', 'keep', 'User:"a"'],
    ['x', 'User', 'a', 'exclude', 'x NOT User:"a"'],
    ['x NOT User:"a"', 'User', 'a', 'keep', 'x User:"a"'],
    ['User:"a" x', 'User', 'a', 'exclude', 'x NOT User:"a"'],
    ['x User:"a"', 'User', 'a', 'keep', 'x User:"a"'],
    ['x NOT User:"a"', 'User', 'a', 'exclude', 'x NOT User:"a"'],
    ['a OR b', 'User', 'c', 'keep', '(a OR b) User:"c"'],
    ['', 'Image', 'C:\\a "b"*?', 'keep', 'Image:"C:\\\\a \\"b\\"\\*\\?"'],
    ['"a  b"', 'User', 'c', 'keep', '"a  b" User:"c"'],
  ] as const)('%s + %s %s (%s)', (q, field, value, how, want) => {
    expect(withTerm(q, field, value, how)).toBe(want);
  });
  it('knows which fields the query language can name', () => {
    expect([isSayable('process.name'), isSayable('tệp đính kèm'), isSayable('a:b'), isSayable('')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(term('a', '')).toBe('a:""');
  });
});

describe('the timeline', () => {
  const [card] = world.cards;
  if (card === undefined) throw new Error('no card');
  const [base] = world.alerts;
  if (base === undefined) throw new Error('no alert');
  const rows = timelineRows({
    card: { ...card, openedMs: 1000 },
    alerts: [
      { ...base, id: 'late', firstEventMs: 500_000 },
      { ...base, id: 'early', firstEventMs: 10 },
    ],
    evidence: [],
    evidenceTotal: 0,
    history: [{ version: 1, atMs: 2000, actor: 'a', action: 'assign', document: { assignee: 'a' }, hash: '' }],
    deliveries: [
      { notice: 'n', channel: 'email', recipient: 'r', outcome: 'sent', attempt: 1, atMs: 4000, detail: '' },
      { notice: 'n', channel: 'email', recipient: 'r', outcome: 'queued', attempt: 0, atMs: 3000, detail: '' },
    ],
    owner: null,
  });
  it('mixes all kinds in order of time, one row a notice', () => {
    expect(rows.map((r) => r.kind)).toEqual(['alert', 'opened', 'person', 'notice', 'alert']);
    expect(rows[3]).toMatchObject({ atMs: 4000, tries: [{ outcome: 'queued' }, { outcome: 'sent' }] });
  });
  it('names quiet stretches and only those', () => {
    const items = withQuiet(rows);
    expect(items.filter((i) => i.kind === 'quiet')).toEqual([{ kind: 'quiet', key: 'q-a-late', forMs: 496_000 }]);
    expect(496_000).toBeGreaterThan(quietMs);
  });
});
