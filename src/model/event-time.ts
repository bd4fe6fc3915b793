/** Zone of a text time that names none: the province keeps Indochina Time all year (UTC+7, no summer time). */
export const localZoneMinutes = 420;

const minuteMs = 60_000;
const dayMs = 86_400_000;
const monthDays: readonly number[] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Two digits at `at`, or -1. */
function two(text: string, at: number): number {
  const a = text.charCodeAt(at) - 48;
  const b = text.charCodeAt(at + 1) - 48;
  return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : -1;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/**
 * Milliseconds of a calendar time, or null when there is no such time (30 February, 25 o'clock). A leap second (60)
 * counts as the second before it, since the epoch has no place for it.
 */
export function calendarMs(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  zoneMinutes: number,
): number | null {
  if (month < 1 || month > 12 || day < 1 || day > (monthDays[month - 1] ?? 0)) return null;
  if (month === 2 && day === 29 && !(year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))) return null;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return null;
  if (year < 1601 || year > 9999) return null;
  return Date.UTC(year, month - 1, day, hour, minute, Math.min(second, 59)) - zoneMinutes * minuteMs;
}

/** Zone text at `at` (`Z`, `+07:00`, `+0700`, `+07`, with blanks before it) in minutes; null when malformed. */
function zoneAt(text: string, at: number, fallback: number): number | null {
  let i = at;
  while (text.charCodeAt(i) === 32) i++;
  const rest = text.length - i;
  if (rest === 0) return fallback;
  const sign = text[i];
  if (rest === 1) return sign === 'Z' || sign === 'z' ? 0 : null;
  if (rest === 3 && text.endsWith('UTC')) return 0;
  if (sign !== '+' && sign !== '-') return null;
  const hours = two(text, i + 1);
  const colon = text[i + 3] === ':' ? 1 : 0;
  const minutes = rest === 3 ? 0 : rest === 5 + colon ? two(text, i + 3 + colon) : -1;
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return null;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes);
}

/** `hh:mm[:ss[.frac]][zone]` at `at`, on the given day. */
function clockAt(text: string, at: number, y: number, m: number, d: number, fallback: number): number | null {
  const hour = two(text, at);
  const minute = two(text, at + 3);
  if (hour < 0 || minute < 0 || text[at + 2] !== ':') return null;
  let i = at + 5;
  let second = 0;
  let millis = 0;
  if (text[i] === ':') {
    second = two(text, i + 1);
    if (second < 0) return null;
    i += 3;
    if (text[i] === '.' || text[i] === ',') {
      const from = ++i;
      let scale = 100;
      for (; isDigit(text, i); i++) {
        if (i - from < 3) millis += (text.charCodeAt(i) - 48) * scale;
        scale /= 10;
      }
      if (i === from) return null;
    }
  }
  const zone = zoneAt(text, i, fallback);
  if (zone === null) return null;
  const whole = calendarMs(y, m, d, hour, minute, second, zone);
  return whole === null ? null : whole + millis;
}

/** A count since the epoch, in seconds, ms, µs or ns, told apart by size (each from 1973 on); null when no such. */
export function epochMs(value: number): number | null {
  if (!Number.isFinite(value) || value < 1e8) return null;
  if (value < 1e11) return Math.floor(value * 1000);
  if (value < 1e14) return Math.floor(value);
  if (value < 1e17) return Math.floor(value / 1e3);
  return value < 1e20 ? Math.floor(value / 1e6) : null;
}

/**
 * Milliseconds since the epoch of a time written as ISO 8601 / RFC 3339 (blank or `T` between, any fraction, `,` too),
 * `yyyy/MM/dd …`, Vietnamese `dd/MM/yyyy HH:mm:ss`, or an epoch count. A time without a zone is in `zoneMinutes`.
 * null when the text is none of these, or no real time.
 */
