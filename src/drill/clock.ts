/**
 * The drill's clock: segments of (wall start, scenario start, rate). Pausing and changing speed append a segment;
 * offsets in the records never change, and past times never move (design/drills.md 3.3).
 */
export interface ClockSegment {
  /** Wall time at which the segment begins, ms since the epoch. */
  readonly wallStartMs: number;
  /** Scenario time at that moment, ms since the scenario's start. */
  readonly simStartMs: number;
  /** Scenario milliseconds per wall millisecond; 0 = paused. */
  readonly rate: number;
}

/** At least one segment, by ascending wall start. */
export type DrillClock = readonly [ClockSegment, ...ClockSegment[]];

/** Fastest replay: at 1000 the demo's three minutes take a fifth of a second, beyond that batches only get bigger. */
export const rateMax = 1000;

/** A clock whose scenario time is 0 at `wallMs`. */
export function startClock(wallMs: number, rate: number): DrillClock {
  return [{ wallStartMs: wallMs, simStartMs: 0, rate: checkedRate(rate) }];
}

/**
 * The same clock, running at `rate` from `wallMs` on (0 pauses). A wall time before the newest segment (the machine's
 * clock was set back) counts as that segment's start, so that scenario time never runs backwards.
 */
export function changeRate(clock: DrillClock, wallMs: number, rate: number): DrillClock {
  const last = newest(clock);
  const wallStartMs = Math.max(wallMs, last.wallStartMs);
  return [...clock, { wallStartMs, simStartMs: simTime(clock, wallStartMs), rate: checkedRate(rate) }];
}

/** Scenario time at a wall time; 0 before the start. Monotonic in `wallMs`. */
export function simTime(clock: DrillClock, wallMs: number): number {
  let current = clock[0];
  for (const segment of clock) {
    if (segment.wallStartMs > wallMs) break;
    current = segment;
  }
  return current.simStartMs + Math.max(0, wallMs - current.wallStartMs) * current.rate;
}

/** The first wall time at which the scenario time is reached, as the clock stands now; null while paused before it. */
export function wallTime(clock: DrillClock, simMs: number): number | null {
  for (const [index, segment] of clock.entries()) {
    const next = clock[index + 1];
    if (simMs <= segment.simStartMs) return segment.wallStartMs;
    if (segment.rate === 0) continue;
    const wallMs = segment.wallStartMs + (simMs - segment.simStartMs) / segment.rate;
    if (next === undefined || wallMs <= next.wallStartMs) return wallMs;
  }
  return null;
}

/** The rate the clock runs at now. */
export function currentRate(clock: DrillClock): number {
  return newest(clock).rate;
}

function newest(clock: DrillClock): ClockSegment {
  return clock.at(-1) ?? clock[0];
}

function checkedRate(rate: number): number {
  if (!Number.isFinite(rate) || rate < 0 || rate > rateMax) {
    throw new RangeError(`drill speed must be between 0 and ${rateMax}, not ${rate}`);
  }
  return rate;
}
