import { calendarMs, localZoneMinutes, monthOf, nearestYearMs } from '../model/event-time.ts';

const clock = '(\\d{2}):(\\d{2}):(\\d{2})(?:[.,](\\d{1,9}))?';
/** `Nov 22 2026 05:00:00.123 UTC`, with or without year, zone and comma. */
const monthFirst = new RegExp(`^([A-Za-z]{3}) {1,2}(\\d{1,2})(?:,? (\\d{4}))?,? ${clock}(?: ?(\\S{1,8}))?`);
/** `22 Nov 2026 05:00:00`. */
const dayFirst = new RegExp(`^(\\d{1,2})[ -]([A-Za-z]{3})[ -](\\d{4}),? ${clock}(?: ?(\\S{1,8}))?`);

/** Minutes east of UTC of a zone as devices name it; the province's own when it says nothing known. */
function zoneMinutes(zone: string | undefined): number {
  if (zone === 'UTC' || zone === 'GMT' || zone === 'Z') return 0;
  const found = /^(?:GMT|UTC)?([+-])(\d\d):?(\d\d)$/.exec(zone ?? '');
  if (found === null) return localZoneMinutes;
  return (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3]));
}

/** Milliseconds of a time with an English month, as devices write it; without a year, the one nearest to receipt. */
export function monthTimeMs(text: string, receivedTimeMs: number): number | null {
  const first = monthFirst.exec(text);
  const found = first ?? dayFirst.exec(text);
  if (found === null) return null;
  const [, one = '', two = '', year, hour, minute, second, fraction, zone] = found;
  const month = monthOf(first === null ? two : one);
  const day = Number(first === null ? one : two);
  const parts = [day, Number(hour), Number(minute), Number(second), zoneMinutes(zone)] as const;
  const whole =
    year === undefined ? nearestYearMs(receivedTimeMs, month, ...parts) : calendarMs(Number(year), month, ...parts);
  return whole === null ? null : whole + (fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000));
}
