import type { Finding, MatchedField } from '../model/finding.ts';
import { timeText } from './event-columns.ts';
import { gatherInserts } from './gather-inserts.ts';
import type { StoreLimits } from './limits.ts';
import { inChunks, type Sql, tokenOf } from './sql.ts';

/** What follows from the findings of one alert; doubled rows do not count twice. Times are ms since the epoch. */
export interface AlertAggregate {
  /** Distinct events. */
  readonly events: number;
  readonly firstEventMs: number;
  readonly lastEventMs: number;
  readonly firstReceivedMs: number;
  readonly lastReceivedMs: number;
  /** The first `evidenceMax` events by (event time, id). */
  readonly evidence: readonly { readonly event: string; readonly day: string }[];
}

export interface Findings {
  /** Stores findings once per (rule, event), however often; `token` names the call (batch and rule set). */
  insertFindings(findings: readonly Finding[], token: string): Promise<void>;
  aggregate(alertIds: readonly string[]): Promise<ReadonlyMap<string, AlertAggregate>>;
  /** Of each alert the first `limitPerAlert` findings by (event time, event). */
  findingsOf(alertIds: readonly string[], limitPerAlert: number): Promise<Finding[]>;
  /** Distinct (rule, event) pairs, sorted; with `drill`, those of events of that run. */
  pairs(f: { readonly drill?: string }): Promise<{ rule: string; event: string }[]>;
}

interface FindingRow {
  alert: string;
  rule: string;
  event: string;
  batch: string;
  day: string;
  event_ms: string;
  received_ms: string;
  matched: string;
}

interface AggregateRow {
  alert: string;
  events: string;
  first_event: string;
  last_event: string;
  first_received: string;
  last_received: string;
  evidence_events: string[];
  evidence_days: string[];
}

function readFinding(row: FindingRow): Finding {
  return {
    rule: row.rule,
    event: row.event,
    batch: row.batch,
    day: row.day,
    alert: row.alert,
    eventTimeMs: Number(row.event_ms),
    receivedTimeMs: Number(row.received_ms),
    matched: JSON.parse(row.matched) as MatchedField[],
  };
}

function readAggregate(row: AggregateRow): AlertAggregate {
  return {
    events: Number(row.events),
    firstEventMs: Number(row.first_event),
    lastEventMs: Number(row.last_event),
    firstReceivedMs: Number(row.first_received),
    lastReceivedMs: Number(row.last_received),
    evidence: row.evidence_events.map((event, i) => ({ event, day: row.evidence_days[i] ?? '' })),
  };
}

export function createFindings(o: { sql: Sql; limits: StoreLimits }): Findings {
  const { sql, limits } = o;
  const columns = ['alert', 'rule', 'event', 'batch', 'day', 'event_time', 'received_time', 'matched'];
  const inserts = gatherInserts(sql, 'findings', columns);
  return {
    async insertFindings(findings, token) {
      const rows = findings.map((f) =>
        JSON.stringify([
          f.alert,
          f.rule,
          f.event,
          f.batch,
          f.day,
          timeText(f.eventTimeMs),
          timeText(f.receivedTimeMs),
          JSON.stringify(f.matched),
        ]),
      );
      // The rows are part of the token: two calls under one name must never hide each other.
      await inserts.addAll(rows, tokenOf(`findings-${token}`, rows));
    },
    async aggregate(alertIds) {
      const found = new Map<string, AlertAggregate>();
      for (const ids of inChunks(alertIds, limits.idCharsPerQuery)) {
        const rows = await sql.rows<AggregateRow>(
          `SELECT alert, count() AS events, toUnixTimestamp64Milli(min(at)) AS first_event,
             toUnixTimestamp64Milli(max(at)) AS last_event, toUnixTimestamp64Milli(min(received)) AS first_received,
             toUnixTimestamp64Milli(max(received)) AS last_received,
             groupArraySorted({evidence:UInt32})((at, event, day)) AS firsts,
             arrayMap(t -> t.2, firsts) AS evidence_events, arrayMap(t -> toString(t.3), firsts) AS evidence_days
           FROM (
             SELECT alert, event, min(event_time) AS at, min(received_time) AS received, min(day) AS day
             FROM findings WHERE alert IN {ids:Array(String)} GROUP BY alert, event
           ) GROUP BY alert`,
          { ids, evidence: limits.evidenceMax },
        );
        for (const row of rows) found.set(row.alert, readAggregate(row));
      }
      return found;
    },
    async findingsOf(alertIds, limitPerAlert) {
      const found: Finding[] = [];
      for (const ids of inChunks(alertIds, limits.idCharsPerQuery)) {
        const rows = await sql.rows<FindingRow>(
          `SELECT alert, rule, event, batch, toString(day) AS day, toUnixTimestamp64Milli(event_time) AS event_ms,
             toUnixTimestamp64Milli(received_time) AS received_ms, matched
           FROM (SELECT * FROM findings WHERE alert IN {ids:Array(String)} LIMIT 1 BY alert, rule, event)
           ORDER BY alert, event_time, event, rule LIMIT {limit:UInt32} BY alert`,
          { ids, limit: limitPerAlert },
        );
        found.push(...rows.map(readFinding));
      }
      return found;
    },
    async pairs(f) {
      const ofDrill =
        f.drill === undefined ? '' : 'WHERE alert IN (SELECT id FROM alerts WHERE drill = {drill:String})';
      return sql.rows(`SELECT DISTINCT rule, event FROM findings ${ofDrill} ORDER BY rule, event`, { ...f });
    },
  };
}
