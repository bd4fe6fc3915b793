import { createDetector, type LiveRules, liveRulesOf } from '../detect/index.ts';
import { withIndicators } from '../detect/indicator-rules.ts';
import { createBookInTurns } from '../indicators/book.ts';
import { createHunter, defaultHuntLimits, type Hunter, type HuntLimits } from '../indicators/hunt.ts';
import type { LockPort } from '../indicators/ports.ts';
import type { Indicator, IndicatorList } from '../model/indicator.ts';
import { createMetrics } from '../observe/metrics.ts';
import { compileRules } from '../sigma/index.ts';
import type { Store } from '../store/index.ts';
import { liveIndicatorsOf } from './indicators.ts';

type DetectorParts = Parameters<typeof createDetector>[0];

/**
 * The search for new indicators in stored events. What it finds goes through a detector of its own that knows nothing
 * but these indicators, so that findings, alerts, incidents and notices come about as they do live.
 */
export function openHunt(o: {
  readonly store: Pick<Store, 'ledger' | 'indicators' | 'events' | 'detection'>;
  readonly lock: LockPort;
  readonly detector: DetectorParts;
  readonly clock: () => number;
  readonly limits?: Partial<HuntLimits>;
}): Hunter {
  const { store, clock } = o;
  const noRules = liveRulesOf(compileRules([]));
  let hunted: { readonly of: readonly Indicator[]; readonly rules: LiveRules } | null = null;
  let reading: readonly { readonly event: string; readonly day: string }[] = [];

  const detector = createDetector({
    ...o.detector,
    rules: () => hunted?.rules ?? noRules,
    store: {
      ...o.detector.store,
      readBatch: () => store.events.byIds(reading),
      // It was evaluated when it came; this is no evaluation of the batch by the rules in force.
      recordEvaluation: async () => undefined,
    },
    // Counters of what arrives must not count what is looked at once more.
    metrics: createMetrics(),
  });

  async function evaluate(
    what: { readonly list: IndicatorList; readonly indicators: readonly Indicator[] },
    batch: { readonly id: string; readonly day: string },
    events: readonly string[],
  ): Promise<number> {
    if (hunted?.of !== what.indicators)
      hunted = {
        of: what.indicators,
        rules: withIndicators(noRules, liveIndicatorsOf(await createBookInTurns([what]))),
      };
    reading = events.map((event) => ({ event, day: batch.day }));
    return (await detector.evaluate(batch)).findings;
  }

  return createHunter({
    ledger: store.ledger,
    fresh: store.indicators.fresh,
    slices: store.indicators.slices,
    candidates: store.indicators.candidates,
    evaluate,
    work: () => store.indicators.work('hunt'),
    setWork: (list, atMs, work) => store.indicators.setWork(list, 'hunt', atMs, work),
    lock: o.lock,
    clock,
    limits: { ...defaultHuntLimits, ...o.limits },
  });
}
