/** Bounds of the shared state in Redis. */
export interface StateLimits {
  /** A command fails after this long; what it was for is tried again by its caller. */
  readonly commandTimeoutMs: number;
  /** A lock whose holder stopped renewing it is free after this. */
  readonly lockTtlMs: number;
  /** How long a caller waits for a lock before LockBusy. */
  readonly lockWaitMs: number;
  /** First and longest pause between two tries for a lock. */
  readonly lockRetryMs: number;
  readonly lockRetryMaxMs: number;
  /** Keys one lock call may take at once. */
  readonly lockKeysMax: number;
  /** Messages kept for clients that come back; older gaps mean resync. A message is at most a few KiB. */
  readonly feedMessagesMax: number;
  /** Messages handed to Redis in one publish. */
  readonly feedPublishMax: number;
  /** How long the reader of the feed blocks before it looks whether Redis was emptied. */
  readonly feedBlockMs: number;
  /** Sessions one account may hold; the oldest goes. */
  readonly sessionsPerAccountMax: number;
}

export const defaultStateLimits: StateLimits = {
  commandTimeoutMs: 3000,
  lockTtlMs: 10_000,
  lockWaitMs: 10_000,
  lockRetryMs: 5,
  lockRetryMaxMs: 50,
  lockKeysMax: 512,
  feedMessagesMax: 10_000,
  feedPublishMax: 500,
  feedBlockMs: 1000,
  sessionsPerAccountMax: 20,
};
