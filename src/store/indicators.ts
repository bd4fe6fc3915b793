import type { Indicator, IndicatorType } from '../model/indicator.ts';
import { type Params, type Sql, tokenOf } from './sql.ts';

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
  /** What is in the list, by type and value; with `until`, what was in it with that revision. */
  content(list: string, until?: number): Promise<readonly Indicator[]>;
  /** The newest state, as of revision `until`, of every indicator that a revision in (after, until] touched. */
  changes(
    list: string,
    after: number,
    until: number,
  ): Promise<readonly { readonly indicator: Indicator; readonly removed: boolean }[]>;
  /** One of a list; null when it is not in it. */
  find(list: string, which: Pick<Indicator, 'type' | 'value'>): Promise<Indicator | null>;
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

/** As selected by `read`. */
type Row = readonly [
  type: IndicatorType,
  value: string,
  validFrom: string,
  validUntil: string,
  description: string,
  tags: string[],
  sourceId: string,
  removed: boolean,
];

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

/** Rows written or read at once: making text of them, or objects of their text, takes some 10 ms of the event loop. */
const rowsAtOnce = 8_000;

const read = 'type, value, valid_from, valid_until, description, tags, source_id, removed';

/** The newest committed state of indicators of a list, behind a place in it; `only` says of which. */
const newest = (only = ''): string => `SELECT ${read} FROM indicators
  WHERE list = {list:String} AND revision <= {asOf:UInt64} AND (type, value) > ({type:String}, {value:String})
    AND revision IN (
      SELECT JSONExtractUInt(document, 'revision') FROM ledger WHERE kind = 'indicator-list' AND subject = {list:String})
    ${only}
  ORDER BY type, value, revision DESC
  LIMIT 1 BY type, value`;

/** Touched by one of these revisions. */
const touched = (only = ''): string => `AND (type, value) IN (
  SELECT type, value FROM indicators
  WHERE list = {list:String} AND revision > {after:UInt64} AND revision <= {until:UInt64}
    AND (type, value) > ({type:String}, {value:String}) ${only})`;

const ever = Number.MAX_SAFE_INTEGER;

function indicatorOf(row: Row): Indicator {
  const [type, value, validFrom, validUntil, description, tags, sourceId] = row;
  return {
    type,
    value,
    validFromMs: Number(validFrom),
    validUntilMs: Number(validUntil),
    description,
    tags,
    sourceId,
  };
}

export function createIndicatorRows(o: { readonly sql: Sql }): IndicatorRows {
  const { sql } = o;

  async function rowsOf(query: string, params: Params): Promise<Row[]> {
    return (await sql.tuples(query, params)) as unknown as Row[];
  }

  /** All rows of `newest`, read by pieces so that no answer holds up the event loop. */
  async function all<T>(query: string, params: Params, each: (row: Row) => T): Promise<T[]> {
    const found: T[] = [];
    let last: Pick<Indicator, 'value'> & { readonly type: string } = { type: '', value: '' };
    for (;;) {
      const rows = await rowsOf(`${query} ORDER BY type, value LIMIT ${rowsAtOnce}`, { ...params, ...last });
      for (const row of rows) found.push(each(row));
      const end = rows.at(-1);
      if (rows.length < rowsAtOnce || end === undefined) return found;
      last = { type: end[0], value: end[1] };
    }
  }

  return {
    async write(list, revision, changes) {
      for (let from = 0; from < changes.length; from += rowsAtOnce) {
        const rows = changes
          .slice(from, from + rowsAtOnce)
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
    content: (list, until = ever) =>
      all(`SELECT ${read} FROM (${newest()}) WHERE NOT removed`, { list, asOf: until }, indicatorOf),
    changes: (list, after, until) =>
      all(`SELECT ${read} FROM (${newest(touched())})`, { list, asOf: until, after, until }, (row) => {
        return { indicator: indicatorOf(row), removed: row[7] };
      }),
    async find(list, { type, value }) {
      const query = `SELECT ${read} FROM (${newest('AND type = {ofType:String} AND value = {ofValue:String}')}) WHERE NOT removed`;
      const params = { list, asOf: ever, type: '', value: '', ofType: type, ofValue: value };
      const [row] = await rowsOf(query, params);
      return row === undefined ? null : indicatorOf(row);
    },
    async page({ list, containing, limit, cursor = '' }) {
      const place = cursor.indexOf(' ');
      const rows = await rowsOf(
        `SELECT ${read} FROM (${newest()}) WHERE NOT removed
           AND ({text:String} = '' OR positionCaseInsensitiveUTF8(value, {text:String}) > 0
             OR positionCaseInsensitiveUTF8(description, {text:String}) > 0)
         ORDER BY type, value LIMIT {limit:UInt32}`,
        {
          list,
          asOf: ever,
          text: containing,
          limit: limit + 1,
          type: cursor.slice(0, Math.max(0, place)),
          value: cursor.slice(place + 1),
        },
      );
      const items = rows.slice(0, limit).map(indicatorOf);
      const last = items.at(-1);
      return { items, cursor: rows.length > limit && last !== undefined ? `${last.type} ${last.value}` : null };
    },
    fresh: (list, after, until) =>
      all(
        `SELECT ${read} FROM (${newest(touched('AND fresh'))}) WHERE NOT removed`,
        { list, asOf: ever, after, until },
        indicatorOf,
      ),
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
