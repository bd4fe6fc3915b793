import type { DatagramSpoolStats } from '../collect/datagram-spool/spool.ts';
import type { Health, RuleSetView } from '../contract/api.ts';
import type { Intake } from '../ingest/index.ts';
import type { Queues } from '../queue/index.ts';
import type { Register } from '../register/index.ts';
import type { Store } from '../store/index.ts';

/** A wait longer than this makes the platform "degraded": an analyst should know that the board is behind. */
const degradedLagMs = 15_000;
/** A store that takes longer to say how it is does not serve people either; the feed waits 3 s for an answer. */
const answerMs = 2500;
/** Health is asked by every board and every probe; the stores are asked once in this time. */
const freshMs = 1000;

/** Workers that evaluated nothing for longer are not named. */
const workersSinceMs = 15 * 60_000;
const workersFreshMs = 5000;

export interface HealthParts {
  readonly version: string;
  readonly store: Pick<Store, 'ping' | 'events' | 'notices' | 'sourceWatch'>;
  readonly queues: Pick<Queues, 'depth'>;
  readonly register: Pick<Register, 'sources' | 'source'>;
  /** null in a process without the role collect. */
  readonly intake: Pick<Intake, 'stats'> | null;
  readonly droppedUdp: () => number;
  readonly spool: () => DatagramSpoolStats | null;
  readonly rules: () => RuleSetView;
  readonly clock: () => number;
}

/** The lags of every stage, from the ledgers and the queues. Never rejects: a store that is away is an answer. */
export function createHealth(parts: HealthParts): () => Promise<Health> {
  let last: { readonly atMs: number; readonly answer: Promise<Health> } | null = null;
  let unansweredSinceMs: number | null = null;
  let workersAskedMs = Number.NEGATIVE_INFINITY;
  let knownWorkers: Health['detect']['workers'] = [];

  /** As they were when they were last asked for; nobody waits for them, since the platform is not down without. */
  function workersAt(atMs: number): Health['detect']['workers'] {
    if (atMs - workersAskedMs >= workersFreshMs) {
      workersAskedMs = atMs;
      parts.store.events.workers(atMs - workersSinceMs).then(
        (now) => {
          knownWorkers = now;
        },
        () => undefined,
      );
    }
    return knownWorkers;
  }

  async function ask(): Promise<Health> {
    const atMs = parts.clock();
    const [depth, facts] = await Promise.all([
      parts.queues.depth(),
      inTime(
        Promise.all([
          parts.store.events.coverage(),
          parts.store.notices.counts(),
          parts.store.events.sources(),
          parts.store.sourceWatch.openBreaches(),
        ]),
      ),
    ]);
    const held = parts.intake?.stats();
    // A store may answer questions and take no rows: its disk is full.
    const up = facts !== null && held?.storeAway !== true;
    unansweredSinceMs = up ? null : (unansweredSinceMs ?? atMs);
    const [coverage, notices, sources, breaches] = facts ?? [null, null, [], []];
    const broken = new Set(breaches.map(({ source }) => source));
    const workers = up ? workersAt(atMs) : [];
    const rules = parts.rules();
    const spooled = parts.spool();
    const spoolLagMs = spooled === null || spooled.sinceMs === null ? 0 : Math.max(0, atMs - spooled.sinceMs);
    const collectLagMs = Math.round(Math.max(held?.lagMs ?? 0, spoolLagMs));
    const lags = [coverage?.oldestWaitingMs ?? 0, collectLagMs];
    const degraded = depth === null || lags.some((lag) => lag > degradedLagMs) || (spooled?.failure ?? '') !== '';
    const named = new Map(sources.map((source) => [source.id, source]));
    return {
      status: up ? (degraded ? 'degraded' : 'ok') : 'down',
      atMs,
      version: parts.version,
      collect: {
        lagMs: collectLagMs,
        waitingRows: held?.waitingRows ?? 0,
        droppedUdp: parts.droppedUdp(),
        spool: spooled === null ? null : spoolView(spooled),
      },
      store: { up, lagMs: unansweredSinceMs === null ? 0 : atMs - unansweredSinceMs },
      detect: {
        lagMs: coverage?.oldestWaitingMs ?? 0,
        waitingBatches: coverage?.waiting ?? 0,
        lastBatch: coverage?.lastBatch ?? '',
        rules: rules.detections + rules.correlations,
        refusedRules: rules.refusedTotal,
        ruleSet: rules.version,
        rulesLoadedMs: rules.loadedMs,
        rulesFailure: rules.failure,
        workers,
      },
      notify: { lagMs: notices?.oldestWaitingMs ?? 0, waiting: notices?.waiting ?? 0, failed: notices?.failed ?? 0 },
      queue: { up: depth !== null },
      sources: [...new Set([...parts.register.sources().map(({ id }) => id), ...named.keys()])].map((id) => {
        const seen = named.get(id);
        const agreed = parts.register.source(id)?.contract !== undefined;
        return {
          id,
          name: parts.register.source(id)?.name ?? id,
          lastReceivedMs: seen?.lastReceivedMs ?? 0,
          perMinute: seen?.perMinute ?? 0,
          rawShare: seen?.rawShare ?? 0,
          contract: broken.has(id) ? 'broken' : agreed ? 'kept' : 'none',
        };
      }),
    };
  }

  return () => {
    const nowMs = parts.clock();
    if (last === null || nowMs - last.atMs >= freshMs) last = { atMs: nowMs, answer: ask() };
    return last.answer;
  };
}

function spoolView({ lines, bytes, bytesMax, dropped, failure }: DatagramSpoolStats): Health['collect']['spool'] {
  return { lines, bytes, bytesMax, dropped, failure };
}

/** What `work` gives within the time for an answer, else null; never rejects. */
async function inTime<T>(work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), answerMs);
  });
  try {
    return await Promise.race([work.catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}
