import type { Delivery, Notice } from '../model/notice.ts';
import { timeText } from './event-columns.ts';
import { type Sql, tokenOf } from './sql.ts';

/** `waiting`: queued, neither sent nor given up · `failed`: given up in the last 7 days · `oldestWaitingMs`: an age. */
export interface NoticeCounts {
  readonly waiting: number;
  readonly failed: number;
  readonly oldestWaitingMs: number;
}

/** The log of deliveries: what was to be told, and how it went. */
export interface Notices {
  log(deliveries: readonly Delivery[]): Promise<void>;
  /** All tries of an incident's notices, oldest first. */
  of(incident: string): Promise<Delivery[]>;
  /** Notices queued longer ago than this and still neither sent nor given up, oldest first. */
  unfinished(olderThanMs: number): Promise<Notice[]>;
  get(id: string): Promise<Notice | null>;
  counts(): Promise<NoticeCounts>;
}

interface Row extends Omit<Delivery, 'atMs' | 'attempt'> {
  at_ms: string;
  attempt: number;
}

const failedWindowMs = 7 * 86_400_000;

export function createNotices(o: { sql: Sql; clock: () => number }): Notices {
  const { sql, clock } = o;
  const columns = [
    'notice',
    'incident',
    'alert',
    'system',
    'channel',
    'recipient',
    'outcome',
    'attempt',
    'at',
    'detail',
  ];

  // One row a notice that still waits: when it was first queued, and its text.
  const waitingSql = `SELECT notice, min(at) AS queued, argMin(document, at) AS document FROM deliveries
    WHERE outcome = 'queued' AND notice NOT IN (SELECT notice FROM deliveries WHERE outcome IN ('sent', 'gave_up'))
    GROUP BY notice`;

  return {
    async log(deliveries) {
      const rows = deliveries.map((d) =>
        JSON.stringify([
          d.notice,
          d.incident,
          d.alert,
          d.system,
          d.channel,
          d.recipient,
          d.outcome,
          d.attempt,
          timeText(d.atMs),
          d.detail,
          d.document,
        ]),
      );
      await sql.insert('deliveries', [...columns, 'document'], rows, tokenOf('deliveries', rows));
    },
    async of(incident) {
      const rows = await sql.rows<Row>(
        `SELECT notice, incident, alert, system, channel, recipient, outcome, attempt,
           toUnixTimestamp64Milli(at) AS at_ms, detail, document
         FROM deliveries WHERE incident = {incident:String}
         ORDER BY at, notice, attempt, outcome LIMIT 1 BY notice, outcome, attempt, at`,
        { incident },
      );
      return rows.map(({ at_ms, ...d }) => ({ ...d, attempt: Number(d.attempt), atMs: Number(at_ms) }));
    },
    async unfinished(olderThanMs) {
      const rows = await sql.rows<{ document: string }>(
        `SELECT document FROM (${waitingSql}) WHERE queued < fromUnixTimestamp64Milli({until:Int64})
         ORDER BY queued, notice LIMIT 1000`,
        { until: clock() - olderThanMs },
      );
      return rows.map((r) => JSON.parse(r.document) as Notice);
    },
    async get(id) {
      const [row] = await sql.rows<{ document: string }>(
        "SELECT document FROM deliveries WHERE notice = {id:String} AND outcome = 'queued' ORDER BY at LIMIT 1",
        { id },
      );
      return row === undefined ? null : (JSON.parse(row.document) as Notice);
    },
    async counts() {
      const [waiting] = await sql.rows<{ n: string; oldest: string }>(
        `SELECT count() AS n, toUnixTimestamp64Milli(min(queued)) AS oldest FROM (${waitingSql})`,
      );
      const [failed] = await sql.rows<{ n: string }>(
        `SELECT uniqExact(notice) AS n FROM deliveries
         WHERE outcome = 'gave_up' AND at >= fromUnixTimestamp64Milli({since:Int64})`,
        { since: Math.max(0, clock() - failedWindowMs) },
      );
      const count = Number(waiting?.n ?? 0);
      return {
        waiting: count,
        failed: Number(failed?.n ?? 0),
        oldestWaitingMs: count === 0 ? 0 : Math.max(0, clock() - Number(waiting?.oldest ?? 0)),
      };
    },
  };
}
