/** The watch: two shifts a day, 06:00–18:00 and 18:00–06:00 (+07:00), and its alerts in ten-minute bars. */
import type { AlertView } from '../../../src/contract/api.ts';
import { severityRank } from './severity.ts';

const hourMs = 3_600_000;
const zoneMs = 7 * hourMs;
const shiftMs = 12 * hourMs;
const barMs = 600_000;

export interface Shift {
  readonly name: 'day' | 'night';
  readonly fromMs: number;
  readonly toMs: number;
}

export function shiftAt(nowMs: number): Shift {
  const firstMs = 6 * hourMs;
  const local = nowMs + zoneMs - firstMs;
  const index = Math.floor(local / shiftMs);
  const fromMs = index * shiftMs - zoneMs + firstMs;
  return { name: index % 2 === 0 ? 'day' : 'night', fromMs, toMs: fromMs + shiftMs };
}

/** One bar: how many alerts were raised in its ten minutes; `high` and `critical` are parts of `all`. */
export interface Bar {
  readonly all: number;
  readonly high: number;
  readonly critical: number;
}

export function shiftBars(alerts: readonly AlertView[], shift: Shift): readonly Bar[] {
  const bars = Array.from({ length: shiftMs / barMs }, () => ({ all: 0, high: 0, critical: 0 }));
  for (const alert of alerts) {
    const bar = bars[Math.floor((alert.createdMs - shift.fromMs) / barMs)];
    if (bar === undefined || alert.createdMs < shift.fromMs) continue;
    const rank = severityRank(alert.severity);
    bar.all += 1;
    if (rank === 4) bar.high += 1;
    if (rank === 5) bar.critical += 1;
  }
  return bars;
}
