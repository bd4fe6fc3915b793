import { Queue } from 'bullmq';
import { queueNames } from '../contract/jobs.ts';
import type { BatchRef } from '../model/batch.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { openProducerConnection, openWorkerConnection, type RedisAddress } from './connection.ts';
import { jobId, readDetectJob, readNotifyJob } from './job-data.ts';
import { defaultQueueLimits, type QueueLimits } from './limits.ts';
import { type Attempt, startWork, type Work, type WorkOptions } from './worker.ts';

export type { QueueLimits } from './limits.ts';

/** How many jobs wait and how long the oldest of them has; ms, 0 when none waits. */
interface QueueDepth {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly oldestMs: number;
}

/** An offer that Redis did not take; the ledgers still know the work, and the sweeper offers it again. */
export class QueueAway extends Error {
  readonly code = 'queue-away';
  constructor(cause: unknown) {
    super('the queue does not answer', { cause });
    this.name = 'QueueAway';
  }
}

export interface Queues {
  /**
   * Wakes a worker for a batch; offering it again while it waits or runs changes nothing, and while too many wait it is
   * left to the sweep. Throws QueueAway.
   */
  offerDetect(ref: BatchRef): Promise<void>;
  workDetect(handler: (ref: BatchRef, attempt: Attempt) => Promise<void>, options: WorkOptions): Work;
  /** Wakes a worker for a notice. Throws QueueAway. */
  offerNotify(notice: string): Promise<void>;
  workNotify(handler: (notice: string, attempt: Attempt) => Promise<void>, options: WorkOptions): Work;
  /** null while Redis does not answer. */
  depth(): Promise<{ readonly detect: QueueDepth; readonly notify: QueueDepth } | null>;
  /** Ends the work first, so that a running job may still offer what follows from it. Twice is as good as once. */
  close(): Promise<void>;
}

/**
 * All BullMQ queues of the platform. Jobs are wake-ups: they carry ids, are removed when done (so that an id can be
 * offered again), and may be lost or doubled without harm.
 * `prefix` parts test runs that share a Redis.
 */
export function createQueues(o: {
  readonly connection: RedisAddress;
  readonly prefix?: string;
  readonly limits?: Partial<QueueLimits>;
  readonly clock?: () => number;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'counter'>;
}): Queues {
  const limits: QueueLimits = { ...defaultQueueLimits, ...o.limits };
  const clock = o.clock ?? Date.now;
  const prefix = o.prefix ?? 'vonggac';
  const log = o.log.child({ part: 'queue' });
  const producer = openProducerConnection(o.connection, log, limits.offerTimeoutMs);
  const opened = new Map<string, Queue>();
  const queueOf = (name: 'detect' | 'notify'): Queue => {
    const known = opened.get(name);
    if (known !== undefined) return known;
    const queue = new Queue(queueNames[name], {
      connection: producer,
      prefix,
      defaultJobOptions: {
        attempts: Number.MAX_SAFE_INTEGER,
        backoff: { type: 'custom' },
        removeOnComplete: true,
        removeOnFail: true,
        stackTraceLimit: 1,
      },
      streams: { events: { maxLen: 1000 } },
    });
    queue.on('error', (error) => log.debug({ err: error, queue: name }, 'queue'));
    opened.set(name, queue);
    // BullMQ never mends a queue whose first hello was cut off; a fresh one is opened at the next use.
    queue.waitUntilReady().catch(() => opened.delete(name));
    return queue;
  };
  queueOf('detect');
  queueOf('notify');
  const done = o.metrics.counter('queue_jobs_done_total', 'Jobs finished', ['queue']);
  const failed = o.metrics.counter('queue_jobs_failed_total', 'Tries of jobs that failed', ['queue']);
  const offerLeft = o.metrics.counter('queue_offers_left_total', 'Offers left to the sweep: too many wait', ['queue']);
  const offerFailed = o.metrics.counter('queue_offers_failed_total', 'Offers Redis did not take', ['queue']);
  const working: Work[] = [];

  const counted = new Map<string, { readonly atMs: number; readonly full: boolean }>();
  const isFull = async (name: 'detect' | 'notify'): Promise<boolean> => {
    const nowMs = clock();
    const last = counted.get(name);
    if (last !== undefined && nowMs - last.atMs < limits.countAgeMs) return last.full;
    const { wait = 0, delayed = 0 } = await queueOf(name).getJobCounts('wait', 'delayed');
    const full = wait + delayed >= limits.waitingMax;
    if (full && last?.full !== true)
      log.warn({ queue: name, waiting: wait + delayed }, 'too many jobs wait: the sweep offers the rest later');
    counted.set(name, { atMs: nowMs, full });
    return full;
  };

  const add = async (name: 'detect' | 'notify', id: string, data: object): Promise<void> => {
    if (await isFull(name)) offerLeft.inc({ queue: name });
    else await queueOf(name).add(name, data, { jobId: id });
  };

  const offer = async (name: 'detect' | 'notify', id: string, data: object): Promise<void> => {
    const checked = jobId(id);
    try {
      await bounded(add(name, checked, data), limits.offerTimeoutMs);
    } catch (error) {
      offerFailed.inc({ queue: name });
      throw new QueueAway(error);
    }
  };

  const depthOf = async (queue: Queue): Promise<QueueDepth> => {
    const counts = await queue.getJobCounts('wait', 'active', 'delayed');
    const waiting = await queue.getJobs(['wait'], 0, 0, true);
    const oldest = waiting[0]?.timestamp;
    return {
      waiting: counts.wait ?? 0,
      active: counts.active ?? 0,
      delayed: counts.delayed ?? 0,
      oldestMs: oldest === undefined ? 0 : Math.max(0, clock() - oldest),
    };
  };

  const work = <T>(
    name: 'detect' | 'notify',
    read: (data: unknown) => T | null,
    handler: (job: T, attempt: Attempt) => Promise<void>,
    options: WorkOptions,
  ): Work => {
    const counts = {
      done: { inc: () => done.inc({ queue: name }) },
      failed: { inc: () => failed.inc({ queue: name }) },
    };
    const connection = openWorkerConnection(o.connection, log);
    const started = startWork({
      queue: queueNames[name],
      prefix,
      connection,
      read,
      handler,
      options,
      limits,
      counts,
      log,
    });
    working.push(started);
    return started;
  };

  let closing: Promise<void> | null = null;
  const shut = async (): Promise<void> => {
    await Promise.all(working.map((each) => each.close()));
    producer.disconnect();
    await Promise.all([...opened.values()].map((queue) => bounded(queue.close(), 500).catch(() => undefined)));
  };

  return {
    offerDetect: (ref) => offer('detect', ref.id, { batch: ref.id, day: ref.day }),
    offerNotify: (notice) => offer('notify', notice, { notice }),
    workDetect: (handler, options) =>
      work('detect', readDetectJob, (job, attempt) => handler({ id: job.batch, day: job.day }, attempt), options),
    workNotify: (handler, options) =>
      work('notify', readNotifyJob, (job, attempt) => handler(job.notice, attempt), options),
    depth: async () => {
      try {
        const [detect, notify] = await bounded(
          Promise.all([depthOf(queueOf('detect')), depthOf(queueOf('notify'))]),
          limits.offerTimeoutMs,
        );
        return { detect, notify };
      } catch {
        return null;
      }
    },
    close: () => {
      closing ??= shut();
      return closing;
    },
  };
}

/** Rejects after `timeoutMs`; the work itself goes on unheard. */
async function bounded<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
