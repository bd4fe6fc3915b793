import { timeText } from './event-columns.ts';
import type { StoreLimits } from './limits.ts';
import { type Sql, tokenOf } from './sql.ts';

/** What a collector could not take as a line at all: kept by its head, so that somebody can see why. */
export interface DeadLetter {
  readonly atMs: number;
  readonly source: string;
  readonly transport: string;
  readonly peer: string;
  readonly reason: string;
  /** The first bytes, at most 4 KiB. */
  readonly head: string;
  /** Size of the whole. */
  readonly bytes: number;
}

export interface DeadLetters {
  insertDeadLetters(rows: readonly DeadLetter[]): Promise<void>;
  /** Newest first. */
  deadLetters(limit: number): Promise<DeadLetter[]>;
}

const headCharsMax = 4_096;

export function createDeadLetters(o: { sql: Sql; limits: StoreLimits }): DeadLetters {
  const { sql, limits } = o;
  return {
    async insertDeadLetters(letters) {
      const rows = letters.map((l) => {
        const head = l.head.slice(0, headCharsMax);
        return JSON.stringify([timeText(l.atMs), l.source, l.transport, l.peer, l.reason, head, l.bytes]);
      });
      const columns = ['at', 'source', 'transport', 'peer', 'reason', 'head', 'bytes'];
      await sql.insert('dead_letters', columns, rows, tokenOf('dead', rows));
    },
    async deadLetters(limit) {
      const rows = await sql.rows<Omit<DeadLetter, 'atMs' | 'bytes'> & { at_ms: string; bytes: string }>(
        `SELECT toUnixTimestamp64Milli(at) AS at_ms, source, transport, peer, reason, head, bytes FROM dead_letters
         ORDER BY at DESC LIMIT {limit:UInt32}`,
        { limit: Math.max(1, Math.min(limit, limits.pageMax)) },
      );
      return rows.map(({ at_ms, bytes, ...l }) => ({ ...l, atMs: Number(at_ms), bytes: Number(bytes) }));
    },
  };
}
