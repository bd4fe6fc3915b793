import type { Position, Problems } from '../problem.ts';
import type { YamlEntry } from './yaml.ts';

const dayMs = 86_400_000;
/** Milliseconds of each unit. w, M and y are not in the specification; a month has 30 days and a year 365. */
const unitsMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: dayMs,
  w: 7 * dayMs,
  M: 30 * dayMs,
  y: 365 * dayMs,
};
/** Longer than any log is kept. */
const longestMs = 10 * 365 * dayMs;

/** `15m` → milliseconds; null when it was refused (and reported). */
export function parseTimespan(entry: YamlEntry | undefined, at: Position, problems: Problems): number | null {
  if (entry === undefined) {
    problems.report('correlation-timespan', at, 'the correlation has no timespan');
    return null;
  }
  const text = entry.value.kind === 'scalar' ? String(entry.value.value).trim() : '';
  const match = /^(\d{1,9})([smhdwMy])$/.exec(text);
  const spanMs = Number(match?.[1] ?? 0) * (unitsMs[match?.[2] ?? ''] ?? 0);
  if (spanMs > 0 && spanMs <= longestMs) return spanMs;
  const why = spanMs > longestMs ? 'is longer than ten years' : 'is no timespan';
  problems.report('correlation-timespan', entry.value.at, `"${text.slice(0, 80)}" ${why}`);
  return null;
}
