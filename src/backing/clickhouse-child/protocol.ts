/** Bounds of the embedded ClickHouse. Each one bites with an error that names it. */
export interface EmbeddedClickHouseLimits {
  /** Reads (and DDL) running side by side; each has a session of its own. */
  readSessions: number;
  /** Inserts running side by side, apart from the reads: slow searches must not keep logs out. */
  writeSessions: number;
  /** Requests that may wait for a session of either kind; the next one is answered 503. */
  waitersMax: number;
  /** How long a request waits for a session before it is answered 503. */
  waitMsMax: number;
  /** SQL text sent in a body or made from parameters. */
  sqlBytesMax: number;
  /** Body of one insert as it came, compressed or not. */
  insertBytesMax: number;
  /** Answers are held whole so that an error is never hidden behind a 200. */
  resultBytesMax: number;
  /** Default `max_execution_time`; a query's own SETTINGS may change it. */
  executionSecondsMax: number;
  /** Default `max_memory_usage` of a query. */
  queryMemoryBytesMax: number;
  /** Default `max_memory_usage_for_user`: all queries together. */
  memoryBytesMax: number;
  /** How long close() lets running queries finish before it kills them. */
  drainMs: number;
  /** How long to wait for the directory lock of a dying predecessor. */
  lockWaitMs: number;
}

export const defaultEmbeddedClickHouseLimits: EmbeddedClickHouseLimits = {
  readSessions: 4,
  writeSessions: 2,
  waitersMax: 256,
  waitMsMax: 30_000,
  sqlBytesMax: 16 * 1024 * 1024,
  insertBytesMax: 512 * 1024 * 1024,
  resultBytesMax: 128 * 1024 * 1024,
  executionSecondsMax: 60,
  queryMemoryBytesMax: 2 * 1024 * 1024 * 1024,
  memoryBytesMax: 4 * 1024 * 1024 * 1024,
  drainMs: 1000,
  lockWaitMs: 10_000,
};

/** Names the file in the spool directory that holds an insert's body; the body sent is empty then. */
export const handedOverHeader = 'x-vonggac-insert-file';

/** What the parent sends over the IPC channel: never argv or the environment, which other users can read. */
export type ToChild =
  | {
      kind: 'open';
      /** The engine's directory. */
      path: string;
      /** Where insert bodies wait; must be free of glob characters (see spool.ts). */
      spoolPath: string;
      /** 0 on the first start, the same port again after a crash. */
      port: number;
      username: string;
      password: string;
      database: string;
      limits: EmbeddedClickHouseLimits;
    }
  | { kind: 'close' };

export type FromChild =
  /** `claimsDropped`: tokens of inserts that a killed predecessor knew but had no rows for (deduplication-logs.ts). */
  | { kind: 'ready'; port: number; version: string; claimsDropped: number }
  | { kind: 'failed'; code: string; message: string }
  /** A bound bit: the answer to the caller, and how often one did since the last such message. */
  | { kind: 'refused'; message: string; times: number };
