/** Bounds and waits of the queues. */
export interface QueueLimits {
  /** An offer answers or fails within this time; its failure is repaired by the sweeper. */
  readonly offerTimeoutMs: number;
  /**
   * Jobs of one queue that may wait. What is over is not offered: the ledgers know it, and the sweeps offer it when there
   * is room. Without a bound a detector that is off for a day fills Redis, and then nobody can sign in or take a lock.
   */
  readonly waitingMax: number;
  /** How old the count of waiting jobs may be. */
  readonly countAgeMs: number;
  /** A worker that stops renewing its job for this long has died; the job goes to another. */
  readonly jobLockMs: number;
  /** How often dead workers are looked for. */
  readonly stalledCheckMs: number;
  /** Wait before the n-th retry: `retryFirstMs * 2^(n-1)`, never more than `retryMaxMs`. */
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** How long `close` waits for running jobs before it cuts them off (they run again later). */
  readonly closeTimeoutMs: number;
}

export const defaultQueueLimits: QueueLimits = {
  offerTimeoutMs: 2000,
  waitingMax: 20_000,
  countAgeMs: 1000,
  jobLockMs: 15_000,
  stalledCheckMs: 5000,
  retryFirstMs: 500,
  retryMaxMs: 30_000,
  closeTimeoutMs: 3000,
};

/** Milliseconds to wait before retry number `attempt` (from 1). */
export function retryWaitMs(limits: Pick<QueueLimits, 'retryFirstMs' | 'retryMaxMs'>, attempt: number): number {
  return Math.min(limits.retryFirstMs * 2 ** Math.max(0, Math.min(attempt - 1, 30)), limits.retryMaxMs);
}
