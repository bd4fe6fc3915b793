import { describe, expect, it } from 'vitest';
import { officeHours } from '../../src/model/source-contract.ts';
import { createHolidayCalendar, weekdayOf } from '../../src/watch/holidays.ts';
import { classAt, stretchesOf } from '../../src/watch/hour-class.ts';
import { dayOfLunar, lunarOf, tetOf } from '../../src/watch/lunar.ts';
import { allOfficialDays } from '../../src/watch/official-days.ts';

const dayMs = 86_400_000;
const dayOf = (text: string): number => Date.parse(`${text}T00:00:00Z`) / dayMs;
const textOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

/** Mùng 1 Tết as Viet Nam kept or will keep it. */
const tets = `1985-01-21
1990-01-27 1991-02-15 1992-02-04 1993-01-23 1994-02-10 1995-01-31 1996-02-19 1997-02-07 1998-01-28 1999-02-16
2000-02-05 2001-01-24 2002-02-12 2003-02-01 2004-01-22 2005-02-09 2006-01-29 2007-02-17 2008-02-07 2009-01-26
2010-02-14 2011-02-03 2012-01-23 2013-02-10 2014-01-31 2015-02-19 2016-02-08 2017-01-28 2018-02-16 2019-02-05
2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13
2030-02-02 2031-01-23 2032-02-11 2033-01-31 2034-02-19 2035-02-08 2036-01-28 2037-02-15 2038-02-04 2039-01-24
2040-02-12 2041-02-01 2042-01-22 2043-02-10 2044-01-30 2045-02-17 2046-02-06 2047-01-26 2048-02-14 2049-02-02
2050-01-23 2051-02-11 2052-02-01 2053-02-18 2054-02-08 2055-01-28 2056-02-15 2057-02-04 2058-01-24 2059-02-12
2060-02-02`.split(/\s+/);

/** Leap months, year and month. */
const leaps = `1985/2 1987/7 1990/5 1993/3 1995/8 1998/5 2001/4 2004/2 2006/7 2009/5 2012/4 2014/9 2017/6 2020/4 2023/2
2025/6 2028/5 2031/3 2033/11 2036/6 2039/5 2042/2 2044/7 2047/5 2050/3 2052/8 2055/6 2058/4`.split(/\s+/);

describe('the lunar calendar', () => {
  it.each(tets)('Tết on %s', (text) => {
    expect(textOf(tetOf(Number(text.slice(0, 4))))).toBe(text);
    expect(lunarOf(dayOf(text))).toEqual({ year: Number(text.slice(0, 4)), month: 1, day: 1, isLeapMonth: false });
  });

  it('has these leap months and no others, and every day but those of leap months is found again', () => {
    const found = new Set<string>();
    for (let day = dayOf('1985-01-21'); day < dayOf('2060-02-02'); day++) {
      const date = lunarOf(day);
      if (date.isLeapMonth) found.add(`${date.year}/${date.month}`);
      else if (dayOfLunar(date.year, date.month, date.day) !== day)
        expect.fail(`${textOf(day)} ${JSON.stringify(date)}`);
    }
    expect([...found]).toEqual(leaps);
  });

  it.each([
    ['2026-04-26', 3, 10],
    ['2025-04-07', 3, 10],
    ['2024-04-18', 3, 10],
    ['2025-07-25', 6, 1],
    ['2026-09-25', 8, 15],
  ])('%s', (text, month, day) => {
    expect(lunarOf(dayOf(text))).toMatchObject({ month, day });
  });
});

describe('public holidays', () => {
  const calendar = createHolidayCalendar(allOfficialDays({}));
  const off = (year: number): string[] => {
    const days: string[] = [];
    for (let day = dayOf(`${year}-01-01`); day < dayOf(`${year + 1}-01-01`); day++)
      if (calendar.isHoliday(day) && weekdayOf(day) < 6) days.push(textOf(day).slice(5));
    return days;
  };

  /** Working days that were off for public servants. */
  it.each([
    [2021, '01-01 02-10 02-11 02-12 02-15 02-16 04-21 04-30 05-03 09-02 09-03'],
    [2022, '01-03 01-31 02-01 02-02 02-03 02-04 04-11 05-02 05-03 09-01 09-02'],
    [2023, '01-02 01-20 01-23 01-24 01-25 01-26 05-01 05-02 05-03 09-01 09-04'],
    [2024, '01-01 02-08 02-09 02-12 02-13 02-14 04-18 04-29 04-30 05-01 09-02 09-03'],
    [2025, '01-01 01-27 01-28 01-29 01-30 01-31 04-07 04-30 05-01 05-02 09-01 09-02'],
    [2026, '01-01 01-02 02-16 02-17 02-18 02-19 02-20 04-27 04-30 05-01 08-31 09-01 09-02'],
  ])('%d', (year, want) => {
    expect(off(year).join(' ')).toBe(want);
  });

  it('a Saturday worked in exchange is a working day', () => {
    const at = (text: string): string => classAt(Date.parse(text), officeHours, calendar);
    expect(at('2026-08-22T09:00:00+07:00')).toBe('working');
    expect(at('2026-08-29T09:00:00+07:00')).toBe('weekend');
    expect(at('2026-08-31T09:00:00+07:00')).toBe('holiday');
  });

  it('cuts time where its class changes, in local time', () => {
    const from = Date.parse('2026-04-29T16:30:00+07:00');
    const stretches = stretchesOf(from, Date.parse('2026-05-02T01:00:00+07:00'), officeHours, calendar);
    expect(stretches.map((each) => [each.hourClass, (each.untilMs - each.fromMs) / 60_000])).toEqual([
      ['working', 30],
      ['night', 420],
      ['holiday', 450],
      ['holiday', 570],
      ['holiday', 420],
      ['holiday', 450],
      ['holiday', 570],
      ['holiday', 420],
      ['weekend', 60],
    ]);
  });
});
