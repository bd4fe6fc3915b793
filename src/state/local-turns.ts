/**
 * Turns within one process: whoever asks for a key waits for those who asked before. It stands in front of the Redis
 * lock, so that callers of one process do not poll against each other, and exclusion inside a process holds even when
 * Redis is emptied while a lock is held.
 */
export interface LocalTurns {
  /** Resolves when all keys are the caller's; call the result to pass them on. */
  take(keys: readonly string[]): Promise<() => void>;
}

export function createLocalTurns(): LocalTurns {
  const tails = new Map<string, Promise<void>>();
  return {
    take: async (keys) => {
      let release: () => void = () => undefined;
      const mine = new Promise<void>((resolve) => {
        release = resolve;
      });
      // Joining every line in one synchronous step gives all callers one order: no two can wait for each other.
      const before = keys.map((key) => {
        const tail = tails.get(key);
        const next = (tail ?? Promise.resolve()).then(() => mine);
        tails.set(key, next);
        next.then(() => {
          if (tails.get(key) === next) tails.delete(key);
        });
        return tail;
      });
      await Promise.all(before);
      return release;
    },
  };
}
