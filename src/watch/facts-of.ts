import type { LogsourceTags } from '../model/event.ts';
import type { Source } from '../model/source.ts';
import { delaysOf, estimateClock } from './clock.ts';
import type { SourceFacts } from './facts.ts';
import type { WatchLimits } from './limits.ts';
import type { StoredHour, StoredKind } from './ports.ts';

const hourMs = 3_600_000;

/** Facts of a source from its own rows of the store. */
export function factsOf(
  source: Source,
  rows: { readonly hours: readonly StoredHour[]; readonly kinds: readonly StoredKind[] },
  nowMs: number,
  limits: WatchLimits,
): SourceFacts {
  const clock = estimateClock(
    delaysOf(newestHours(rows.hours, nowMs, limits), source.timeCorrection?.addMs ?? 0),
    limits,
  );
  return {
    lastReceivedMs: Math.max(0, ...rows.kinds.map(({ lastReceivedMs }) => lastReceivedMs)),
    hours: rows.hours,
    kinds: rows.kinds.map(({ tags, lastReceivedMs }) => ({ tags: readTags(tags), lastReceivedMs })),
    // To a contract a wrong zone is an error of the clock like any other.
    clock: clock === null ? null : { ...clock, skewMs: clock.skewMs - clock.zoneErrorMs },
  };
}

/**
 * The hours a clock is judged by: the newest few, so that a change is seen soon, and of a source of few lines as many
 * more as it takes to say anything.
 */
function newestHours(hours: readonly StoredHour[], nowMs: number, limits: WatchLimits): readonly StoredHour[] {
  const surely = nowMs - limits.clockJudgedHours * hourMs;
  let samples = 0;
  return hours
    .filter(({ startMs }) => startMs > nowMs - limits.clockHours * hourMs)
    .toReversed()
    .filter(({ startMs, timedRows }) => {
      const wanted = startMs > surely || samples < limits.clockSamplesLeast;
      samples += timedRows;
      return wanted;
    });
}

/** Tags as the batch ledger writes them. */
export function readTags(text: string): LogsourceTags {
  const [product, categories, services] = JSON.parse(text) as [string, string[], string[]];
  return { product: product === '' ? null : product, categories, services };
}
