import type { Batch, BatchRef, Evaluation } from '../model/batch.ts';
import { type LogShare, shareArrays, shareColumns, shareSelect } from './batch-shares.ts';
import { StoreAway, StoreRefused } from './errors.ts';
import { timeText } from './event-columns.ts';
import { gatherInserts } from './gather-inserts.ts';
import { gatherLookups } from './gather-lookups.ts';
import type { StoreLimits } from './limits.ts';
import { type Sql, tokenOf } from './sql.ts';

/** How far evaluation has come. `waiting` is exact; `oldestWaitingMs` is an age, 0 when nothing waits. */
export interface Coverage {
  /** Id of the batch evaluated last; '' before the first. */
  readonly lastBatch: string;
  readonly waiting: number;
  readonly oldestWaitingMs: number;
}

/** The ledger of batches and the ledger of evaluations. */
export interface Batches {
  /**
   * The ledger rows of batches that were stored together. The same again, from whoever, is one row each: the token is the
   * batch's id, or made of all of them.
   */
  record(entries: readonly LedgerEntry[]): Promise<void>;
  /** The ledger row of a batch; rows that may lie there without one are adopted first. Asked together, answered together. */
  findOrAdopt(id: string): Promise<Batch | null>;
  /** The batch when its rows lie in the store, ledger row or not; it has one then. Asks the events, so it costs. */
  findRows(id: string): Promise<Batch | null>;
  unevaluated(limit: number): Promise<BatchRef[]>;
  adoptOrphans(olderThanMs: number): Promise<Batch[]>;
  /** From now on nobody but their writer in this process gives these batches a ledger row; returns the end of that. */
  writing(ids: readonly string[]): () => void;
  recordEvaluation(e: Evaluation): Promise<void>;
  coverage(): Promise<Coverage>;
  /** Who evaluated since then, and with which rule set last; at most 100, by name. */
  workers(sinceMs: number): Promise<WorkerState[]>;
}

/** `key` is the client's, '' without one. */
export interface LedgerEntry {
  readonly batch: Batch;
  readonly key: string;
  readonly shares: readonly LogShare[];
}

/** What a worker last evaluated with. */
export interface WorkerState {
  readonly worker: string;
  readonly ruleSet: string;
  readonly atMs: number;
}

const dayMs = 86_400_000;
/** By then the sweep has adopted what a crash left; see `mayHaveOrphans`. */
const orphansGoneMs = 120_000;

export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Ids asked for in one statement. */
const idsPerLookup = 200;

/** Names the batches of one block: one by its id, several by all of theirs. */
export function tokenOfBatches(batches: readonly { readonly id: string }[]): string {
  const [first, ...others] = batches;
  if (first !== undefined && others.length === 0) return first.id;
  return tokenOf(
    'group',
    batches.map(({ id }) => id),
  );
}

const columns: readonly string[] = [
  'batch',
  'day',
  'rows',
  'received_time',
  'committed_time',
  'sources',
  'source_rows',
  'source_raw_rows',
  'key',
  'how',
  ...shareColumns,
];

