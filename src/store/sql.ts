import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { type ClickHouseClient, ClickHouseError, createClient } from '@clickhouse/client';
import type { Logger } from '../observe/log.ts';
import { StoreAway, StoreRefused, StoreUnable } from './errors.ts';
import type { StoreLimits } from './limits.ts';
import type { NativeBlock } from './native/block.ts';

export type Params = Readonly<Record<string, unknown>>;

/** How to reach ClickHouse; the shape every backing has. */
export interface StoreBacking {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
  /**
   * Puts an insert's body where the engine reads it by itself; the headers are sent instead of it. Absent when the engine
   * is elsewhere.
   */
  readonly handOver?: (
    body: readonly Uint8Array[],
  ) => Promise<{ readonly headers: Record<string, string>; remove(): Promise<void> }>;
}

/** The one door to ClickHouse. Every value goes in as a parameter; settings are part of the SQL text. */
export interface Sql {
  /** Objects of a SELECT, without FORMAT. 64-bit integers may come as text: read them with Number(). */
  rows<T>(query: string, params?: Params): Promise<T[]>;
  /** Like `rows`, each row an array: less text for wide results. */
  tuples(query: string, params?: Params): Promise<unknown[][]>;
  /**
   * One block of rows, each already JSON text of an array in the order of `columns`. With a token, the same block sent
   * again within the table's deduplication window is stored once; so the call retries by itself.
   */
  insert(table: string, columns: readonly string[], rows: readonly string[], token: string): Promise<void>;
  /** As `insert`, of a block made beforehand. */
  insertBlock(table: string, block: NativeBlock, token: string): Promise<void>;
  /** DDL and other statements without a result. */
  command(query: string): Promise<void>;
  ping(): Promise<boolean>;
  close(): Promise<void>;
}

// ClickHouse error codes that pass by themselves: cancelled by a restart, too many queries or parts, network, Keeper.
const transientCodes: ReadonlySet<number> = new Set([202, 203, 209, 210, 236, 242, 252, 319, 394, 425, 999]);

// Codes that tell of the server's state and not of the rows: files that cannot be read, written or opened, a time limit,
// memory, disk space. Only of writes: a read that meets the memory or time limit asked for too much.
const unableCodes: ReadonlySet<number> = new Set([74, 75, 76, 159, 173, 241, 243]);
/** The same said by the system's own words, under a code for "anything". */
const unableText = /no space left|disk quota|too many open files/i;

function isUnable(code: number, error: unknown): boolean {
  return unableCodes.has(code) || (error instanceof Error && unableText.test(error.message));
}

function codeOf(error: unknown): number | null {
  return error instanceof ClickHouseError ? Number(error.code) : null;
}

