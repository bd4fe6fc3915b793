import type { Logger } from '../observe/log.ts';

/** What was opened, to be closed in reverse order; one that fails to close does not keep the others open. */
export interface Closers {
  add(name: string, close: () => Promise<unknown> | undefined): void;
  close(): Promise<void>;
}

const slowMs = 1_500;

export function createClosers(log: Logger): Closers {
  const stack: { name: string; close: () => Promise<unknown> | undefined }[] = [];
  return {
    add: (name, close) => void stack.push({ name, close }),
    close: async () => {
      for (const { name, close } of stack.splice(0).reverse()) {
        // Whoever finds a platform that did not stop in time wants to know which part of it.
        const slow = setTimeout(() => log.warn({ part: name }, 'takes long to close'), slowMs);
        try {
          await close();
        } catch (error) {
          log.warn({ err: error, part: name }, 'did not close cleanly');
        } finally {
          clearTimeout(slow);
        }
      }
    },
  };
}
