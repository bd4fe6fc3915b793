import { Session } from 'chdb';
import { failure, failureOf } from './failure.ts';
import type { EmbeddedClickHouseLimits } from './protocol.ts';
import { quoted, quotedName } from './sql-text.ts';

/** One statement for the engine. */
export interface EngineQuery {
  sql: string;
  /** Used when the statement names no FORMAT. */
  format: string;
  database: string;
  /** `{name:Type}` values, escaped as in TSV (the HTTP protocol's way). */
  params: ReadonlyMap<string, string>;
  /** Settings of this statement alone. */
  settings: ReadonlyMap<string, string>;
  /** The statement may leave something behind on its session (SET, USE, temporary tables). */
  leavesTraces: boolean;
  signal: AbortSignal;
}

export interface EngineAnswer {
  bytes: Uint8Array;
  rowsRead: number;
  bytesRead: number;
  elapsedSeconds: number;
}

/** The embedded engine behind a small pool of sessions. */
export interface Engine {
  /** Runs one statement. Rejects with a QueryFailure; an aborted one is killed in the engine first. */
  run(query: EngineQuery): Promise<EngineAnswer>;
  running(): number;
  /** Refuses new work, lets running queries finish for `drainMs`, kills the rest, closes the sessions. */
  close(): Promise<void>;
}

interface Slot {
  session: Session;
  /** Sent as `log_comment` with everything the session runs, so that KILL QUERY finds it. */
  mark: string;
  database: string;
  params: Set<string>;
  settings: Set<string>;
}

interface Waiter {
  give(slot: Slot): void;
  fail(error: Error): void;
}

const killRetryMs = 100;

/**
 * Opens the engine on a directory; throws when another process holds it.
 * `fatal` is called when the engine says that it is broken for good: the process must go.
 *
 * What chDB 3.4.0 makes necessary (docs/backing.md has the measurements): a session runs one query at a time; after
 * any error or kill it is thrown away, because rows of the failed query would come out before the next answer;
 * settings and parameters stay set on a session, so every query names or resets them all.
 */
