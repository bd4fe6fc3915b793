/** The belt closes and waits no longer; what it waited for goes on unheard. */
class Aborted extends Error {
  readonly code = 'store-away';
  constructor() {
    super('not waited for any longer: the belt closes');
    this.name = 'Aborted';
  }
}

/** As `work`, but rejects when the signal aborts. Leaves no listener behind: the signal lives as long as the belt. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      signal.removeEventListener('abort', end);
      reject(new Aborted());
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

/** Waits `ms`, or until the signal aborts; false then. */
export function pauseUnlessAborted(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(wait);
      signal.removeEventListener('abort', end);
      resolve(!signal.aborted);
    };
    const wait = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
