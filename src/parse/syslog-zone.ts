import { localZoneMinutes } from '../model/event-time.ts';

const zone = /^(?:<\d{1,3}>)?(?:1 )?\d{4}-\d\d-\d\d[T ][\d:.,]{5,20}(?:Z|([+-])(\d\d):?(\d\d)) /;
/** A time of day in a message, and one with its zone. */
const clock = /\d\d:\d\d:\d\d/;
const zonedClock = /\d\d:\d\d:\d\d(?:[.,]\d{1,9})? ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d)/;
/** A program's own time is at most so far from the time its line was handed on. */
const apartMs = 10 * 60_000;

/**
 * The time a message states, read in the zone of its header when it has none of its own: a container that runs in UTC
 * writes UTC into both. Zone-less times were read as +07:00; read in the header's zone they are near the header's time.
 * `text`: the whole line, whose header may name a zone; `message`: what stands behind the header.
 */
export function inHeaderZone(
  timeMs: number | null,
  headerMs: number | null,
  text: string,
  message: string,
): number | null {
  if (timeMs === null || headerMs === null || Math.abs(timeMs - headerMs) <= apartMs) return timeMs;
  const found = zone.exec(text);
  if (found === null || !clock.test(message) || zonedClock.test(message)) return timeMs;
  const minutes = found[1] === undefined ? 0 : (found[1] === '-' ? -1 : 1) * (60 * Number(found[2]) + Number(found[3]));
  const zoned = timeMs + (localZoneMinutes - minutes) * 60_000;
  return Math.abs(zoned - headerMs) <= apartMs ? zoned : timeMs;
}
