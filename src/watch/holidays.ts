import type { OfficialDays } from '../model/source-contract.ts';
import { dayOfLunar, tetOf } from './lunar.ts';

/**
 * Public holidays of Viet Nam. Điều 112 Bộ luật Lao động 2019: 1/1 (1 day), Tết Nguyên đán (5), 30/4 (1), 1/5 (1),
 * Quốc khánh (2/9 and the day before or after), Giỗ Tổ Hùng Vương (10/3 by the lunar calendar, 1). Điều 111: one that
 * falls on a weekly day of rest is made up for on the next working day. Days are counted since 1970-01-01, local.
 */

const dayMs = 86_400_000;

function dayOf(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / dayMs;
}

/** 1 = Monday … 7 = Sunday. */
export function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

function isWeekend(day: number): boolean {
  return weekdayOf(day) >= 6;
}

/** The second day of Quốc khánh: which side joins it to the weekend; in the middle of the week the day before. */
function besideNationalDay(second: number): number {
  const weekday = weekdayOf(second);
  return weekday === 1 || weekday === 4 || weekday === 7 ? second + 1 : second - 1;
}

/**
 * Which five days of Tết are off is decided every year: from one or from two days before mùng 1. Both ways are taken
 * here, since a source must not be blamed on the day the two differ in.
 */
const tetDays: readonly number[] = [-2, -1, 0, 1, 2];
const tetAlso = 3;

/** All days off of a year by the rules alone. */
function ruledHolidays(year: number): ReadonlySet<number> {
  const second = dayOf(year, 9, 2);
  const tet = tetOf(year);
  const named = [
    dayOf(year, 1, 1),
    ...tetDays.map((offset) => tet + offset),
    dayOfLunar(year, 3, 10),
    dayOf(year, 4, 30),
    dayOf(year, 5, 1),
    second,
    besideNationalDay(second),
  ].toSorted((a, b) => a - b);
  const off = new Set(named);
  for (const day of named) {
    if (!isWeekend(day)) continue;
    let instead = day + 1;
    while (isWeekend(instead) || off.has(instead)) instead += 1;
    off.add(instead);
  }
  return off.add(tet + tetAlso);
}

/** Whether a day is off or, though it is a Saturday, worked. */
export interface HolidayCalendar {
  /** `day` counts local days since 1970-01-01. */
  isHoliday(day: number): boolean;
  /** A weekend day that is worked in exchange for another. */
  isWorkedInstead(day: number): boolean;
}

export function createHolidayCalendar(decided: OfficialDays): HolidayCalendar {
  const years = new Map<number, ReadonlySet<number>>();
  const off = new Set(decided.off.map(dayOfText));
  const worked = new Set(decided.worked.map(dayOfText));
  const ruled = (year: number): ReadonlySet<number> => {
    const known = years.get(year) ?? ruledHolidays(year);
    years.set(year, known);
    return known;
  };
  return {
    isHoliday: (day) => !worked.has(day) && (off.has(day) || ruled(new Date(day * dayMs).getUTCFullYear()).has(day)),
    isWorkedInstead: (day) => worked.has(day),
  };
}

function dayOfText(text: string): number {
  return Date.parse(`${text}T00:00:00Z`) / dayMs;
}
