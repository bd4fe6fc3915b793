import type { Indicator, IndicatorType } from '../model/indicator.ts';
import { type Sql, tokenOf } from './sql.ts';

/** A change of one indicator: `removed` takes it out; `fresh` has stored events searched for it. */
export interface IndicatorChange {
  readonly indicator: Indicator;
  readonly removed: boolean;
  readonly fresh: boolean;
}

export interface IndicatorPage {
  readonly items: readonly Indicator[];
  /** Hand it in to go on; null at the end. */
  readonly cursor: string | null;
}

export interface IndicatorRows {
  /** Writes a revision; it counts once the ledger's row of the list names it. */
  write(list: string, revision: number, changes: readonly IndicatorChange[]): Promise<void>;
  /** What is in the list now, by type and value. */
  content(list: string): Promise<readonly Indicator[]>;
  /** The same by pages; `containing` is looked for in values and descriptions. */
  page(o: {
    readonly list: string;
    readonly containing: string;
    readonly limit: number;
    readonly cursor?: string;
  }): Promise<IndicatorPage>;
  /** Those in the list now that came with a revision in (after, until]. */
  fresh(list: string, after: number, until: number): Promise<readonly Indicator[]>;
  /** The newest state of one kind of work, by list. */
  work(kind: string): Promise<ReadonlyMap<string, { readonly atMs: number; readonly document: unknown }>>;
  setWork(list: string, kind: string, atMs: number, document: object): Promise<void>;
  /** Events that met each of these rules, received since then. */
  hits(rules: readonly string[], sinceMs: number): Promise<ReadonlyMap<string, number>>;
}

interface Row {
  type: IndicatorType;
  value: string;
  valid_from: string;
  valid_until: string;
  description: string;
  tags: string[];
  source_id: string;
}

const columns = [
  'list',
  'type',
  'value',
  'revision',
  'removed',
  'fresh',
  'valid_from',
  'valid_until',
  'description',
  'tags',
  'source_id',
];

const rowsPerInsert = 20_000;

/** The newest committed state of every indicator of a list. */
const newest = `SELECT type, value, revision, removed, fresh, valid_from, valid_until, description, tags, source_id
  FROM indicators
  WHERE list = {list:String} AND revision IN (
    SELECT JSONExtractUInt(document, 'revision') FROM ledger WHERE kind = 'indicator-list' AND subject = {list:String})
  ORDER BY type, value, revision DESC
  LIMIT 1 BY type, value`;

const read = 'type, value, valid_from, valid_until, description, tags, source_id';

function indicatorOf(row: Row): Indicator {
  return {
    type: row.type,
    value: row.value,
    validFromMs: Number(row.valid_from),
    validUntilMs: Number(row.valid_until),
    description: row.description,
    tags: row.tags,
    sourceId: row.source_id,
  };
}

export function createIndicatorRows(o: { readonly sql: Sql }): IndicatorRows {
  const { sql } = o;
  return {
    async write(list, revision, changes) {
      for (let from = 0; from < changes.length; from += rowsPerInsert) {
        const rows = changes
          .slice(from, from + rowsPerInsert)
          .map(({ indicator: i, removed, fresh }) =>
            JSON.stringify([
              list,
              i.type,
              i.value,
              revision,
              removed,
              fresh,
              i.validFromMs,
              i.validUntilMs,
              i.description,
              i.tags,
              i.sourceId,
            ]),
          );
        await sql.insert('indicators', columns, rows, tokenOf('indicators', rows));
      }
    },
    async content(list) {
      const rows = await sql.rows<Row>(`SELECT ${read} FROM (${newest}) WHERE NOT removed`, { list });
      return rows.map(indicatorOf);
    },
    async page({ list, containing, limit, cursor }) {
      const place = (cursor ?? '').indexOf(' ');
      const rows = await sql.rows<Row>(
        `SELECT ${read} FROM (${newest}) WHERE NOT removed
           AND ({text:String} = '' OR positionCaseInsensitiveUTF8(value, {text:String}) > 0
             OR positionCaseInsensitiveUTF8(description, {text:String}) > 0)
           AND (type, value) > ({type:String}, {value:String})
         ORDER BY type, value LIMIT {limit:UInt32}`,
        {
          list,
          text: containing,
          limit: limit + 1,
          type: (cursor ?? '').slice(0, Math.max(0, place)),
          value: (cursor ?? '').slice(place + 1),
        },
      );
      const items = rows.slice(0, limit).map(indicatorOf);
      const last = items.at(-1);
      return { items, cursor: rows.length > limit && last !== undefined ? `${last.type} ${last.value}` : null };
    },
    async fresh(list, after, until) {
      const rows = await sql.rows<Row>(
        `SELECT ${read} FROM (${newest}) WHERE NOT removed AND (type, value) IN (
           SELECT type, value FROM indicators
           WHERE list = {list:String} AND fresh AND revision > {after:UInt64} AND revision <= {until:UInt64})`,
        { list, after, until },
      );
      return rows.map(indicatorOf);
    },
    async work(kind) {
      const rows = await sql.rows<{ list: string; at_ms: string; document: string }>(
        `SELECT list, at_ms, document FROM indicator_work WHERE kind = {kind:String}
         ORDER BY list, at_ms DESC LIMIT 1 BY list`,
        { kind },
      );
      return new Map(
        rows.map((row) => [row.list, { atMs: Number(row.at_ms), document: JSON.parse(row.document) as unknown }]),
      );
    },
    async setWork(list, kind, atMs, document) {
      const rows = [JSON.stringify([list, kind, atMs, JSON.stringify(document)])];
      await sql.insert('indicator_work', ['list', 'kind', 'at_ms', 'document'], rows, tokenOf('indicator-work', rows));
    },
    async hits(rules, sinceMs) {
      if (rules.length === 0) return new Map();
      const rows = await sql.rows<{ rule: string; n: string }>(
        `SELECT rule, uniqExact(event) AS n FROM findings
         WHERE rule IN {rules:Array(String)} AND received_time >= fromUnixTimestamp64Milli({sinceMs:Int64})
           AND day >= toDate(fromUnixTimestamp64Milli({sinceMs:Int64})) - 1
         GROUP BY rule`,
        { rules, sinceMs },
      );
      return new Map(rows.map((row) => [row.rule, Number(row.n)]));
    },
  };
}
