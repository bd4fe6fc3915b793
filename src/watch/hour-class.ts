import type { Band, HourClass, SourceContract, WorkingHours } from '../model/source-contract.ts';
import { type HolidayCalendar, weekdayOf } from './holidays.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Indochina Time, all year. */
const zoneMs = 7 * hourMs;

interface DayShape {
  readonly midnightMs: number;
  readonly kind: 'worked' | 'weekend' | 'holiday';
}

function dayAt(timeMs: number, hours: WorkingHours, calendar: HolidayCalendar): DayShape {
  const day = Math.floor((timeMs + zoneMs) / dayMs);
  const midnightMs = day * dayMs - zoneMs;
  if (calendar.isWorkedInstead(day)) return { midnightMs, kind: 'worked' };
  if (calendar.isHoliday(day)) return { midnightMs, kind: 'holiday' };
  return { midnightMs, kind: hours.days.includes(weekdayOf(day)) ? 'worked' : 'weekend' };
}

/** The class of a moment. */
export function classAt(timeMs: number, hours: WorkingHours, calendar: HolidayCalendar): HourClass {
  const { midnightMs, kind } = dayAt(timeMs, hours, calendar);
  if (kind !== 'worked') return kind;
  const minute = (timeMs - midnightMs) / minuteMs;
  return minute >= hours.fromMinute && minute < hours.untilMinute ? 'working' : 'night';
}

/** A stretch of time of one class. */
interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly hourClass: HourClass;
}

/** The classes of [fromMs, untilMs), in order. */
export function stretchesOf(
  fromMs: number,
  untilMs: number,
  hours: WorkingHours,
  calendar: HolidayCalendar,
): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let atMs = fromMs;
  while (atMs < untilMs) {
    const { midnightMs } = dayAt(atMs, hours, calendar);
    const edges = [hours.fromMinute, hours.untilMinute].map((minute) => midnightMs + minute * minuteMs);
    const next = Math.min(untilMs, ...[...edges, midnightMs + dayMs].filter((edge) => edge > atMs));
    stretches.push({ fromMs: atMs, untilMs: next, hourClass: classAt(atMs, hours, calendar) });
    atMs = next;
  }
  return stretches;
}

/** Whether lines are owed in hours of this class. Without an agreed volume they always are. */
export function owes(contract: SourceContract, hourClass: HourClass): boolean {
  return contract.volume === null || contract.volume[hourClass].least > 0;
}

/**
 * The band of one hour. An hour of two classes (half past seven) is held to the wider of both, so that nobody is
 * blamed for the half that owes less.
 */
export function bandOfHour(
  volume: NonNullable<SourceContract['volume']>,
  hourStartMs: number,
  hours: WorkingHours,
  calendar: HolidayCalendar,
): Band {
  const bands = stretchesOf(hourStartMs, hourStartMs + hourMs, hours, calendar).map(
    ({ hourClass }) => volume[hourClass],
  );
  const isOpen = bands.some(({ most }) => most === 0);
  return {
    least: Math.min(...bands.map(({ least }) => least)),
    most: isOpen ? 0 : Math.max(...bands.map(({ most }) => most)),
  };
}
