import { buildAlert, correlatedAlertId, correlatedDraftOf, defaultAlertLimits, draftOf } from '../alert/index.ts';
import { createDetector, type Detector, type LiveRules, type Pass } from '../detect/index.ts';
import type { Incidents } from '../incident/index.ts';
import type { Notifier } from '../notify/index.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Queues } from '../queue/index.ts';
import type { Register } from '../register/index.ts';
import { createMemoryCorrelationState } from '../state/index.ts';
import type { Closers } from './closers.ts';
import { every } from './every.ts';
import { openHunt } from './indicator-hunt.ts';
import type { RecentBatches } from './recent-batches.ts';
import type { Records } from './records.ts';
import type { RuleBook } from './rules.ts';
import { openWatch } from './watch.ts';

/** Between two looks for indicators that stored events were not searched for. */
const huntMs = 5_000;
const watchMs = 60_000;

/**
 * What the role `detect` does: batches against the rules, new indicators against stored events, sources against their
 * contracts. Returns how events are looked at while they are read.
 */
export function openDetection(o: {
  readonly records: Pick<Records, 'store' | 'state' | 'embedded'>;
  readonly queues: Queues;
  readonly closers: Closers;
  readonly register: Register;
  readonly rules: RuleBook;
  /** The rules in force, with the indicators. */
  readonly liveRules: () => LiveRules;
  readonly recent: RecentBatches<Pass>;
  readonly incidents: Incidents;
  readonly notifier: Notifier;
  /** Batches evaluated at once. */
  readonly concurrency: number;
  /** Name of this process. */
  readonly worker: string;
  readonly clock: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}): Detector['look'] {
  const { queues, closers, recent, notifier, worker, clock, log, metrics } = o;
  const { store, state, embedded } = o.records;
  const parts: Parameters<typeof createDetector>[0] = {
    rules: o.liveRules,
    store: { ...store.events, ...store.detection },
    alert: {
      draft: draftOf,
      build: (draft) => buildAlert({ ...draft, limits: defaultAlertLimits }),
      correlated: (hour) => correlatedDraftOf({ ...hour, limits: defaultAlertLimits }),
      correlatedId: correlatedAlertId,
    },
    members: store.correlations,
    // One worker alone keeps recent members by itself; several share them.
    recent: embedded ? createMemoryCorrelationState() : state.correlations,
    incidents: o.incidents,
    notify: async (raised) => {
      for (const each of raised) await notifier.onAlert(each);
    },
    offer: queues.offerDetect,
    worker,
    clock,
    log,
    metrics,
  };
  const detector = createDetector({ ...parts, looked: recent.take });
  queues.workDetect(
    async (ref) => {
      try {
        await detector.evaluate(ref);
      } finally {
        recent.done(ref);
      }
    },
    { concurrency: o.concurrency },
  );
  const stopSweeping = detector.startSweeping({
    every: (ms, run) => {
      const timer = setInterval(run, ms);
      return () => clearInterval(timer);
    },
  });
  closers.add('sweeper', async () => stopSweeping());

  const hunter = openHunt({ store, lock: state.lock, detector: parts, clock });
  const stopHunting = every(huntMs, 'indicator hunt', hunter.round, log);
  closers.add('indicator hunt', () => {
    hunter.close();
    return stopHunting();
  });

  const watch = openWatch({
    store,
    lock: state.lock,
    register: o.register,
    rules: o.rules,
    incidents: o.incidents,
    notify: async (raised) => void (await notifier.onAlert(raised)),
    process: worker,
    clock,
    log,
    metrics,
  });
  closers.add('watch', every(watchMs, 'watch', watch.round, log));
  return detector.look;
}
