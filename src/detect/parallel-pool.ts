import type { Worker } from 'node:worker_threads';

export interface PoolOptions {
  /** Starts one more worker, which answers each message with one message, in the order it gets them. */
  start(): Worker;
  readonly workers: number;
  /** A worker has stopped by itself; another one takes its place and its jobs. */
  onLost(reason: string): void;
}

/** How often a job may lose the worker it runs on before it is given up. */
const triesMax = 2;

/** A job was running each time a worker stopped: it is taken for the reason. */
class JobLost extends Error {
  readonly code = 'job-lost';
}

export interface Pool<Job, Reply> {
  /** The reply to a job, by whichever worker has least to do. Rejects with JobLost. */
  run(job: Job): Promise<Reply>;
  /** Stops all workers; what still runs is given up. */
  close(): Promise<void>;
}

interface Running<Job, Reply> {
  readonly job: Job;
  tries: number;
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

interface Place<Job, Reply> {
  /** null until there is a job for it: a worker that cannot start is not started for ever. */
  worker: Worker | null;
  /** Jobs posted and not answered, oldest first. */
  readonly running: Running<Job, Reply>[];
}

/**
 * Jobs for a fixed number of worker threads. Jobs must be messages that can be posted twice: what a worker did not
 * answer before it stopped is posted again to the one in its place. The caller bounds how many are under way.
 */
export function createPool<Job, Reply>(o: PoolOptions): Pool<Job, Reply> {
  let closing = false;
  const places = Array.from({ length: o.workers }, (): Place<Job, Reply> => ({ worker: null, running: [] }));

  return {
    run(job) {
      const place = places.reduce((least, one) => (one.running.length < least.running.length ? one : least));
      return new Promise<Reply>((resolve, reject) => {
        place.running.push({ job, tries: 1, resolve, reject });
        place.worker ??= started(place);
        place.worker.postMessage(job);
      });
    },
    async close() {
      closing = true;
      await Promise.all(places.map(({ worker }) => worker?.terminate()));
    },
  };

  function started(place: Place<Job, Reply>): Worker {
    const worker = o.start();
    let reason = '';
    worker.on('message', (reply: Reply) => place.running.shift()?.resolve(reply));
    worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', (code) => {
      if (!closing) replace(place, reason === '' ? `exit code ${code}` : reason);
    });
    return worker;
  }

  /** Workers take jobs one by one, so the oldest is the one that ran. */
  function replace(place: Place<Job, Reply>, reason: string): void {
    o.onLost(reason);
    const [oldest] = place.running;
    if (oldest !== undefined && ++oldest.tries > triesMax) {
      place.running.shift();
      oldest.reject(new JobLost(`a worker stopped over it ${triesMax} times: ${reason}`));
    }
    const worker = place.running.length === 0 ? null : started(place);
    place.worker = worker;
    for (const { job } of place.running) worker?.postMessage(job);
  }
}
