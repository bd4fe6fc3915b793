import { calendarMs, localZoneMinutes, parseTimeText } from '../model/event-time.ts';

/** Minutes of the zone abbreviations that logs of our servers and of well-known ones carry. Others are not guessed. */
const zones: Readonly<Record<string, number>> = {
  UTC: 0,
  GMT: 0,
  Z: 0,
  ICT: 420,
  WIB: 420,
  SGT: 480,
  HKT: 480,
  JST: 540,
  KST: 540,
  CET: 60,
  CEST: 120,
  EET: 120,
  EEST: 180,
  MSK: 180,
  WET: 0,
  WEST: 60,
  BST: 60,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};

/** A time with a zone's name or figures behind it, ms; a name that is not known is read as +07:00. null: no time. */
export function zonedTime(time: string, zone: string): number | null {
  if (/^[+-]\d\d/.test(zone)) return parseTimeText(`${time}${zone}`, localZoneMinutes);
  return parseTimeText(time, zones[zone] ?? localZoneMinutes);
}

/** `yymmdd` and `h:mm:ss` of MySQL 5 and MariaDB, local time; null: no time. */
export function shortDateMs(day: string, clock: string): number | null {
  const [hour = -1, minute = -1, second = -1] = clock.trim().split(':').map(Number);
  const year = 2000 + Number(day.slice(0, 2));
  return calendarMs(year, Number(day.slice(2, 4)), Number(day.slice(4, 6)), hour, minute, second, localZoneMinutes);
}
