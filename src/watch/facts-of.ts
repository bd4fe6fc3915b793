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
  const recent = rows.hours.filter(({ startMs }) => startMs > nowMs - limits.clockHours * hourMs);
  const clock = estimateClock(delaysOf(recent, source.timeCorrection?.addMs ?? 0), limits);
  return {
    lastReceivedMs: Math.max(0, ...rows.kinds.map(({ lastReceivedMs }) => lastReceivedMs)),
    hours: rows.hours,
    kinds: rows.kinds.map(({ tags, lastReceivedMs }) => ({ tags: readTags(tags), lastReceivedMs })),
    // To a contract a wrong zone is an error of the clock like any other.
    clock: clock === null ? null : { ...clock, skewMs: clock.skewMs - clock.zoneErrorMs },
  };
}

/** Tags as the batch ledger writes them. */
export function readTags(text: string): LogsourceTags {
  const [product, categories, services] = JSON.parse(text) as [string, string[], string[]];
  return { product: product === '' ? null : product, categories, services };
}