export function openEngine(path: string, limits: EmbeddedClickHouseLimits, fatal: (reason: string) => void): Engine {
  let sessionCount = 0;
  const idle: Slot[] = [];
  const waiters: Waiter[] = [];
  const running = new Set<Promise<unknown>>();
  const abortAll = new AbortController();
  let closing = false;

  function openSlot(): Slot {
    const mark = `session-${++sessionCount}`;
    return { session: openSession(path, limits, mark), mark, database: '', params: new Set(), settings: new Set() };
  }

  let control = openSlot();
  for (let n = 0; n < limits.sessions; n++) idle.push(openSlot());

  function acquire(signal: AbortSignal): Promise<Slot> {
    const slot = idle.pop();
    if (slot) return Promise.resolve(slot);
    if (waiters.length >= limits.waitersMax) {
      throw failure('tooManyQueries', `Too many requests wait for a session, waitersMax is ${limits.waitersMax}`);
    }
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        const at = waiters.indexOf(waiter);
        if (at >= 0) waiters.splice(at, 1);
      };
      const waiter: Waiter = {
        give: (slot) => {
          settle();
          resolve(slot);
        },
        fail: (error) => {
          settle();
          reject(error);
        },
      };
      const onAbort = (): void => waiter.fail(failure('cancelled', 'Query was cancelled while it waited'));
      const timer = setTimeout(
        () => waiter.fail(failure('tooManyQueries', `No session became free within waitMsMax (${limits.waitMsMax})`)),
        limits.waitMsMax,
      );
      signal.addEventListener('abort', onAbort);
      waiters.push(waiter);
    });
  }

  function release(slot: Slot, clean: boolean): void {
    let next = slot;
    if (!clean) {
      slot.session.close();
      if (closing) return;
      try {
        next = openSlot();
      } catch (error) {
        fatal(`no new session: ${String(error)}`);
        return;
      }
    }
    const waiter = waiters.shift();
    if (waiter) waiter.give(next);
    else idle.push(next);
  }

  // Kills again until the query is gone: the first kill may come before the engine has listed it.
  let killing: Promise<unknown> = Promise.resolve();
  function kill(mark: string, gone: () => boolean): void {
    killing = killing.then(async () => {
      if (gone()) return;
      const sql = `KILL QUERY WHERE Settings['log_comment'] = ${quoted(mark)} ASYNC`;
      try {
        await control.session.queryAsync(sql, { format: 'Null' });
      } catch {
        control.session.close();
        if (!closing) control = openSlot();
      }
      if (!gone()) setTimeout(() => kill(mark, gone), killRetryMs).unref();
    });
  }

  async function runOn(slot: Slot, query: EngineQuery): Promise<EngineAnswer> {
    let gone = false;
    const onAbort = (): void => kill(slot.mark, () => gone);
    const signals = [query.signal, abortAll.signal];
    let clean = false;
    try {
      const work = slot.session.queryAsync(withContext(slot, query, limits), { format: query.format });
      for (const signal of signals) {
        signal.addEventListener('abort', onAbort);
        if (signal.aborted) onAbort();
      }
      const answer = await work;
      clean = !query.leavesTraces && !signals.some((signal) => signal.aborted);
      const { rowsRead, bytesRead, elapsed } = answer;
      return { bytes: answer.bytes(), rowsRead, bytesRead, elapsedSeconds: elapsed };
    } catch (error) {
      const failed = failureOf(error);
      if (failed.code === 236 && /fatal error/.test(failed.message)) fatal(failed.message);
      throw failed;
    } finally {
      gone = true;
      for (const signal of signals) signal.removeEventListener('abort', onAbort);
      // A kill on its way must not hit whatever the session runs next; killed sessions are not used again.
      release(slot, clean);
    }
  }

  return {
    async run(query) {
      if (closing) throw failure('cancelled', 'The server is shutting down', 503);
      let slot = await acquire(query.signal);
      if (mentionsStaleParameter(slot, query)) {
        slot.session.close();
        slot = openSlot();
      }
      const work = runOn(slot, query);
      running.add(work);
      try {
        return await work;
      } finally {
        running.delete(work);
      }
    },
    running: () => running.size,
    async close() {
      closing = true;
      for (const waiter of [...waiters]) waiter.fail(failure('cancelled', 'The server is shutting down', 503));
      const timer = setTimeout(() => abortAll.abort(), limits.drainMs);
      await Promise.allSettled([...running]);
      clearTimeout(timer);
      await killing;
      for (const slot of [...idle.splice(0), control]) slot.session.close();
    },
  };
}

// A parameter of an earlier query is still set on the session; a query that forgot it must not get the old value.
function mentionsStaleParameter(slot: Slot, query: EngineQuery): boolean {
  if (!query.sql.includes('{')) return false;
  return [...slot.params].some((name) => !query.params.has(name) && query.sql.includes(name));
}

/** The statement with the SET and USE that make the session's state what the request says, and nothing else. */
function withContext(slot: Slot, query: EngineQuery, limits: EmbeddedClickHouseLimits): string {
  const sets: string[] = [];
  for (const name of slot.settings) {
    if (query.settings.has(name)) continue;
    sets.push(`${name} = ${cappedSettings(limits).get(name) ?? 'DEFAULT'}`);
    slot.settings.delete(name);
  }
  for (const [name, value] of query.settings) {
    sets.push(`${name} = ${quoted(value)}`);
    slot.settings.add(name);
  }
  for (const [name, value] of query.params) {
    sets.push(`param_${name} = ${quoted(value)}`);
    slot.params.add(name);
  }
  let context = sets.length > 0 ? `SET ${sets.join(', ')}; ` : '';
  if (slot.database !== query.database) context += `USE ${quotedName(query.database)}; `;
  slot.database = query.database;
  return context + query.sql;
}

function cappedSettings(limits: EmbeddedClickHouseLimits): ReadonlyMap<string, number> {
  return new Map([
    ['max_execution_time', limits.executionSecondsMax],
    ['max_memory_usage', limits.queryMemoryBytesMax],
    ['max_memory_usage_for_user', limits.memoryBytesMax],
    ['max_result_bytes', limits.resultBytesMax],
    ['max_query_size', limits.sqlBytesMax * 2],
  ]);
}

function openSession(path: string, limits: EmbeddedClickHouseLimits, mark: string): Session {
  const settings = [...cappedSettings(limits)].map(([name, value]) => `--${name}=${value}`);
  return new Session(path, {
    connectionArgs: [...settings, '--result_overflow_mode=throw', `--log_comment=${mark}`],
  });
}
