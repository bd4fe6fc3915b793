/**
 * The Vietnamese lunar calendar (âm lịch), computed. The rules: a month begins on the local day of the new moon; the
 * month that holds the winter solstice is the 11th; in a year of thirteen months between two 11th months the first one
 * without a major solar term (a multiple of 30° of the sun's longitude) is the leap month. Formulas for new moon and sun
 * after J. Meeus (Astronomical Algorithms), as Hồ Ngọc Đức published them for Vietnam; the calendar's day is that of
 * UTC+7, which is why Tết is sometimes not the Chinese day (1985, 2007, 2030, 2053).
 */

export interface LunarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly isLeapMonth: boolean;
}

/** Julian day number of 1970-01-01 (at noon), and back: calendar days are counted since the epoch everywhere else. */
const epochJulianDay = 2_440_588;
const zoneDays = 7 / 24;
const synodicDays = 29.530588853;
/** New moons are counted from the one of January 1900. */
const firstNewMoon = 2_415_021.076998695;
const radians = Math.PI / 180;

function sine(degrees: number): number {
  return Math.sin(degrees * radians);
}

/** Moment of the k-th new moon since January 1900, as a Julian date in universal time. Good to minutes. */
function newMoonMoment(k: number): number {
  const t = k / 1236.85;
  const t2 = t * t;
  const t3 = t2 * t;
  const mean =
    2_415_020.75933 +
    29.53058868 * k +
    0.0001178 * t2 -
    0.000000155 * t3 +
    0.00033 * sine(166.56 + 132.87 * t - 0.009173 * t2);
  const sun = 359.2242 + 29.10535608 * k - 0.0000333 * t2 - 0.00000347 * t3;
  const moon = 306.0253 + 385.81691806 * k + 0.0107306 * t2 + 0.00001236 * t3;
  const latitude = 21.2964 + 390.67050646 * k - 0.0016528 * t2 - 0.00000239 * t3;
  const periodic =
    (0.1734 - 0.000393 * t) * sine(sun) +
    0.0021 * sine(2 * sun) -
    0.4068 * sine(moon) +
    0.0161 * sine(2 * moon) -
    0.0004 * sine(3 * moon) +
    0.0104 * sine(2 * latitude) -
    0.0051 * sine(sun + moon) -
    0.0074 * sine(sun - moon) +
    0.0004 * sine(2 * latitude + sun) -
    0.0004 * sine(2 * latitude - sun) -
    0.0006 * sine(2 * latitude + moon) +
    0.001 * sine(2 * latitude - moon) +
    0.0005 * sine(2 * moon + sun);
  // Dynamical time runs ahead of universal time.
  const ahead = -0.000278 + 0.000265 * t + 0.000262 * t2;
  return mean + periodic - ahead;
}

/** Local calendar day of the k-th new moon, as a Julian day number. */
function newMoonDay(k: number): number {
  return Math.floor(newMoonMoment(k) + 0.5 + zoneDays);
}

/** Which twelfth of its way the sun has reached at the local midnight a day begins with: 0 = March equinox, 9 = winter solstice. */
function solarTwelfth(julianDay: number): number {
  const t = (julianDay - 2_451_545.5 - zoneDays) / 36_525;
  const t2 = t * t;
  const anomaly = 357.5291 + 35_999.0503 * t - 0.0001559 * t2 - 0.00000048 * t * t2;
  const centre =
    (1.9146 - 0.004817 * t - 0.000014 * t2) * sine(anomaly) +
    (0.019993 - 0.000101 * t) * sine(2 * anomaly) +
    0.00029 * sine(3 * anomaly);
  const longitude = 280.46645 + 36_000.76983 * t + 0.0003032 * t2 + centre;
  return Math.floor((longitude - 360 * Math.floor(longitude / 360)) / 30);
}

/** Number of the new moon that begins the 11th lunar month of a (solar) year. */
function eleventhMonth(year: number): number {
  const lastDay = Date.UTC(year, 11, 31) / 86_400_000 + epochJulianDay;
  const k = Math.floor((lastDay - 2_415_021) / synodicDays);
  // The solstice lies in a month that began no later than it.
  return solarTwelfth(newMoonDay(k)) >= 9 ? k - 1 : k;
}

/** Months after the 11th until the leap month of this winter-to-winter year; 0 when it has none. */
function leapOffset(eleventh: number, nextEleventh: number): number {
  if (nextEleventh - eleventh < 13) return 0;
  for (let i = 1; i < 13; i++) {
    const here = solarTwelfth(newMoonDay(eleventh + i));
    if (here === solarTwelfth(newMoonDay(eleventh + i + 1))) return i;
  }
  return 0;
}

/** The lunar date of a calendar day, given as days since 1970-01-01 (as `Date.UTC` counts, whatever the zone). */
export function lunarOf(epochDay: number): LunarDate {
  const julianDay = epochDay + epochJulianDay;
  let k = Math.floor((julianDay - firstNewMoon) / synodicDays) + 1;
  while (newMoonDay(k) > julianDay) k -= 1;
  const begin = newMoonDay(k);
  const solarYear = new Date(epochDay * 86_400_000).getUTCFullYear();
  const thisWinter = eleventhMonth(solarYear);
  const from = k >= thisWinter ? thisWinter : eleventhMonth(solarYear - 1);
  const until = k >= thisWinter ? eleventhMonth(solarYear + 1) : thisWinter;
  const leap = leapOffset(from, until);
  const since = k - from;
  const counted = leap > 0 && since >= leap ? since - 1 : since;
  const month = ((counted + 10) % 12) + 1;
  const winterYear = k >= thisWinter ? solarYear : solarYear - 1;
  return {
    // The 11th and 12th month belong to the year that is ending.
    year: month >= 11 && counted < 2 ? winterYear : winterYear + 1,
    month,
    day: julianDay - begin + 1,
    isLeapMonth: leap > 0 && since === leap,
  };
}

/** The calendar day, in days since 1970-01-01, of a day of an ordinary (not leap) lunar month. */
export function dayOfLunar(year: number, month: number, day: number): number {
  const from = eleventhMonth(month >= 11 ? year : year - 1);
  const until = eleventhMonth(month >= 11 ? year + 1 : year);
  const leap = leapOffset(from, until);
  const since = month >= 11 ? month - 11 : month + 1;
  const k = from + since + (leap > 0 && since >= leap ? 1 : 0);
  return newMoonDay(k) + day - 1 - epochJulianDay;
}

/** First day of the lunar year (mùng 1 Tết), in days since 1970-01-01. */
export function tetOf(year: number): number {
  return dayOfLunar(year, 1, 1);
}