/** The shares of a batch by source alone. */
function sourcesOf(shares: readonly LogShare[]): { source: string; rows: number; rawRows: number }[] {
  const found = new Map<string, { source: string; rows: number; rawRows: number }>();
  for (const { source, rows, rawRows } of shares) {
    const sum = found.get(source);
    if (sum === undefined) found.set(source, { source, rows, rawRows });
    else {
      sum.rows += rows;
      sum.rawRows += rawRows;
    }
  }
  return [...found.values()];
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

interface OrphanRow extends BatchRow {
  shares: [string, string, string, ...(readonly (number | string)[])][];
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
  const beingWritten = new Set<string>();
  // Days before `before` hold no waiting batch, as far as was known on the day `asOf`.
  let closed: { before: string; asOf: string } | null = null;
  // Orphans committed before this were looked for already in this process; null: none were.
  let adoptedThroughMs: number | null = null;
  let sweeps = false;

  const evaluations = gatherInserts(sql, 'evaluations', [
    'batch',
    'day',
    'rule_set',
    'events',
    'findings',
    'rules',
    'evaluated_time',
    'duration_ms',
    'worker',
  ]);
  const openedMs = clock();

  /**
   * Whether rows of a batch may lie in the store that neither the ledger nor the deduplication token would show: after
   * a start (a crash between rows and ledger row) and after midnight UTC (the token is kept per partition). At other
   * times a batch sent again is caught by the token, and asking the events table for every batch would cost as much as
   * writing it.
   */
  const mayHaveOrphans = (): boolean => {
    const nowMs = clock();
    if (nowMs - openedMs < orphansGoneMs || nowMs % dayMs < orphansGoneMs) return true;
    // Where somebody sweeps, the time after a start ends when a sweep has been over it, however long they fail.
    return sweeps && (adoptedThroughMs ?? 0) < openedMs;
  };

  const openDay = (): string => dayOf(clock() - limits.openDays * dayMs);

  const waitingSql = `FROM batches WHERE day >= {since:Date} AND (day, batch) NOT IN (
    SELECT day, batch FROM evaluations WHERE day >= {since:Date})`;

  /** First day in [from, until) with a waiting batch, else `until`. Day by day: a year of ids would not fit in memory. */
  async function firstWaitingDay(from: string, until: string): Promise<string> {
    const days = await sql.rows<{ day: string }>(
      'SELECT DISTINCT day FROM batches WHERE day >= {from:Date} AND day < {until:Date} ORDER BY day',
      { from, until },
    );
    for (const { day } of days) {
      const [waiting] = await sql.rows(
        `SELECT 1 FROM batches WHERE day = {day:Date} AND batch NOT IN (
           SELECT batch FROM evaluations WHERE day = {day:Date}) LIMIT 1`,
        { day },
      );
      if (waiting !== undefined) return day;
    }
    return until;
  }

  /** From this day on a sweep has to look. */
  async function firstOpenDay(): Promise<string> {
    const today = dayOf(clock());
    const open = openDay();
    if (closed === null || closed.asOf !== today) {
      closed = { before: await firstWaitingDay(closed?.before ?? '1970-01-01', open), asOf: today };
    }
    const { before } = closed;
    if (before < open) return before;
    return open;
  }

  function ledgerRow({ batch, key, shares }: LedgerEntry): string {
    const bySource = sourcesOf(shares);
    return JSON.stringify([
      batch.id,
      batch.day,
      batch.rows,
      timeText(batch.receivedTimeMs),
      timeText(batch.committedTimeMs),
      bySource.map((s) => s.source),
      bySource.map((s) => s.rows),
      bySource.map((s) => s.rawRows),
      key,
      batch.how,
      ...shareArrays(shares),
    ]);
  }

  async function record(entries: readonly LedgerEntry[]): Promise<void> {
    try {
      await sql.insert(
        'batches',
        columns,
        entries.map(ledgerRow),
        `ledger-${tokenOfBatches(entries.map((e) => e.batch))}`,
      );
    } catch (error) {
      // The rows are in: nobody may take this for a batch the store will not have.
      throw error instanceof StoreRefused ? new StoreAway('ledger row of a batch', error) : error;
    }
  }

  async function find(ids: readonly string[]): Promise<Map<string, Batch>> {
    const rows = await sql.rows<BatchRow>(
      `SELECT batch, day, rows, toUnixTimestamp64Milli(received_time) AS received_ms,
         toUnixTimestamp64Milli(committed_time) AS committed_ms, sources, how
       FROM batches WHERE day >= {since:Date} AND batch IN {ids:Array(String)} ORDER BY day LIMIT 1 BY batch`,
      { ids, since: openDay() },
    );
    return new Map(rows.map((row) => [row.batch, readBatchRow(row)]));
  }

  /** As `find`; rows of those not found that lie there without a ledger row are adopted, if they may be. */
  async function findWithRows(ids: readonly string[], mayAdopt: (id: string) => boolean): Promise<Map<string, Batch>> {
    const known = await find(ids);
    const missing = ids.filter((id) => !known.has(id) && mayAdopt(id));
    if (missing.length > 0) {
      const adopted = await adoptWhere('batch IN {ids:Array(String)}', { ids: missing, since: openDay() });
      for (const batch of adopted) known.set(batch.id, batch);
    }
    return known;
  }

  const isLeft = (id: string): boolean => !beingWritten.has(id);
  const lookups = gatherLookups(idsPerLookup, (ids) => findWithRows(ids, (id) => mayHaveOrphans() && isLeft(id)));

  /** The platform may have been off for longer than `openDays`: count them back from its last sign of life. */
  async function firstDayToAdopt(): Promise<string> {
    const [last] = await sql.rows<{ ms: string }>(
      'SELECT toUnixTimestamp64Milli(max(committed_time)) AS ms FROM batches',
    );
    return dayOf(Math.max(0, Math.min(clock(), Number(last?.ms ?? 0)) - limits.openDays * dayMs));
  }

  /** Writes the ledger rows of what `where` selects among rows that have none. */
  async function adoptWhere(
    where: string,
    params: Record<string, unknown>,
    isTaken: (batch: string) => boolean = () => true,
  ): Promise<Batch[]> {
    const orphans = await sql.rows<OrphanRow>(
      `SELECT batch, day, sum(n) AS rows, max(received) AS received_ms, max(committed) AS committed_ms,
         groupUniqArray(source) AS sources, 'adopted' AS how,
         groupArray((source, tags, parser, n, raw_n, timed_n, future_n, delay_low, delay_mid)) AS shares
       FROM (
         SELECT batch, day, ${shareSelect},
           toUnixTimestamp64Milli(max(received_time)) AS received,
           toUnixTimestamp64Milli(max(committed_time)) AS committed
         FROM events WHERE day >= {since:Date} AND ${where}
           AND batch NOT IN (SELECT batch FROM batches WHERE day >= {since:Date})
         GROUP BY batch, day, source, product, categories, services, parser ORDER BY source, tags, parser
       ) GROUP BY batch, day ORDER BY committed_ms, batch`,
      params,
    );
    const adopted: Batch[] = [];
    for (const row of orphans.filter((each) => isTaken(each.batch))) {
      const batch = readBatchRow(row);
      const shares = row.shares.map(
        ([source, tags, parser, rows, rawRows, timedRows, futureRows, low, mid]): LogShare => {
          const counts = { rows: Number(rows), rawRows: Number(rawRows), timedRows: Number(timedRows) };
          const delays = { delayLowMs: Number(low), delayMidMs: Number(mid) };
          return { source, tags, parser, ...counts, futureRows: Number(futureRows), ...delays };
        },
      );
      await record([{ batch, key: '', shares }]);
      if (closed !== null && batch.day < closed.before) closed = { ...closed, before: batch.day };
      adopted.push(batch);
    }
    return adopted;
  }

  return {
    record,
    findRows: async (id) => (await findWithRows([id], () => true)).get(id) ?? null,
    findOrAdopt: lookups,
    async unevaluated(limit) {
      const rows = await sql.rows<{ batch: string; day: string }>(
        `SELECT batch, day ${waitingSql} GROUP BY day, batch ORDER BY min(committed_time), batch LIMIT {limit:UInt32}`,
        { since: await firstOpenDay(), limit },
      );
      return rows.map((r) => ({ id: r.batch, day: r.day }));
    },
    async adoptOrphans(olderThanMs) {
      sweeps = true;
      const untilMs = clock() - olderThanMs;
      const theirs = new Set(beingWritten);
      // A writer may sit between rows and ledger for as long as its retries last; look back well over that.
      const slackMs = 2 * limits.insertWaitMs + limits.requestMs + olderThanMs;
      const fromMs = Math.max(0, (adoptedThroughMs ?? 0) - slackMs);
      const adopted = await adoptWhere(
        `committed_time >= fromUnixTimestamp64Milli({from:Int64}) AND committed_time < fromUnixTimestamp64Milli({until:Int64})`,
        { since: adoptedThroughMs === null ? await firstDayToAdopt() : openDay(), from: fromMs, until: untilMs },
        (id) => isLeft(id) && !theirs.has(id),
      );
      adoptedThroughMs = untilMs;
      return adopted;
    },
    writing(ids) {
      for (const id of ids) beingWritten.add(id);
      return () => {
        for (const id of ids) beingWritten.delete(id);
      };
    },
    recordEvaluation: (e) =>
      evaluations.add(
        JSON.stringify([
          e.batch,
          e.day,
          e.ruleSet,
          e.events,
          e.findings,
          e.rules,
          timeText(e.evaluatedTimeMs),
          Math.max(0, Math.round(e.durationMs)),
          e.worker,
        ]),
        `evaluation-${e.batch}-${e.ruleSet}`,
      ),
    async workers(sinceMs) {
      const rows = await sql.rows<{ worker: string; rule_set: string; at_ms: string }>(
        `SELECT worker, argMax(rule_set, evaluated_time) AS rule_set, toUnixTimestamp64Milli(max(evaluated_time)) AS at_ms
         FROM evaluations
         WHERE day >= {day:Date} AND evaluated_time >= fromUnixTimestamp64Milli({since:Int64})
         GROUP BY worker ORDER BY worker LIMIT 100`,
        { day: openDay(), since: sinceMs },
      );
      return rows.map((row) => ({ worker: row.worker, ruleSet: row.rule_set, atMs: Number(row.at_ms) }));
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
