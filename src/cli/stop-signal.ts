const parentCheckMs = 1000;

/** Why the platform stops. */
export type StopReason = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'parent gone';

/**
 * Resolves on the first stop signal, or when the npm or shell that started us is gone (killed with SIGKILL it cannot
 * tell us): a platform nobody can reach with Ctrl-C any more would be an orphan. A second signal ends the process at once.
 */
export function stopSignal(followParent: boolean): Promise<StopReason> {
  return new Promise((resolve) => {
    let stopping = false;
    const stop = (reason: StopReason): void => {
      if (stopping) process.exit(130);
      stopping = true;
      clearInterval(watch);
      resolve(reason);
    };
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (followParent && process.ppid !== parent) stop('parent gone');
    }, parentCheckMs);
    watch.unref();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
  });
}

/** Waits for `closing`, at most `deadlineMs`; true when it finished in time. */
export async function within(closing: Promise<void>, deadlineMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), deadlineMs);
  });
  const done = await Promise.race([closing.then(() => true), late]);
  clearTimeout(timer);
  return done;
}
