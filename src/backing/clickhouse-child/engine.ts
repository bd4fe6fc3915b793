import { failure, failureOf } from './failure.ts';
import type { EmbeddedClickHouseLimits } from './protocol.ts';
import { createSessionPool, openSlot, type Slot } from './session-pool.ts';
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
  /** Inserts have sessions of their own: slow reads must not keep logs out. */
  writes: boolean;
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

/** The embedded engine behind its sessions. */
export interface Engine {
  /** Runs one statement. Rejects with a QueryFailure; an aborted one is killed in the engine first. */
  run(query: EngineQuery): Promise<EngineAnswer>;
  /** Refuses new work, lets running queries finish for `drainMs`, kills the rest, closes the sessions. */
  close(): Promise<void>;
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
  let sessions = 0;
  const open = (base: ReadonlyMap<string, number>) => (): Slot => openSlot(path, base, `session-${++sessions}`);
  const caps = capsOf(limits);
  const openRead = open(caps);
  // Batches are a few MB: splitting one for parallel parsing costs a sixth more CPU and saves no time (docs/backing.md).
  const openWrite = open(new Map([...caps, ['input_format_parallel_parsing', 0]]));
  let control = openRead();
  const reads = createSessionPool({ size: limits.readSessions, open: openRead, limits, fatal });
  const writes = createSessionPool({ size: limits.writeSessions, open: openWrite, limits, fatal });
  const running = new Set<Promise<unknown>>();
  const abortAll = new AbortController();

  // Kills are said one after the other, and again until the query is gone: the engine may not have listed it yet.
  let killing: Promise<unknown> = Promise.resolve();
  function kill(mark: string, gone: () => boolean): void {
    killing = killing.then(async () => {
      if (gone()) return;
      const sql = `KILL QUERY WHERE Settings['log_comment'] = ${quoted(mark)} ASYNC`;
      try {
        await control.session.queryAsync(sql, { format: 'Null' });
      } catch {
        control.session.close();
        control = openRead();
      }
      if (!gone()) setTimeout(() => kill(mark, gone), killRetryMs);
    });
  }

  async function runOn(slot: Slot, query: EngineQuery): Promise<{ answer: EngineAnswer; clean: boolean }> {
    let gone = false;
    const onAbort = (): void => kill(slot.mark, () => gone);
    const signals = [query.signal, abortAll.signal];
    try {
      const work = slot.session.queryAsync(withContext(slot, query), { format: query.format });
      for (const signal of signals) {
        signal.addEventListener('abort', onAbort);
        if (signal.aborted) onAbort();
      }
      const result = await work;
      // A kill on its way must not hit what the session runs next: an aborted one is not used again.
      const clean = !query.leavesTraces && !signals.some((signal) => signal.aborted);
      const { rowsRead, bytesRead, elapsed } = result;
      return { answer: { bytes: result.bytes(), rowsRead, bytesRead, elapsedSeconds: elapsed }, clean };
    } catch (error) {
      const failed = failureOf(error);
      if (failed.code === 236 && /fatal error/.test(failed.message)) fatal(failed.message);
      throw failed;
    } finally {
      gone = true;
      for (const signal of signals) signal.removeEventListener('abort', onAbort);
    }
  }

  async function runInPool(query: EngineQuery): Promise<EngineAnswer> {
    const pool = query.writes ? writes : reads;
    let slot = await pool.acquire(query.signal);
    let clean = false;
    try {
      if (mentionsStaleParameter(slot, query)) {
        slot.session.close();
        slot = (query.writes ? openWrite : openRead)();
      }
      const ran = await runOn(slot, query);
      clean = ran.clean;
      return ran.answer;
    } finally {
      pool.release(slot, clean);
    }
  }

  return {
    async run(query) {
      const work = runInPool(query);
      running.add(work);
      try {
        return await work;
      } finally {
        running.delete(work);
      }
    },
    async close() {
      reads.close();
      writes.close();
      const timer = setTimeout(
        () => abortAll.abort(failure('cancelled', 'The server is shutting down')),
        limits.drainMs,
      );
      await Promise.allSettled([...running]);
      clearTimeout(timer);
      await killing;
      control.session.close();
    },
  };
}

// A parameter of an earlier query is still set on the session; a query that forgot it must not get the old value.
function mentionsStaleParameter(slot: Slot, query: EngineQuery): boolean {
  if (!query.sql.includes('{')) return false;
  for (const name of slot.params) {
    if (!query.params.has(name) && new RegExp(`\\{\\s*${name}\\s*:`).test(query.sql)) return true;
  }
  return false;
}

/** The statement behind the SET and USE that make the session's state what the request says, and nothing else. */
function withContext(slot: Slot, query: EngineQuery): string {
  const sets: string[] = [];
  for (const name of slot.settings) {
    if (query.settings.has(name)) continue;
    sets.push(`${name} = ${slot.base.get(name) ?? 'DEFAULT'}`);
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

/** Settings that have a value of ours where the engine's default is none. */
function capsOf(limits: EmbeddedClickHouseLimits): ReadonlyMap<string, number> {
  return new Map([
    ['max_execution_time', limits.executionSecondsMax],
    ['max_memory_usage', limits.queryMemoryBytesMax],
    ['max_memory_usage_for_user', limits.memoryBytesMax],
    ['max_result_bytes', limits.resultBytesMax],
    // Parameters are part of the text here, on a real server they are not.
    ['max_query_size', limits.sqlBytesMax * 2],
  ]);
}