/** Opens the client; nothing is sent yet. */
export function openSql(backing: StoreBacking, limits: StoreLimits, log: Logger): Sql {
  const client: ClickHouseClient = createClient({
    url: backing.url,
    username: backing.username,
    password: backing.password,
    database: backing.database,
    request_timeout: limits.requestMs,
    max_open_connections: 16,
    compression: { request: false, response: false },
    log: { LoggerClass: silentLogger },
  });
  let closed = false;

  async function retrying<T>(what: string, waitMs: number, once: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    for (let attempt = 1; ; attempt++) {
      try {
        return await once();
      } catch (error) {
        const code = codeOf(error);
        if (code !== null && !transientCodes.has(code)) {
          // Not tried again here: it does not pass in seconds, and the caller has its own patience.
          if (what !== 'read' && isUnable(code, error)) throw new StoreUnable(what, error);
          throw new StoreRefused(code, error instanceof Error ? error.message : String(error), error);
        }
        // A bug of ours or an answer cut short by an error in its middle: trying again would hide it.
        if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError) throw error;
        const pauseMs = Math.min(100 * 2 ** (attempt - 1), 1_000);
        if (closed || performance.now() - startedMs + pauseMs > waitMs) throw new StoreAway(what, error);
        log.debug({ what, attempt, err: error }, 'store: trying again');
        await wait(pauseMs);
      }
    }
  }

  async function select(query: string, params: Params, compact: boolean): Promise<unknown[]> {
    return retrying('read', limits.readWaitMs, async () => {
      const format = compact ? 'JSONCompactEachRow' : 'JSONEachRow';
      const result = await client.query({ query, query_params: given(params), format });
      return result.json<unknown>();
    });
  }

  async function insertBody(
    table: string,
    columns: readonly string[],
    format: 'JSONCompactEachRow' | 'Native',
    body: readonly Uint8Array[],
    token: string,
  ): Promise<void> {
    const names = columns.map((c) => `\`${c}\``).join(', ');
    // async_insert would let the server cut blocks its own way, and a block is what the token stands for.
    // Dates in strings stay strings, or the JSON column would guess types from what an attacker writes.
    const query =
      `INSERT INTO ${table} (${names}) SETTINGS async_insert = 0, insert_deduplicate = 1, ` +
      'insert_deduplication_token = {token:String}, input_format_try_infer_dates = 0, ' +
      `input_format_try_infer_datetimes = 0, type_json_skip_duplicated_paths = 1 FORMAT ${format}`;
    await retrying(`insert into ${table}`, limits.insertWaitMs, async () => {
      // Made anew for each try: an engine that came back has emptied its directory.
      const handed = format === 'Native' ? await backing.handOver?.(body) : undefined;
      try {
        const values = Readable.from(handed === undefined ? body : [], { objectMode: false });
        const headers = handed === undefined ? {} : { http_headers: handed.headers };
        const answer = await client.exec({ query, query_params: { token }, values, ...headers });
        answer.stream.resume();
      } finally {
        await handed?.remove();
      }
    });
  }

  return {
    rows: async <T>(query: string, params: Params = {}): Promise<T[]> => (await select(query, params, false)) as T[],
    tuples: async (query, params = {}) => (await select(query, params, true)) as unknown[][],
    async insert(table, columns, rows, token) {
      if (rows.length === 0) return;
      const body = Buffer.from(rows.map(withoutLoneSurrogates).join('\n'));
      await insertBody(table, columns, 'JSONCompactEachRow', [body], token);
    },
    async insertBlock(table, { columns, rows, parts }, token) {
      if (rows > 0) await insertBody(table, columns, 'Native', parts, token);
    },
    async command(query) {
      await retrying('command', limits.insertWaitMs, () => client.command({ query }));
    },
    async ping() {
      const answer = await client.ping();
      return answer.success;
    },
    async close() {
      closed = true;
      await client.close();
    },
  };
}

/**
 * JSON.stringify writes a lone surrogate as an escape, which is no UTF-8 text and would make ClickHouse refuse the whole
 * block; it becomes U+FFFD. Text that is JSON itself (`fields`, documents) has its escapes escaped and is left alone.
 */
export function withoutLoneSurrogates(row: string): string {
  if (!row.includes('\\ud')) return row;
  return row.replace(/(?<=(?<!\\)(?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, '\\ufffd');
}

/** The client's own log would print queries and peers; our wrapper says what an operator needs. */
class silentLogger {
  trace(): void {}
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(): void {}
}

/** Optional filters are null or absent, and then no part of the SQL names them. */
function given(params: Params): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined && value !== null));
}

/** Splits ids so that no query carries more than `chars` characters of them. */
export function inChunks(ids: readonly string[], chars: number): string[][] {
  const chunks: string[][] = [];
  let chunk: string[] = [];
  let used = 0;
  for (const id of new Set(ids)) {
    // Quotes and the comma are percent-encoded in the URL: three characters each.
    const cost = id.length + 9;
    if (chunk.length > 0 && used + cost > chars) {
      chunks.push(chunk);
      chunk = [];
      used = 0;
    }
    chunk.push(id);
    used += cost;
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}

/** A token for rows whose meaning is in themselves: the same rows sent again are the same block. */
export function tokenOf(name: string, rows: readonly string[]): string {
  const hash = createHash('sha256');
  for (const row of rows) hash.update(row).update('\n');
  return `${name}-${hash.digest('hex')}`;
}
