import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Logger } from '../observe/log.ts';
import { answered } from './away.ts';
import type { StateLimits } from './limits.ts';
import { createLocalTurns } from './local-turns.ts';
import { acquireScript, releaseScript, renewScript } from './lock-scripts.ts';

/** Nobody gave the lock back in time. The caller's work was not begun. */
class LockBusy extends Error {
  readonly code = 'lock-busy';
  constructor(keys: readonly string[], waitedMs: number) {
    super(`lock not free after ${waitedMs} ms: ${keys.slice(0, 3).join(', ')}`);
    this.name = 'LockBusy';
  }
}

/** The lock was lost while it was held (Redis emptied or restarted, the process stood still). */
class LockLost extends Error {
  readonly code = 'lock-lost';
  constructor(keys: readonly string[]) {
    super(`lock lost: ${keys.slice(0, 3).join(', ')}`);
    this.name = 'LockLost';
  }
}

/** What the holder of a lock may ask. */
interface Lease {
  /** Greater than the token of every earlier holder. */
  readonly fence: number;
  /** Asks Redis; throws LockLost when another may be in. Call it right before a write that needs exclusion. */
  check(): Promise<void>;
}

export type Lock = <T>(key: string | readonly string[], work: (lease: Lease) => Promise<T>) => Promise<T>;

/**
 * Locks over Redis: one holder per key in the whole platform, several keys all at once (so no two callers can wait
 * for each other), renewed while the work runs. Throws LockBusy after the bounded wait, and whatever the work throws.
 */
export function createLock(o: {
  readonly redis: Redis;
  readonly prefix: string;
  readonly limits: StateLimits;
  readonly log: Logger;
}): Lock {
  const { redis, limits, log } = o;
  const turns = createLocalTurns();
  const fenceKey = `${o.prefix}:fence`;

  const acquire = async (keys: readonly string[], token: string): Promise<number> => {
    const giveUpAt = performance.now() + limits.lockWaitMs;
    for (let pauseMs = limits.lockRetryMs; ; pauseMs = Math.min(pauseMs * 2, limits.lockRetryMaxMs)) {
      const answer = await answered(() =>
        redis.eval(acquireScript, keys.length + 1, fenceKey, ...keys, token, limits.lockTtlMs),
      );
      if (typeof answer === 'string' && answer !== '') return Number(answer);
      if (performance.now() + pauseMs > giveUpAt) throw new LockBusy(keys, limits.lockWaitMs);
      await pause(pauseMs * (0.5 + Math.random() / 2));
    }
  };

  const renewed = async (keys: readonly string[], token: string): Promise<boolean> =>
    (await answered(() => redis.eval(renewScript, keys.length, ...keys, token, limits.lockTtlMs))) === 1;

  return async (key, work) => {
    const names = [...new Set(typeof key === 'string' ? [key] : key)].sort();
    if (names.length === 0 || names.length > limits.lockKeysMax) {
      throw new RangeError(`a lock takes 1 to ${limits.lockKeysMax} keys, not ${names.length}`);
    }
    const keys = names.map((name) => `${o.prefix}:lock:${name}`);
    const passOn = await turns.take(keys);
    try {
      const token = randomUUID();
      const fence = await acquire(keys, token);
      const renewing = setInterval(() => {
        renewed(keys, token).then(
          (held) => held || log.warn({ keys: names.slice(0, 3) }, 'lock lost while held'),
          (error: unknown) => log.debug({ err: error }, 'lock not renewed'),
        );
      }, limits.lockTtlMs / 3);
      try {
        return await work({
          fence,
          check: async () => {
            if (!(await renewed(keys, token))) throw new LockLost(names);
          },
        });
      } finally {
        clearInterval(renewing);
        // If this fails the lock ends by its time to live.
        await redis.eval(releaseScript, keys.length, ...keys, token).catch((error: unknown) => {
          log.debug({ err: error }, 'lock not given back');
        });
      }
    } finally {
      passOn();
    }
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
