import { randomUUID } from 'node:crypto';
import { type Alert, alertRevision } from '../model/finding.ts';
import { severityRank } from '../model/severity.ts';
import { timeText } from './event-columns.ts';
import type { StoreLimits } from './limits.ts';
import { type Paged, readCursor, systemsSql, writeCursor } from './paging.ts';
import { inChunks, type Sql } from './sql.ts';

/** `systems`: null = all, [] = none; always applied. `since` is ms of creation, inclusive. */
export interface AlertFilter {
  readonly limit: number;
  readonly cursor?: string;
  readonly rule?: string;
  readonly system?: string;
  readonly since?: number;
  readonly drill?: string;
  readonly systems: readonly string[] | null;
}

export interface Alerts {
  /** The newest revision (most events) wins; of equal ones the last written. */
  writeAlerts(alerts: readonly Alert[]): Promise<void>;
  alerts(ids: readonly string[]): Promise<Alert[]>;
  /** Earliest first. */
  alertsOfIncident(incident: string): Promise<Alert[]>;
  /** Newest created first. */
  listAlerts(f: AlertFilter): Promise<Paged<Alert>>;
}

export function createAlerts(o: { sql: Sql; limits: StoreLimits }): Alerts {
  const { sql, limits } = o;
  const columns = ['id', 'revision', 'rule', 'severity', 'tags', 'origin', 'drill', 'lane', 'org', 'system', 'host'];
  const timeColumns = ['incident', 'created_time', 'first_event_time', 'last_event_time', 'document'];

  const parse = (rows: { document: string }[]): Alert[] => rows.map((r) => JSON.parse(r.document) as Alert);

  return {
    async writeAlerts(alerts) {
      const rows = alerts.map((a) =>
        JSON.stringify([
          a.id,
          alertRevision(a),
          a.rule.id,
          severityRank(a.rule.severity),
          a.rule.tags,
          a.origin,
          a.drill,
          a.lane,
          a.org,
          a.system,
          a.host,
          a.incident,
          timeText(a.createdMs),
          timeText(a.firstEventMs),
          timeText(a.lastEventMs),
          JSON.stringify(a),
        ]),
      );
      // A token a call, for its own retries: writing an earlier content again must count as the last write.
      await sql.insert('alerts', [...columns, ...timeColumns], rows, `alerts-${randomUUID()}`);
    },
    async alerts(ids) {
      const found = new Map<string, Alert>();
      for (const chunk of inChunks(ids, limits.idCharsPerQuery)) {
        const rows = await sql.rows<{ document: string }>(
          'SELECT document FROM alerts FINAL WHERE id IN {ids:Array(String)}',
          { ids: chunk },
        );
        for (const alert of parse(rows)) found.set(alert.id, alert);
      }
      return [...new Set(ids)].flatMap((id) => found.get(id) ?? []);
    },
    async alertsOfIncident(incident) {
      // The inner read may use the index and see old revisions; the outer one decides by the newest.
      const rows = await sql.rows<{ document: string }>(
        `SELECT document FROM alerts FINAL
         WHERE id IN (SELECT id FROM alerts WHERE incident = {incident:String}) AND incident = {incident:String}
         ORDER BY first_event_time, id`,
        { incident },
      );
      return parse(rows);
    },
    async listAlerts(f) {
      const limit = Math.max(1, Math.min(f.limit, limits.pageMax));
      const place = f.cursor === undefined ? null : readCursor(f.cursor);
      const where = [
        systemsSql(f.systems),
        f.rule === undefined ? '1' : 'rule = {rule:String}',
        f.system === undefined ? '1' : 'system = {system:String}',
        f.since === undefined ? '1' : 'created_time >= fromUnixTimestamp64Milli({since:Int64})',
        f.drill === undefined ? '1' : 'drill = {drill:String}',
        place === null ? '1' : '(created_time, id) < (fromUnixTimestamp64Milli({placeMs:Int64}), {placeId:String})',
      ].join(' AND ');
      // Which rows, by narrow columns; then their documents.
      const rows = await sql.rows<{ document: string; created_ms: string; id: string }>(
        `SELECT id, document, toUnixTimestamp64Milli(created_time) AS created_ms FROM alerts FINAL
         WHERE id IN (SELECT id FROM alerts FINAL WHERE ${where} ORDER BY created_time DESC, id DESC LIMIT {limit:UInt32})
         ORDER BY created_time DESC, id DESC`,
        { ...f, limit: limit + 1, placeMs: place?.ms ?? 0, placeId: place?.id ?? '' },
      );
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const more = rows.length > limit && last !== undefined;
      return {
        items: parse(page),
        cursor: more ? writeCursor({ ms: Number(last.created_ms), id: last.id }) : null,
      };
    },
  };
}
