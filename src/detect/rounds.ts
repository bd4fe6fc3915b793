/** Work of one kind, done together: what comes while a round runs waits for the next, and all of it goes in one. */
export interface Rounds<T> {
  /** Resolves when the round that took `item` is through; rejects as that round does. */
  submit(item: T): Promise<void>;
}

/**
 * Group commit. Several batches evaluated at once mostly touch the same few alerts and incidents; in one round each of
 * these is read and written once. When nothing else runs, a round starts at once: nobody waits for company.
 */
export function createRounds<T>(run: (items: readonly T[]) => Promise<void>): Rounds<T> {
  interface Waiting {
    readonly item: T;
    readonly resolve: () => void;
    readonly reject: (error: unknown) => void;
  }
  let waiting: Waiting[] = [];
  let running = false;

  const work = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const round = waiting;
      waiting = [];
      try {
        await run(round.map(({ item }) => item));
        for (const { resolve } of round) resolve();
      } catch (error) {
        for (const { reject } of round) reject(error);
      }
    }
    running = false;
  };

  return {
    submit: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (!running) void work();
      }),
  };
}
