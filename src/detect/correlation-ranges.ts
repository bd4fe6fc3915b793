import type { CorrelationIr } from '../sigma/index.ts';

const hourMs = 3_600_000;

/** Hours of event time, [fromMs, toMs), both at full hours. */
export interface HourRange {
  readonly fromMs: number;
  readonly toMs: number;
}

export function hourOf(ms: number): number {
  return Math.floor(ms / hourMs) * hourMs;
}

export function hourEnd(hour: number): number {
  return hour + hourMs;
}

/**
 * The hours whose answer members at these times may change, as ranges far enough apart to be looked at one by one. A
 * member reaches as far ahead as its correlation's timespan; where transitions matter (something is built on them), twice
 * as far, because whether an instant begins an alert depends on the instant before it.
 */
export function touchedRanges(times: Iterable<number>, ir: CorrelationIr, transitions: boolean): HourRange[] {
  const reachMs = transitions ? 2 * ir.timespanMs : ir.timespanMs;
  const ranges: { fromMs: number; toMs: number }[] = [];
  for (const timeMs of [...new Set(times)].sort((a, b) => a - b)) {
    const fromMs = hourOf(timeMs);
    const toMs = hourEnd(hourOf(timeMs + reachMs));
    const last = ranges.at(-1);
    if (last !== undefined && fromMs - lookBackMs(ir) <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else ranges.push({ fromMs, toMs });
  }
  return ranges;
}

/** How far before an instant lie the members that decide on it: its window, and that of the instant before it. */
export function lookBackMs(ir: CorrelationIr): number {
  return 2 * ir.timespanMs;
}

/** Recent members are kept in slices of this length: at most four are needed for an hour and what it looks back on. */
export function sliceLengthMs(ir: CorrelationIr): number {
  return Math.max(hourMs, Math.ceil(ir.timespanMs / hourMs) * hourMs);
}
