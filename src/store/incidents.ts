import { randomUUID } from 'node:crypto';
import { type IncidentFacts, type IncidentState, incidentStates } from '../model/incident.ts';
import { type Severity, severities, severityRank } from '../model/severity.ts';
import { timeText } from './event-columns.ts';
import type { StoreLimits } from './limits.ts';
import { type Paged, readCursor, systemsSql, writeCursor } from './paging.ts';
import type { Sql } from './sql.ts';

/** What an incident's alerts say together. `events` are distinct over all of them. Times 0 when it has no alerts. */
export interface IncidentAggregate {
  readonly alerts: number;
  readonly events: number;
  readonly firstEventMs: number;
  readonly lastEventMs: number;
  readonly severity: Severity;
  readonly hosts: string[];
  readonly tags: string[];
}

export type IncidentRow = IncidentFacts & { readonly groupKey: string; readonly revision: number };

/** `states` are those people set (the ledger's newest); an incident nobody touched is `new`. */
export interface IncidentFilter {
  readonly states?: readonly IncidentState[];
  readonly limit: number;
  readonly cursor?: string;
  readonly drill?: string;
  readonly origin?: string;
  readonly systems: readonly string[] | null;
}

export interface Incidents {
  /**
   * Newest incident of a group by (opened, id). With `within`, newest of those whose events touch that span of event
   * time (ms, both ends included): a late log finds the incident it belongs to, not the last one opened.
   */
  latestOf(
    groupKey: string,
    within?: { readonly fromMs: number; readonly toMs: number },
  ): Promise<IncidentFacts | null>;
  write(facts: readonly IncidentRow[]): Promise<void>;
  get(id: string): Promise<IncidentFacts | null>;
  /** Newest opened first. */
  list(f: IncidentFilter): Promise<Paged<IncidentFacts>>;
  aggregate(id: string): Promise<IncidentAggregate>;
}

export function createIncidents(o: { sql: Sql; limits: StoreLimits }): Incidents {
  const { sql, limits } = o;
  const columns = ['id', 'revision', 'group_key', 'severity', 'origin', 'drill', 'system', 'opened_time'];
  const more = ['first_event_time', 'last_event_time', 'document'];

  const parse = (rows: { document: string }[]): IncidentFacts[] =>
    rows.map((r) => JSON.parse(r.document) as IncidentFacts);

  // State by the ledger: the newest row of the subject that names one (a comment does not).
  const stateSql = `SELECT subject, argMax(state, version) AS newest FROM ledger
    WHERE kind = 'incident' AND state != '' GROUP BY subject`;

  return {
    async latestOf(groupKey, within) {
      const span =
        within === undefined
          ? '1'
          : `first_event_time <= fromUnixTimestamp64Milli({toMs:Int64})
             AND last_event_time >= fromUnixTimestamp64Milli({fromMs:Int64})`;
      const rows = await sql.rows<{ document: string }>(
        `SELECT document FROM incidents FINAL
         WHERE id IN (SELECT id FROM incidents WHERE group_key = {groupKey:String}) AND ${span}
         ORDER BY opened_time DESC, id DESC LIMIT 1`,
        { groupKey, ...within },
      );
      return parse(rows)[0] ?? null;
    },
    async write(facts) {
      const rows = facts.map(({ groupKey, revision, ...i }) =>
        JSON.stringify([
          i.id,
          revision,
          groupKey,
          severityRank(i.severity),
          i.origin,
          i.drill,
          i.system,
          timeText(i.openedMs),
          timeText(i.firstEventMs),
          timeText(i.lastEventMs),
          JSON.stringify(i),
        ]),
      );
      // A token a call, for its own retries: writing an earlier content again must count as the last write.
      await sql.insert('incidents', [...columns, ...more], rows, `incidents-${randomUUID()}`);
    },
    async get(id) {
      const rows = await sql.rows<{ document: string }>('SELECT document FROM incidents FINAL WHERE id = {id:String}', {
        id,
      });
      return parse(rows)[0] ?? null;
    },
    async list(f) {
      const limit = Math.max(1, Math.min(f.limit, limits.pageMax));
      const place = f.cursor === undefined ? null : readCursor(f.cursor);
      const states = f.states?.filter((s) => incidentStates.includes(s));
      const untouched = states?.includes('new') === true ? 'OR id NOT IN (SELECT subject FROM states)' : '';
      const where = [
        systemsSql(f.systems),
        f.drill === undefined ? '1' : 'drill = {drill:String}',
        f.origin === undefined ? '1' : 'origin = {origin:String}',
        states === undefined
          ? '1'
          : `(id IN (SELECT subject FROM states WHERE newest IN {states:Array(String)}) ${untouched})`,
        place === null ? '1' : '(opened_time, id) < (fromUnixTimestamp64Milli({placeMs:Int64}), {placeId:String})',
      ].join(' AND ');
      const rows = await sql.rows<{ document: string; id: string; opened_ms: string }>(
        `WITH states AS (${stateSql})
         SELECT id, document, toUnixTimestamp64Milli(opened_time) AS opened_ms FROM incidents FINAL WHERE ${where}
         ORDER BY opened_time DESC, id DESC LIMIT {limit:UInt32}`,
        { ...f, states, limit: limit + 1, placeMs: place?.ms ?? 0, placeId: place?.id ?? '' },
      );
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const next = rows.length > limit && last !== undefined;
      return { items: parse(page), cursor: next ? writeCursor({ ms: Number(last.opened_ms), id: last.id }) : null };
    },
    async aggregate(id) {
      const ofIncident = `alerts FINAL WHERE id IN (SELECT id FROM alerts WHERE incident = {id:String})
        AND incident = {id:String}`;
      const [row] = await sql.rows<{
        alerts: string;
        events: string;
        first: string;
        last: string;
        severity: number;
        hosts: string[];
        tags: string[];
      }>(
        `SELECT count() AS alerts, toUnixTimestamp64Milli(min(first_event_time)) AS first,
           toUnixTimestamp64Milli(max(last_event_time)) AS last, max(severity) AS severity,
           arraySort(arrayFilter(h -> h != '', groupUniqArray(host))) AS hosts,
           arraySort(groupUniqArrayArray(tags)) AS tags,
           greatest(
             (SELECT uniqExact(event) FROM findings WHERE alert IN (SELECT id FROM ${ofIncident})),
             max(JSONExtractUInt(document, 'events'))
           ) AS events
         FROM ${ofIncident}`,
        { id },
      );
      const alerts = Number(row?.alerts ?? 0);
      return {
        alerts,
        events: Number(row?.events ?? 0),
        firstEventMs: alerts === 0 ? 0 : Number(row?.first),
        lastEventMs: alerts === 0 ? 0 : Number(row?.last),
        severity: severities[Number(row?.severity ?? 1) - 1] ?? 'informational',
        hosts: row?.hosts ?? [],
        tags: row?.tags ?? [],
      };
    },
  };
}
