import {
  alertView,
  buildAlert,
  correlatedAlertId,
  correlatedDraftOf,
  defaultAlertLimits,
  draftOf,
} from '../../src/alert/index.ts';
import { createDetector, type Detector, type LiveRules } from '../../src/detect/index.ts';
import { createIncidents, type Incidents } from '../../src/incident/index.ts';
import { createLog } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createQueues, type Queues } from '../../src/queue/index.ts';
import { createState, type State } from '../../src/state/index.ts';
import type { Store } from '../../src/store/index.ts';
import type { RedisProcess } from './redis-process.ts';

/** A process of the detect role: its own connections, its own detector. */
export interface Worker {
  readonly queues: Queues;
  readonly state: State;
  readonly detector: Detector;
  readonly incidents: Incidents;
  /** From now on every so many steps of its effects throw, as a crash would. */
  crashing(share: number): void;
  close(): Promise<void>;
}

export function startWorker(o: {
  readonly name: string;
  readonly rules: () => LiveRules;
  readonly store: Store;
  readonly redis: RedisProcess;
  readonly notices: Map<string, number>;
  readonly random: () => number;
}): Worker {
  const { store, redis, notices, random } = o;
  const log = createLog('silent');
  let share = 0;
  const perhaps = (): void => {
    if (random() < share) throw new Error('crash');
  };
  const shaky = <A extends unknown[], R>(work: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      perhaps();
      const result = await work(...args);
      perhaps();
      return result;
    };
  };
  const metrics = createMetrics();
  // Locks that outlive a standstill of a busy machine, and that a Redis which was killed does not keep for long.
  const limits = { offerTimeoutMs: 2000, retryFirstMs: 20, retryMaxMs: 200, stalledCheckMs: 500, jobLockMs: 5000 };
  const queues = createQueues({ connection: redis.connection, log, metrics, limits });
  const state = createState({
    connection: redis.connection,
    log,
    limits: { lockTtlMs: 5000, lockWaitMs: 60_000, feedBlockMs: 200 },
  });
  const incidents = createIncidents({
    alerts: { ...store.detection, writeAlerts: shaky(store.detection.writeAlerts) },
    incidents: { ...store.incidents, write: shaky(store.incidents.write) },
    ledger: {
      append: shaky(store.ledger.append),
      begin: shaky(store.ledger.begin),
      newestOf: store.ledger.newestOf,
    },
    lock: state.lock,
    names: (system) => ({ systemName: system, orgName: '', systemLevel: 3 }),
    publish: shaky(state.bus.publish),
    viewAlert: (alert, { code }) =>
      alertView(alert, { incidentCode: code, systemName: alert.system }, defaultAlertLimits),
    warn: () => undefined,
    clock: Date.now,
  });
  const detector = createDetector({
    store: {
      ...store.events,
      ...store.detection,
      insertFindings: shaky(store.detection.insertFindings),
      recordEvaluation: shaky(store.events.recordEvaluation),
    },
    rules: o.rules,
    alert: {
      draft: draftOf,
      build: (o) => buildAlert({ ...o, limits: defaultAlertLimits }),
      correlated: (hour) => correlatedDraftOf({ ...hour, limits: defaultAlertLimits }),
      correlatedId: correlatedAlertId,
    },
    members: { ...store.correlations, insertMembers: shaky(store.correlations.insertMembers) },
    recent: { exchange: shaky(state.correlations.exchange), fill: shaky(state.correlations.fill) },
    incidents,
    notify: shaky(async (raised) => {
      for (const { alert } of raised) notices.set(alert.id, (notices.get(alert.id) ?? 0) + 1);
    }),
    offer: queues.offerDetect,
    worker: o.name,
    clock: Date.now,
    limits: { sweepGraceMs: 300, sweepEveryMs: 200, findingsPerWrite: 20 },
    log,
    metrics,
  });
  queues.workDetect(async (ref) => void (await detector.evaluate(ref)), { concurrency: 3 });
  const stopSweeping = detector.startSweeping({
    every: (ms, run) => {
      const timer = setInterval(run, ms);
      return () => clearInterval(timer);
    },
  });
  return {
    queues,
    state,
    detector,
    incidents,
    crashing: (next) => {
      share = next;
    },
    close: async () => {
      stopSweeping();
      await queues.close();
      await detector.close();
      await state.close();
    },
  };
}
