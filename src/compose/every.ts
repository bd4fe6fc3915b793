import type { Logger } from '../observe/log.ts';

/**
 * Runs `work` again and again with a pause between the end of one run and the start of the next, so that slow runs
 * never pile up. A failing run is logged and the next one tries again. `close` waits for the run under way.
 */
export function every(pauseMs: number, name: string, work: () => Promise<unknown>, log: Logger): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let failures = 0;
  const plan = (): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      running = work()
        .then(
          () => {
            failures = 0;
          },
          (error: unknown) => {
            failures += 1;
            // The first failure is often a store that is coming back; a lasting one must be seen.
            const level = failures === 1 ? 'debug' : failures % 10 === 2 ? 'warn' : 'debug';
            log[level]({ err: error, work: name, failures }, 'a repeated work failed; it is tried again');
          },
        )
        .then(plan);
    }, pauseMs);
  };
  plan();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
