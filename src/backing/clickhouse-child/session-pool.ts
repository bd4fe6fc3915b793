import { Session } from 'chdb';
import { failure } from './failure.ts';
import type { EmbeddedClickHouseLimits } from './protocol.ts';

/** An engine session and what earlier statements left set on it. */
export interface Slot {
  session: Session;
  /** Sent as `log_comment` with everything the session runs, so that KILL QUERY finds it. */
  mark: string;
  /** Settings it was opened with. */
  base: ReadonlyMap<string, number>;
  database: string;
  params: Set<string>;
  settings: Set<string>;
}

/** A fixed number of sessions, each lent to one statement at a time, first come first served. */
export interface SessionPool {
  /** Rejects with TOO_MANY_SIMULTANEOUS_QUERIES when the line or the wait is too long, or when `signal` aborts. */
  acquire(signal: AbortSignal): Promise<Slot>;
  /** Gives a session back. One that is not `clean` is thrown away and replaced. */
  release(slot: Slot, clean: boolean): void;
  /** Fails those who wait; sessions that come back from now on are closed. */
  close(): void;
}

interface Waiter {
  give(slot: Slot): void;
  fail(error: Error): void;
}

/** `fatal` is called when a session cannot be replaced: the process is of no more use. */
export function createSessionPool(o: {
  size: number;
  open: () => Slot;
  limits: EmbeddedClickHouseLimits;
  fatal: (reason: string) => void;
}): SessionPool {
  const { waitersMax, waitMsMax } = o.limits;
  const idle = Array.from({ length: o.size }, o.open);
  const waiters = new Set<Waiter>();
  let closed = false;

  function wait(signal: AbortSignal): Promise<Slot> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        waiters.delete(waiter);
      };
      const waiter: Waiter = {
        give(slot) {
          settle();
          resolve(slot);
        },
        fail(error) {
          settle();
          reject(error);
        },
      };
      const onAbort = (): void => waiter.fail(failure('cancelled', 'Query was cancelled while it waited'));
      const timer = setTimeout(
        () => waiter.fail(failure('tooManyQueries', `No session became free within waitMsMax (${waitMsMax})`)),
        waitMsMax,
      );
      signal.addEventListener('abort', onAbort);
      waiters.add(waiter);
    });
  }

  return {
    async acquire(signal) {
      if (closed) throw failure('cancelled', 'The server is shutting down', 503);
      if (signal.aborted) throw failure('cancelled', 'Query was cancelled before it began');
      const slot = idle.pop();
      if (slot) return slot;
      if (waiters.size < waitersMax) return await wait(signal);
      throw failure('tooManyQueries', `Too many requests wait for a session, waitersMax is ${waitersMax}`);
    },
    release(slot, clean) {
      if (!clean || closed) slot.session.close();
      if (closed) return;
      let next = slot;
      try {
        if (!clean) next = o.open();
      } catch (error) {
        o.fatal(`no new session: ${String(error)}`);
        return;
      }
      const [first] = waiters;
      if (first) first.give(next);
      else idle.push(next);
    },
    close() {
      closed = true;
      for (const waiter of [...waiters]) waiter.fail(failure('cancelled', 'The server is shutting down', 503));
      for (const slot of idle.splice(0)) slot.session.close();
    },
  };
}

/** Opens a session with `base` as its settings. Throws when another process holds the directory. */
export function openSlot(path: string, base: ReadonlyMap<string, number>, mark: string): Slot {
  const settings = [...base].map(([name, value]) => `--${name}=${value}`);
  const session = new Session(path, { connectionArgs: [...settings, `--log_comment=${mark}`] });
  return { session, mark, base, database: '', params: new Set(), settings: new Set() };
}
