import type { Batch, BatchRef, Evaluation } from '../model/batch.ts';
import { timeText } from './event-columns.ts';
import type { StoreLimits } from './limits.ts';
import type { Sql } from './sql.ts';

/** How far evaluation has come. `waiting` is exact; `oldestWaitingMs` is an age, 0 when nothing waits. */
export interface Coverage {
  /** Id of the batch evaluated last; '' before the first. */
  readonly lastBatch: string;
  readonly waiting: number;
  readonly oldestWaitingMs: number;
}

/** Rows of one source in one batch, and how many of them nobody could parse. */
export interface SourceShare {
  readonly source: string;
  readonly rows: number;
  readonly rawRows: number;
}

/** The ledger of batches and the ledger of evaluations. */
export interface Batches {
  /** The ledger row of a batch. The same batch again, from whoever, is one row: the token is the batch's id. */
  record(batch: Batch, key: string, shares: readonly SourceShare[]): Promise<void>;
  find(id: string): Promise<Batch | null>;
  unevaluated(limit: number): Promise<BatchRef[]>;
  adoptOrphans(olderThanMs: number): Promise<Batch[]>;
  /** Adopts the rows of this one batch if they lie there without a ledger row. */
  adopt(id: string): Promise<Batch | null>;
  recordEvaluation(e: Evaluation): Promise<void>;
  coverage(): Promise<Coverage>;
}

const dayMs = 86_400_000;

export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

interface BatchRow {
  batch: string;
  day: string;
  rows: number;
  received_ms: string;
  committed_ms: string;
  sources: string[];
  how: Batch['how'];
}

function readBatchRow(row: BatchRow): Batch {
  return {
    id: row.batch,
    day: row.day,
    rows: Number(row.rows),
    receivedTimeMs: Number(row.received_ms),
    committedTimeMs: Number(row.committed_ms),
    sources: row.sources,
    how: row.how,
  };
}

