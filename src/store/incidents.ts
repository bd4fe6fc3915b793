import { randomUUID } from 'node:crypto';
import { type IncidentFacts, type IncidentState, incidentStates } from '../model/incident.ts';
import { type Severity, severities, severityRank } from '../model/severity.ts';
import { timeText } from './event-columns.ts';
import type { StoreLimits } from './limits.ts';
import { type Paged, readCursor, systemsSql, writeCursor } from './paging.ts';
import { inChunks, type Sql } from './sql.ts';

/** What an incident's alerts say together. `events` are distinct over all of them. */
export interface IncidentAggregate {
  readonly alerts: number;
  readonly events: number;
  readonly firstEventMs: number;
  readonly lastEventMs: number;
  readonly severity: Severity;
  readonly hosts: string[];
  readonly tags: string[];
}

/** Where an incident lies in event time. */
export interface IncidentSpan extends Pick<IncidentFacts, 'id' | 'firstEventMs' | 'lastEventMs'> {
  readonly groupKey: string;
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
   * The incidents of these groups whose events touch a span of event time (ms, both ends included), newest by (opened,
   * id) first: a late log finds the incident it belongs to, not the last one opened.
   */
  near(
    groupKeys: readonly string[],
    within: { readonly fromMs: number; readonly toMs: number },
  ): Promise<IncidentSpan[]>;
  write(facts: readonly IncidentRow[]): Promise<void>;
  get(id: string): Promise<IncidentFacts | null>;
  /** Those of them that are stored, in no order. */
  byIds(ids: readonly string[]): Promise<IncidentFacts[]>;
  /** Newest opened first. */
  list(f: IncidentFilter): Promise<Paged<IncidentFacts>>;
  /** By incident; one without alerts is left out. */
  aggregate(ids: readonly string[]): Promise<ReadonlyMap<string, IncidentAggregate>>;
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
    async near(groupKeys, within) {
      const found: IncidentSpan[] = [];
      for (const groups of inChunks(groupKeys, limits.idCharsPerQuery)) {
        const rows = await sql.rows<{ id: string; group_key: string; first_ms: string; last_ms: string }>(
          `SELECT id, group_key, toUnixTimestamp64Milli(first_event_time) AS first_ms,
             toUnixTimestamp64Milli(last_event_time) AS last_ms
           FROM incidents FINAL
           WHERE id IN (SELECT id FROM incidents WHERE group_key IN {groups:Array(String)})
             AND first_event_time <= fromUnixTimestamp64Milli({toMs:Int64})
             AND last_event_time >= fromUnixTimestamp64Milli({fromMs:Int64})
           ORDER BY opened_time DESC, id DESC`,
          { groups, ...within },
        );
        for (const { id, group_key: groupKey, first_ms, last_ms } of rows)
          found.push({ id, groupKey, firstEventMs: Number(first_ms), lastEventMs: Number(last_ms) });
      }
      return found;
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
    async byIds(ids) {
      const found: IncidentFacts[] = [];
      for (const some of inChunks(ids, limits.idCharsPerQuery)) {
        const rows = await sql.rows<{ document: string }>(
          'SELECT document FROM incidents FINAL WHERE id IN {ids:Array(String)}',
          { ids: some },
        );
        found.push(...parse(rows));
      }
      return found;
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
    async aggregate(ids) {
      const found = new Map<string, IncidentAggregate>();
      for (const some of inChunks(ids, limits.idCharsPerQuery)) {
        const rows = await sql.rows<AggregateRow>(aggregateSql, { ids: some });
        for (const row of rows) found.set(row.incident, readAggregate(row));
      }
      return found;
    },
  };
}

interface AggregateRow {
  incident: string;
  alerts: string;
  events: string;
  first: string;
  last: string;
  severity: number;
  hosts: string[];
  tags: string[];
}

// An alert that counts more events than it has findings is a correlation's: only what it shows has findings.
const aggregateSql = `WITH its AS (
    SELECT id, incident, first_event_time, last_event_time, severity, host, tags, JSONExtractUInt(document, 'events') AS n
    FROM alerts FINAL
    WHERE id IN (SELECT id FROM alerts WHERE incident IN {ids:Array(String)}) AND incident IN {ids:Array(String)}
  )
  SELECT incident, count() AS alerts, toUnixTimestamp64Milli(min(first_event_time)) AS first,
    toUnixTimestamp64Milli(max(last_event_time)) AS last, max(severity) AS severity,
    arraySort(arrayFilter(h -> h != '', groupUniqArray(host))) AS hosts, arraySort(groupUniqArrayArray(tags)) AS tags,
    greatest(uniqExactArray(found), max(n)) AS events
  FROM its LEFT JOIN (
    SELECT alert, groupUniqArray(event) AS found FROM findings WHERE alert IN (SELECT id FROM its) GROUP BY alert
  ) AS by_alert ON its.id = by_alert.alert
  GROUP BY incident`;

function readAggregate(row: AggregateRow): IncidentAggregate {
  return {
    alerts: Number(row.alerts),
    events: Number(row.events),
    firstEventMs: Number(row.first),
    lastEventMs: Number(row.last),
    severity: severities[Number(row.severity) - 1] ?? 'informational',
    hosts: row.hosts,
    tags: row.tags,
  };
}
