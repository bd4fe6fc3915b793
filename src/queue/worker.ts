import { type Job, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from '../observe/log.ts';
import { type QueueLimits, retryWaitMs } from './limits.ts';

/** Where a job stands in its row of tries. `last`: a throw now ends it. */
export interface Attempt {
  readonly number: number;
  readonly last: boolean;
}

export interface WorkOptions {
  /** Jobs at a time in this process. */
  readonly concurrency: number;
  /** Tries before the job is given up; Infinity (the default) never gives up. */
  readonly attempts?: number;
  /** First and longest wait between tries. */
  readonly backoff?: { readonly firstMs: number; readonly maxMs: number };
}

/** What a worker counts; prom-client counters fit. */
export interface WorkCounts {
  readonly done: { inc(): void };
  readonly failed: { inc(): void };
}

export interface Work {
  /** Stops taking jobs, waits for the running ones up to the limit, then cuts them off. */
  close(): Promise<void>;
}

/**
 * Runs `handler` for each job of a queue. A throw is a retry after a wait; jobs survive the worker's death (at least
 * once, so the handler must be idempotent). Goes on by itself after Redis was restarted or emptied.
 */
export function startWork<T>(o: {
  readonly queue: string;
  readonly prefix: string;
  readonly connection: Redis;
  readonly read: (data: unknown) => T | null;
  readonly handler: (job: T, attempt: Attempt) => Promise<void>;
  readonly options: WorkOptions;
  readonly limits: QueueLimits;
  readonly counts: WorkCounts;
  readonly log: Logger;
}): Work {
  const attempts = o.options.attempts ?? Number.POSITIVE_INFINITY;
  const waits = {
    retryFirstMs: o.options.backoff?.firstMs ?? o.limits.retryFirstMs,
    retryMaxMs: o.options.backoff?.maxMs ?? o.limits.retryMaxMs,
  };
  const process = async (job: Job<unknown>): Promise<void> => {
    const payload = o.read(job.data);
    // Retrying cannot mend it; the sweeper offers the real thing again if there is one.
    if (payload === null) throw new UnrecoverableError('unreadable job');
    const attempt: Attempt = { number: job.attemptsMade + 1, last: job.attemptsMade + 1 >= attempts };
    try {
      await o.handler(payload, attempt);
      o.counts.done.inc();
    } catch (error) {
      o.counts.failed.inc();
      if (attempt.last) throw new UnrecoverableError(error instanceof Error ? error.message : String(error));
      throw error;
    }
  };
  const worker = new Worker<unknown>(o.queue, process, {
    connection: o.connection,
    prefix: o.prefix,
    concurrency: o.options.concurrency,
    lockDuration: o.limits.jobLockMs,
    stalledInterval: o.limits.stalledCheckMs,
    // A job whose worker died is never given up for that alone.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    runRetryDelay: 1000,
    settings: { backoffStrategy: (made: number) => retryWaitMs(waits, made) },
  });
  worker.on('failed', (job, error) => {
    o.log.warn({ err: error, job: job?.id, queue: o.queue, attempt: job?.attemptsMade }, 'job failed');
  });
  // Connection errors are told by the connection itself; what is left here is BullMQ's own (lost locks, missing keys).
  worker.on('error', (error) => o.log.debug({ err: error, queue: o.queue }, 'queue worker'));
  return {
    close: async () => {
      await within(worker.close(), o.limits.closeTimeoutMs, () => worker.close(true));
      o.connection.disconnect();
    },
  };
}

async function within(work: Promise<void>, timeoutMs: number, orElse: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), timeoutMs);
  });
  const first = await Promise.race([work.then(() => 'done' as const), late]);
  clearTimeout(timer);
  if (first === 'late') {
    work.catch(() => undefined);
    // With Redis away even the forced close may wait; the connection is cut right after.
    let cut: NodeJS.Timeout | undefined;
    await Promise.race([
      orElse().catch(() => undefined),
      new Promise<void>((resolve) => {
        cut = setTimeout(resolve, 500);
      }),
    ]);
    clearTimeout(cut);
  }
}
