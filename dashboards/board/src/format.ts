/**
 * Times and numbers as the house writes them: dd/MM/yyyy HH:mm:ss in +07:00, 1.234,5. Own formatter, because Intl for
 * vi-VN puts the time first and follows the zone of the machine; the control room reads one zone everywhere.
 */
import type { Language } from './i18n/language.ts';

/** Viet Nam has one zone without summer time. */
const zoneMs = 7 * 3_600_000;
export const zoneLabel = '+07:00';

interface Parts {
  readonly day: string;
  readonly month: string;
  readonly year: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  readonly milli: string;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}

function parts(ms: number): Parts | null {
  const d = new Date(ms + zoneMs);
  if (Number.isNaN(d.getTime())) return null;
  return {
    day: two(d.getUTCDate()),
    month: two(d.getUTCMonth() + 1),
    year: String(d.getUTCFullYear()).padStart(4, '0'),
    hour: two(d.getUTCHours()),
    minute: two(d.getUTCMinutes()),
    second: two(d.getUTCSeconds()),
    milli: String(d.getUTCMilliseconds()).padStart(3, '0'),
  };
}

/** `22/11/2026`; '–' when `ms` is not a time. */
export function date(ms: number): string {
  const p = parts(ms);
  return p === null ? '–' : `${p.day}/${p.month}/${p.year}`;
}

/** `03:42:13` */
export function time(ms: number): string {
  const p = parts(ms);
  return p === null ? '–' : `${p.hour}:${p.minute}:${p.second}`;
}

/** `03:42` */
export function hourMinute(ms: number): string {
  return time(ms).slice(0, 5);
}

/** `03:42:13,118`: the comma is the decimal mark of Vietnamese, in both languages, as the date order is. */
export function timeMilli(ms: number): string {
  const p = parts(ms);
  return p === null ? '–' : `${p.hour}:${p.minute}:${p.second},${p.milli}`;
}

/** `22/11/2026 03:42:13` */
export function dateTime(ms: number): string {
  return `${date(ms)} ${time(ms)}`;
}

/** `22/11/2026 03:42:13 +07:00` */
export function dateTimeZone(ms: number): string {
  return `${dateTime(ms)} ${zoneLabel}`;
}

/** What must be said of the day of `ms` beside its time: nothing today, `21/11` this year, `12/07/2020` else. */
export function dayMark(ms: number, nowMs: number): string {
  const day = date(ms);
  const today = date(nowMs);
  if (day === today) return '';
  return day.slice(6) === today.slice(6) ? day.slice(0, 5) : day;
}

/** `03:42:13`, with the day in front unless it is today. A time alone must never pass for today's. */
export function when(ms: number, nowMs: number): string {
  return `${dayMark(ms, nowMs)} ${time(ms)}`.trim();
}

/** Machine form for `<time datetime>`. '' when `ms` is not a time. */
export function machineTime(ms: number): string {
  const d = new Date(ms);
  return Number.isNaN(d.getTime()) ? '' : d.toISOString();
}

/** Value of a datetime-local input in +07:00, whatever the zone of the machine: `2026-11-22T03:42:13`. */
export function toInputTime(ms: number): string {
  const p = parts(ms);
  return p === null ? '' : `${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}:${p.second}`;
}

/** Inverse of `toInputTime`; seconds may be absent. null when the text is no time. */
export function fromInputTime(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(text)) return null;
  const ms = Date.parse(`${text.length === 16 ? `${text}:00` : text}Z`);
  return Number.isNaN(ms) ? null : ms - zoneMs;
}

/** `1.234,5` in Vietnamese, `1,234.5` in English; at most `digits` decimals. */
export function number(value: number, language: Language, digits = 0): string {
  if (!Number.isFinite(value)) return '–';
  const [group, point] = language === 'vi' ? ['.', ','] : [',', '.'];
  const fixed = Math.abs(value).toFixed(digits);
  const [whole = '0', fraction = ''] = fixed.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, group);
  const tail = fraction.replace(/0+$/, '');
  const sign = value < 0 && Number(fixed) !== 0 ? '−' : '';
  return `${sign}${grouped}${tail === '' ? '' : `${point}${tail}`}`;
}

/** How long ago or how long, in one or two words: `9 giây`, `4 phút`, `1 giờ 52`, `2 ngày 3 giờ`. */
export function span(ms: number, language: Language): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const words = language === 'vi' ? ['giây', 'phút', 'giờ', 'ngày'] : ['s', 'min', 'h', 'd'];
  const [second, minute, hour, day] = words;
  if (s < 60) return `${s} ${second}`;
  if (s < 3600) return `${Math.floor(s / 60)} ${minute}`;
  if (s < 86_400) {
    const m = Math.floor((s % 3600) / 60);
    return m === 0 ? `${Math.floor(s / 3600)} ${hour}` : `${Math.floor(s / 3600)} ${hour} ${two(m)}`;
  }
  const d = Math.floor(s / 86_400);
  const h = Math.floor((s % 86_400) / 3600);
  // After a week the hours say nothing any more.
  return `${number(d, language)} ${day}${h === 0 || d > 6 ? '' : ` ${h} ${hour}`}`;
}

/** A stopwatch: `00:14`, `07:31`, `02:17:46`. */
export function stopwatch(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const h = Math.floor(s / 3600);
  const rest = `${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
  return h === 0 ? rest : `${two(h)}:${rest}`;
}

/** A lag with one decimal below ten seconds: `0,4 giây`, `12 giây`, `3 phút`. */
export function lag(ms: number, language: Language): string {
  if (ms < 60_000) {
    const digits = ms < 10_000 ? 1 : 0;
    return `${number(Math.max(0, ms) / 1000, language, digits)} ${language === 'vi' ? 'giây' : 's'}`;
  }
  return span(ms, language);
}

/** Two characters for a person's tile: `Phân tích viên 2` → `P2`, `Nguyễn Thị Ánh` → `NÁ`, '' → `–`. */
export function initials(name: string): string {
  const words = name
    .normalize('NFC')
    .trim()
    .split(/[\s._@-]+/u)
    .filter((w) => w !== '');
  const first = words[0];
  if (first === undefined) return '–';
  const last = words.length > 1 ? words[words.length - 1] : [...first].slice(1).join('');
  return `${[...first][0] ?? ''}${[...(last ?? '')][0] ?? ''}`.toLocaleUpperCase('vi');
}

/** `SC-2611-7F3K` → `SC-7F3K`: the month goes without saying on a board of open incidents. */
export function shortCode(code: string): string {
  const found = /^([A-Z]+)-\d+-(.+)$/.exec(code);
  return found === null ? code : `${found[1]}-${found[2]}`;
}

/** For comparing without tone marks: NFD, marks off, đ → d, lower case. */
export function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase();
}