export function createBatches(o: { sql: Sql; limits: StoreLimits; clock: () => number }): Batches {
  const { sql, limits, clock } = o;
  // Days before this one hold no unevaluated batch: found once by a look at everything, then kept. Only days a late
  // writer or an adoption can still reach stay open.
  let closedBefore = '';
  // Orphans committed before this were looked for already in this process.
  let adoptedThroughMs = 0;

  const openDay = (): string => dayOf(clock() - limits.adoptDays * dayMs);

  const waitingSql = `FROM batches WHERE day >= {since:Date} AND (day, batch) NOT IN (
    SELECT day, batch FROM evaluations WHERE day >= {since:Date})`;

  /** First day that can hold a waiting batch. */
  async function firstOpenDay(): Promise<string> {
    if (closedBefore === '') {
      const [row] = await sql.rows<{ first: string }>(`SELECT min(day) AS first ${waitingSql}`, {
        since: '1970-01-01',
      });
      // min() of nothing is the type's zero.
      closedBefore = row === undefined || row.first === '1970-01-01' ? openDay() : row.first;
    }
    const open = openDay();
    return closedBefore < open ? closedBefore : open;
  }

  async function record(batch: Batch, key: string, shares: readonly SourceShare[]): Promise<void> {
    const row = JSON.stringify([
      batch.id,
      batch.day,
      batch.rows,
      timeText(batch.receivedTimeMs),
      timeText(batch.committedTimeMs),
      shares.map((s) => s.source),
      shares.map((s) => s.rows),
      shares.map((s) => s.rawRows),
      key,
      batch.how,
    ]);
    const columns = ['batch', 'day', 'rows', 'received_time', 'committed_time', 'sources', 'source_rows'];
    await sql.insert('batches', [...columns, 'source_raw_rows', 'key', 'how'], [row], `ledger-${batch.id}`);
  }

  async function find(id: string): Promise<Batch | null> {
    const [row] = await sql.rows<BatchRow>(
      `SELECT batch, day, rows, toUnixTimestamp64Milli(received_time) AS received_ms,
         toUnixTimestamp64Milli(committed_time) AS committed_ms, sources, how
       FROM batches WHERE day >= {since:Date} AND batch = {id:String} ORDER BY day LIMIT 1`,
      { id, since: dayOf(clock() - limits.keyDays * dayMs) },
    );
    return row === undefined ? null : readBatchRow(row);
  }

  /** Writes the ledger rows of what `where` selects among rows that have none. */
  async function adoptWhere(where: string, params: Record<string, unknown>): Promise<Batch[]> {
    const orphans = await sql.rows<BatchRow & { source_rows: number[]; source_raw_rows: number[] }>(
      `SELECT batch, day, sum(n) AS rows, max(received) AS received_ms, max(committed) AS committed_ms,
         groupArray(source) AS sources, groupArray(n) AS source_rows, groupArray(raw_n) AS source_raw_rows,
         'adopted' AS how
       FROM (
         SELECT batch, day, source, toUInt32(count()) AS n, toUInt32(countIf(parse_status = 'raw')) AS raw_n,
           toUnixTimestamp64Milli(max(received_time)) AS received,
           toUnixTimestamp64Milli(max(committed_time)) AS committed
         FROM events WHERE day >= {since:Date} AND ${where}
           AND batch NOT IN (SELECT batch FROM batches WHERE day >= {since:Date})
         GROUP BY batch, day, source ORDER BY source
       ) GROUP BY batch, day ORDER BY committed_ms, batch`,
      params,
    );
    const adopted: Batch[] = [];
    for (const row of orphans) {
      const batch = readBatchRow(row);
      const shares = batch.sources.map((source, i) => ({
        source,
        rows: Number(row.source_rows[i] ?? 0),
        rawRows: Number(row.source_raw_rows[i] ?? 0),
      }));
      await record(batch, '', shares);
      adopted.push(batch);
    }
    return adopted;
  }

  return {
    record,
    find,
    async unevaluated(limit) {
      const rows = await sql.rows<{ batch: string; day: string }>(
        `SELECT batch, day ${waitingSql} GROUP BY day, batch ORDER BY min(committed_time), batch LIMIT {limit:UInt32}`,
        { since: await firstOpenDay(), limit },
      );
      return rows.map((r) => ({ id: r.batch, day: r.day }));
    },
    async adoptOrphans(olderThanMs) {
      const untilMs = clock() - olderThanMs;
      // A writer may sit between rows and ledger for as long as its retries last; look back well over that.
      const fromMs = Math.max(0, adoptedThroughMs - 2 * limits.insertWaitMs - limits.requestMs - olderThanMs);
      const adopted = await adoptWhere(
        `committed_time >= fromUnixTimestamp64Milli({from:Int64}) AND committed_time < fromUnixTimestamp64Milli({until:Int64})`,
        { since: openDay(), from: fromMs, until: untilMs },
      );
      adoptedThroughMs = untilMs;
      return adopted;
    },
    async adopt(id) {
      const since = dayOf(clock() - limits.keyDays * dayMs);
      const [batch] = await adoptWhere('batch = {id:String}', { id, since });
      return batch ?? null;
    },
    async recordEvaluation(e) {
      const row = JSON.stringify([
        e.batch,
        e.day,
        e.ruleSet,
        e.events,
        e.findings,
        e.rules,
        timeText(e.evaluatedTimeMs),
        Math.max(0, Math.round(e.durationMs)),
        e.worker,
      ]);
      const columns = ['batch', 'day', 'rule_set', 'events', 'findings', 'rules', 'evaluated_time', 'duration_ms'];
      await sql.insert('evaluations', [...columns, 'worker'], [row], `evaluation-${e.batch}-${e.ruleSet}`);
    },
    async coverage() {
      const since = await firstOpenDay();
      const [waiting] = await sql.rows<{ n: string; oldest: string }>(
        `SELECT uniqExact(day, batch) AS n, toUnixTimestamp64Milli(min(committed_time)) AS oldest ${waitingSql}`,
        { since },
      );
      const [last] = await sql.rows<{ batch: string }>(
        'SELECT batch FROM evaluations WHERE day >= {since:Date} ORDER BY evaluated_time DESC, batch DESC LIMIT 1',
        { since },
      );
      const count = Number(waiting?.n ?? 0);
      return {
        lastBatch: last?.batch ?? '',
        waiting: count,
        oldestWaitingMs: count === 0 ? 0 : Math.max(0, clock() - Number(waiting?.oldest ?? 0)),
      };
    },
  };
}
