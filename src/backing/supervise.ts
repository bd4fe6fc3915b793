import type { Logger } from '../observe/log.ts';

/** A child process that is up. */
export interface RunningChild {
  pid: number;
  /** Settles when the process has gone, with a few words why. Never rejects. */
  exited: Promise<string>;
  /** Asks it to go, then makes it; settles when it has gone. */
  stop(): Promise<void>;
}

export interface SuperviseLimits {
  /** Wait before the first restart; doubles with each failure in a row. */
  backoffMs: number;
  backoffMsMax: number;
  /** A child that was up this long starts the count of failures again. */
  steadyMs: number;
}

const defaultSuperviseLimits: SuperviseLimits = { backoffMs: 50, backoffMsMax: 5000, steadyMs: 10_000 };

export interface Supervised {
  /** The present child's, null between two. */
  readonly pid: number | null;
  restarts(): number;
  close(): Promise<void>;
}

/**
 * Keeps a child process up: `start` is called once now (its failure is thrown to the caller) and again whenever the
 * child goes, until close(). Later failures are logged and tried again, forever.
 */
export async function supervise(o: {
  name: string;
  start(): Promise<RunningChild>;
  log: Logger;
  limits?: SuperviseLimits;
}): Promise<Supervised> {
  const limits = o.limits ?? defaultSuperviseLimits;
  let closed = false;
  let restarts = 0;
  let wake: () => void = () => {};
  let child: RunningChild | null = await o.start();
  const watching = watch(child);

  async function watch(first: RunningChild): Promise<void> {
    let running: RunningChild | null = first;
    let failures = 0;
    for (;;) {
      if (running) {
        const sinceMs = Date.now();
        const why = await running.exited;
        child = null;
        if (closed) return;
        failures = Date.now() - sinceMs >= limits.steadyMs ? 0 : failures;
        o.log.warn({ child: o.name, pid: running.pid, why }, 'child process is gone, it is started again');
      }
      await pause(Math.min(limits.backoffMs * 2 ** failures, limits.backoffMsMax));
      if (closed) return;
      failures++;
      running = await restart();
      if (running) o.log.info({ child: o.name, pid: running.pid, restarts }, 'child process is back');
    }
  }

  async function restart(): Promise<RunningChild | null> {
    try {
      restarts++;
      const started = await o.start();
      child = started;
      // close() may have run while the child came up.
      if (closed) await started.stop();
      return started;
    } catch (error) {
      o.log.error({ child: o.name, err: error }, 'child process does not start');
      return null;
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  return {
    get pid() {
      return child?.pid ?? null;
    },
    restarts: () => restarts,
    async close() {
      closed = true;
      wake();
      await child?.stop();
      await watching;
    },
  };
}
