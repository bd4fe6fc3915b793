import { type Band, type HourClass, hourClasses, officeHours, type SourceContract } from '../model/source-contract.ts';
import { delaysOf, estimateClock } from './clock.ts';
import { coveredMs, type Outages } from './facts.ts';
import { readTags } from './facts-of.ts';
import type { HolidayCalendar } from './holidays.ts';
import { stretchesOf } from './hour-class.ts';
import type { WatchLimits } from './limits.ts';
import type { StoredHour, StoredKind } from './ports.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const minuteMs = 60_000;

/** Hours of a class before anything is said of it; with fewer, its band is open. */
const hoursLeast = 10;
/** A kind of log is proposed when it makes up this share. */
const kindShareLeast = 0.005;
const kindsMax = 20;

/**
 * A contract as a source has kept it over the last weeks, for a person to confirm; null when less than a week is known.
 * Bands are wide on purpose: half of what a poor hour brought (the lowest twentieth), three times a rich one. A class in
 * which a twentieth of the hours brought nothing owes nothing.
 */
export function learnContract(o: {
  readonly hours: readonly StoredHour[];
  readonly kinds: readonly StoredKind[];
  readonly outages: Outages;
  readonly calendar: HolidayCalendar;
  readonly nowMs: number;
  readonly limits: WatchLimits;
}): SourceContract | null {
  const rows = new Map(o.hours.map((hour) => [hour.startMs, hour.rows]));
  const firstMs = Math.min(...rows.keys());
  const endMs = Math.floor(o.nowMs / hourMs) * hourMs;
  if (!(endMs - firstMs >= 7 * dayMs)) return null;
  const byClass = new Map<HourClass, number[]>(hourClasses.map((each) => [each, []]));
  for (let startMs = firstMs; startMs < endMs; startMs += hourMs) {
    const [stretch, ...more] = stretchesOf(startMs, startMs + hourMs, officeHours, o.calendar);
    // Hours of two classes say nothing clear of either.
    if (stretch === undefined || more.length > 0) continue;
    if (coveredMs(startMs, startMs + hourMs, o.outages) < hourMs) continue;
    byClass.get(stretch.hourClass)?.push(rows.get(startMs) ?? 0);
  }
  const bandOf = (each: HourClass): Band => learnBand(byClass.get(each) ?? []);
  const volume = {
    working: bandOf('working'),
    night: bandOf('night'),
    weekend: bandOf('weekend'),
    holiday: bandOf('holiday'),
  };
  const clock = estimateClock(delaysOf(o.hours, 0), o.limits);
  const owesSomething = hourClasses.some((each) => volume[each].least > 0);
  return {
    agreedMs: o.nowMs,
    kinds: learnKinds(o.kinds),
    volume,
    workingHours: officeHours,
    silenceMs: owesSomething ? 2 * hourMs : 0,
    kindSilenceMs: owesSomething ? dayMs : 0,
    lagMs: clock === null ? 0 : Math.max(10 * minuteMs, roundUp(3 * clock.lagMs, minuteMs)),
    skewMs: clock === null ? 0 : 5 * minuteMs,
  };
}

function learnBand(counts: readonly number[]): Band {
  if (counts.length < hoursLeast) return { least: 0, most: 0 };
  const sorted = counts.toSorted((a, b) => a - b);
  const quantile = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return { least: Math.floor(quantile(0.05) / 2), most: Math.max(100, roundUp(3 * quantile(0.99), 10)) };
}

function learnKinds(kinds: readonly StoredKind[]): readonly string[] {
  const total = kinds.reduce((sum, { rows }) => sum + rows, 0);
  const counts = new Map<string, number>();
  for (const { tags, rows } of kinds) {
    const { product, categories, services } = readTags(tags);
    if (product === null) continue;
    const parts = services.length > 0 ? services : categories;
    for (const kind of parts.length > 0 ? parts.map((part) => `${product}/${part}`) : [product])
      counts.set(kind.toLowerCase(), (counts.get(kind.toLowerCase()) ?? 0) + rows);
  }
  return [...counts]
    .filter(([, rows]) => rows >= total * kindShareLeast)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, kindsMax)
    .map(([kind]) => kind)
    .toSorted();
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
