import type { Worker } from 'node:worker_threads';

export interface PoolOptions {
  /**
   * Starts one more worker. Its first message, whatever it says, tells that it is ready; from then on it answers each
   * message with one message, in the order it gets them.
   */
  start(): Worker;
  readonly workers: number;
  /** A worker has stopped by itself; what it was given is done by others. */
  onLost(reason: string): void;
}

/** How often a job may lose the worker it runs on before it is given up. */
const triesMax = 2;
/** How often in a row a worker may stop before it is ready. */
const startsMax = 2;
/** Jobs posted to a worker at once: one to work on, and others so that it need not wait for whoever has the next. */
const postedMax = 3;

/** A job was running each time a worker stopped: it is taken for the reason. Or there are no workers. */
class JobLost extends Error {
  readonly code = 'job-lost';
}

export interface Pool<Job, Reply> {
  /**
   * The reply to a job, by the worker that has least to do. Rejects with JobLost. null when none has room for it, or
   * none is ready: then the caller does it, or asks again once the event loop has had its turn.
   */
  offer(job: Job): Promise<Reply> | null;
  /** Stops all workers; what still runs is given up. */
  close(): Promise<void>;
}

interface Waiting<Job, Reply> {
  readonly job: Job;
  tries: number;
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

interface Place<Job, Reply> {
  /** null between workers. */
  worker: Worker | null;
  isReady: boolean;
  /** Workers in a row that stopped before they were ready. */
  failures: number;
  /** Jobs posted and not answered, oldest first. */
  readonly posted: Waiting<Job, Reply>[];
}

/**
 * Jobs for a fixed number of worker threads, which are started at once. Jobs must be messages that can be posted twice:
 * what a worker did not answer before it stopped is posted again to another.
 */
export function createPool<Job, Reply>(o: PoolOptions): Pool<Job, Reply> {
  let closing = false;
  let lastReason = '';
  /** Jobs whose worker stopped and that no other has yet, oldest first. */
  const waiting: Waiting<Job, Reply>[] = [];
  const places = Array.from({ length: o.workers }, (): Place<Job, Reply> => {
    return { worker: null, isReady: false, failures: 0, posted: [] };
  });
  for (const place of places) start(place);

  return {
    offer(job) {
      startMissing();
      const place = waiting.length === 0 ? freest() : null;
      if (place === null) return null;
      return new Promise<Reply>((resolve, reject) => post(place, { job, tries: 1, resolve, reject }));
    },
    async close() {
      closing = true;
      await Promise.all(places.map(({ worker }) => worker?.terminate()));
    },
  };

  function start(place: Place<Job, Reply>): void {
    const worker = o.start();
    let reason = '';
    place.worker = worker;
    worker.on('message', (reply: Reply) => {
      if (place.isReady) place.posted.shift()?.resolve(reply);
      place.isReady = true;
      place.failures = 0;
      handOut();
    });
    worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', (code) => {
      if (!closing) lose(place, reason === '' ? `exit code ${code}` : reason);
    });
  }

  /** Posts what waits to those who have least to do, and starts whom it lacks. */
  function handOut(): void {
    for (let place = freest(); place !== null; place = freest()) {
      const next = waiting.shift();
      if (next === undefined) return;
      post(place, next);
    }
    if (waiting.length === 0) return;
    startMissing();
    if (places.some(({ worker }) => worker !== null)) return;
    for (const { reject } of waiting.splice(0)) reject(new JobLost(`no worker starts: ${lastReason}`));
  }

  function freest(): Place<Job, Reply> | null {
    const free = places.filter((place) => place.isReady && place.posted.length < postedMax);
    return free.toSorted((a, b) => a.posted.length - b.posted.length)[0] ?? null;
  }

  function post(place: Place<Job, Reply>, job: Waiting<Job, Reply>): void {
    place.posted.push(job);
    place.worker?.postMessage(job.job);
  }

  function startMissing(): void {
    for (const place of places) if (place.worker === null && place.failures < startsMax) start(place);
  }

  /** Workers take jobs one by one, so the oldest is the one that ran. */
  function lose(place: Place<Job, Reply>, reason: string): void {
    o.onLost(reason);
    lastReason = reason;
    const given = place.posted.splice(0);
    const [oldest] = given;
    if (oldest !== undefined && ++oldest.tries > triesMax) {
      given.shift();
      oldest.reject(new JobLost(`a worker stopped over it ${triesMax} times: ${reason}`));
    }
    waiting.unshift(...given);
    if (!place.isReady) place.failures++;
    place.worker = null;
    place.isReady = false;
    handOut();
  }
}
