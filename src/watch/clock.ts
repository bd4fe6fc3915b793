import type { WatchLimits } from './limits.ts';
import type { StoredHour } from './ports.ts';

/** Delays of one hour of a source: receipt less event time by its own clock, ms. */
export interface DelaySample {
  readonly rows: number;
  readonly lowMs: number;
  readonly midMs: number;
}

/** The delays of hours with a correction taken off. */
export function delaysOf(hours: readonly StoredHour[], correctionMs: number): DelaySample[] {
  return hours
    .filter(({ timedRows }) => timedRows > 0)
    .map(({ timedRows, delayLowMs, delayMidMs }) => {
      return { rows: timedRows, lowMs: delayLowMs - correctionMs, midMs: delayMidMs - correctionMs };
    });
}

/** What the delays say of a source's clock. */
export interface ClockEstimate {
  /** Lines with a time of their own behind it. */
  readonly samples: number;
  /** What would have to be added to its times: a zone read wrongly, in whole quarters of an hour; 0 for none. */
  readonly zoneErrorMs: number;
  /** How far the clock is ahead (positive) or behind beside the zone. Behind is told from a slow way only by what is agreed. */
  readonly skewMs: number;
  /** Usual time from event to receipt, the zone put right. */
  readonly lagMs: number;
}

const minuteMs = 60_000;
/** What zones differ by, the usual first, each with how near the delay must lie to be taken for it. */
const zoneSteps: readonly { readonly stepMs: number; readonly withinMs: number }[] = [
  { stepMs: 60 * minuteMs, withinMs: 5 * minuteMs },
  { stepMs: 30 * minuteMs, withinMs: 3 * minuteMs },
  { stepMs: 15 * minuteMs, withinMs: 2 * minuteMs },
];
/** Widest zones: UTC-12 read as UTC+14. */
const zoneMaxMs = 26 * 60 * minuteMs;
/** A zone stays as it is; what is late for other reasons varies. */
const steadyShare = 0.8;
const steadyWithinMs = 5 * minuteMs;

/**
 * Clock and way of a source from its delays over some hours; null when too few lines bear a time. The delay of the
 * quickest lines is the clock's error, as nothing arrives before it happened: a low quantile, so that single lines from
 * elsewhere do not decide.
 */
export function estimateClock(hours: readonly DelaySample[], limits: WatchLimits): ClockEstimate | null {
  const samples = hours.reduce((sum, { rows }) => sum + rows, 0);
  if (samples < limits.clockSamplesLeast) return null;
  const quickestMs = weightedQuantile(hours, ({ lowMs }) => lowMs, 0.1);
  const near = hours.filter(({ lowMs }) => Math.abs(lowMs - quickestMs) <= steadyWithinMs);
  const isSteady = near.reduce((sum, { rows }) => sum + rows, 0) >= samples * steadyShare;
  const zoneErrorMs = isSteady ? zoneOf(quickestMs) : 0;
  return {
    samples,
    zoneErrorMs,
    skewMs: zoneErrorMs - quickestMs,
    lagMs: weightedQuantile(hours, ({ midMs }) => midMs, 0.5) - zoneErrorMs,
  };
}

function zoneOf(delayMs: number): number {
  if (Math.abs(delayMs) > zoneMaxMs) return 0;
  for (const { stepMs, withinMs } of zoneSteps) {
    const zone = Math.round(delayMs / stepMs) * stepMs;
    if (zone !== 0 && Math.abs(delayMs - zone) <= withinMs) return zone;
  }
  return 0;
}

function weightedQuantile(
  hours: readonly DelaySample[],
  measure: (hour: DelaySample) => number,
  share: number,
): number {
  const sorted = hours.filter(({ rows }) => rows > 0).toSorted((a, b) => measure(a) - measure(b));
  const target = sorted.reduce((sum, { rows }) => sum + rows, 0) * share;
  let passed = 0;
  for (const hour of sorted) {
    passed += hour.rows;
    if (passed >= target) return measure(hour);
  }
  return 0;
}
