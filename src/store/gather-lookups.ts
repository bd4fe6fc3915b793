interface Waiting<T> {
  readonly key: string;
  readonly resolve: (found: T | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What is asked for while an answer is on its way is asked for together, at most `keysMax` at once: a statement costs the
 * same for one key as for a hundred. Rejects with what `ask` threw.
 */
export function gatherLookups<T>(
  keysMax: number,
  ask: (keys: readonly string[]) => Promise<ReadonlyMap<string, T>>,
): (key: string) => Promise<T | null> {
  let waiting: readonly Waiting<T>[] = [];
  let running = false;

  async function answer(group: readonly Waiting<T>[]): Promise<void> {
    try {
      const found = await ask([...new Set(group.map(({ key }) => key))]);
      for (const { key, resolve } of group) resolve(found.get(key) ?? null);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  async function drain(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      const group = waiting.slice(0, keysMax);
      waiting = waiting.slice(keysMax);
      await answer(group);
    }
    running = false;
  }

  return (key) =>
    new Promise((resolve, reject) => {
      waiting = [...waiting, { key, resolve, reject }];
      if (!running) void drain();
    });
}