export function parseTimeText(text: string, zoneMinutes: number): number | null {
  const length = text.length;
  if (length < 10 || length > 40) return null;
  const a = text[4];
  if ((a === '-' || a === '/') && text[7] === a && length >= 16) {
    const year = two(text, 0) * 100 + two(text, 2);
    const between = text[10];
    if (between !== 'T' && between !== ' ' && between !== 't') return null;
    return clockAt(text, 11, year, two(text, 5), two(text, 8), zoneMinutes);
  }
  if (text[2] === '/' && text[5] === '/' && text[10] === ' ') {
    return clockAt(text, 11, two(text, 6) * 100 + two(text, 8), two(text, 3), two(text, 0), zoneMinutes);
  }
  return /^\d{10,19}(?:\.\d+)?$/.test(text) ? epochMs(Number(text)) : null;
}

const monthNames: readonly string[] = [
  'jan',
  'feb',
  'mar',
  'apr',
  'may',
  'jun',
  'jul',
  'aug',
  'sep',
  'oct',
  'nov',
  'dec',
];

/** Month 1–12 of an English three-letter name in any case, 0 when it is none. */
export function monthOf(name: string): number {
  return monthNames.indexOf(name.toLowerCase()) + 1;
}

/**
 * The year a year-less time (RFC 3164) was most likely meant in: the one that puts it nearest to when it was
 * received, so that 31 December read on 1 January is last year's.
 */
export function nearestYearMs(
  receivedTimeMs: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  zoneMinutes: number,
): number | null {
  const year = new Date(receivedTimeMs).getUTCFullYear();
  let best: number | null = null;
  // Feb 29 may be up to four years away from a leap year, hence the wider look back.
  for (let candidate = year + 1; candidate >= year - 4; candidate--) {
    const ms = calendarMs(candidate, month, day, hour, minute, second, zoneMinutes);
    if (ms === null) continue;
    if (best === null || Math.abs(ms - receivedTimeMs) < Math.abs(best - receivedTimeMs)) best = ms;
  }
  return best;
}

/** Received day of a time: `YYYY-MM-DD`, UTC. */
export function utcDay(timeMs: number): string {
  return new Date(Math.floor(timeMs / dayMs) * dayMs).toISOString().slice(0, 10);
}

/** Names of the fields that say what was done with an event's time and what is odd about it. */
export const timeCorrectionField = 'vonggac.time_correction_ms';
export const timeFlagsField = 'vonggac.time_flags';

/** An event this far ahead of its receipt is from a clock that is wrong: kept, and flagged `future`. */
export const futureFromMs: number = 5 * minuteMs;

/** The time an event is filed under, and the fields that say how it came about; null when there is nothing to say. */
export interface FiledTime {
  readonly eventTimeMs: number;
  readonly fields: Readonly<Record<string, number | readonly string[]>> | null;
}

// ClickHouse's DateTime64 ends in 2299; beyond it, it would wrap around.
const lastMs = 10_413_791_999_999;

/** Whole milliseconds from 1970 to what the store can say: a time beyond would be another one when it is read back. */
export function heldTime(ms: number): number {
  return Math.min(Math.max(Math.trunc(ms), 0), lastMs);
}

/**
 * The time of an event from what its line states (null: nothing usable, then that of its receipt), put right by the
 * source's correction in force. With `time_correction_ms` taken off again it is what the line says.
 */
export function filedTime(statedMs: number | null, receivedTimeMs: number, correctionMs: number): FiledTime {
  if (statedMs === null) return { eventTimeMs: receivedTimeMs, fields: null };
  const eventTimeMs = heldTime(statedMs + correctionMs);
  const isFuture = eventTimeMs - receivedTimeMs > futureFromMs;
  if (correctionMs === 0 && !isFuture) return { eventTimeMs, fields: null };
  return {
    eventTimeMs,
    fields: {
      ...(correctionMs === 0 ? {} : { [timeCorrectionField]: correctionMs }),
      ...(isFuture ? { [timeFlagsField]: ['future'] } : {}),
    },
  };
}
