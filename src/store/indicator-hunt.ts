import type { StoreLimits } from './limits.ts';
import { inChunks, type Sql } from './sql.ts';

/** Events of one day of receipt that were committed in one hour. */
export interface HuntSlice {
  readonly day: string;
  readonly hourMs: number;
  readonly events: number;
}

export interface HuntRows {
  /** What there is from this day on, committed before `untilMs`; newest first. */
  slices(sinceDay: string, untilMs: number): Promise<readonly HuntSlice[]>;
  /**
   * Events of a slice that may hold one of the indicators: all of those that do and some that do not. At most `limit`,
   * in order of their ids.
   */
  candidates(
    slice: Pick<HuntSlice, 'day' | 'hourMs'>,
    search: {
      readonly needles: readonly string[];
      readonly byWords: { readonly list: string; readonly after: number; readonly until: number } | null;
    },
    untilMs: number,
    limit: number,
  ): Promise<readonly { readonly event: string; readonly batch: string }[]>;
}

const hourMs = 3_600_000;

const inSlice = `day = {day:Date} AND committed_time >= fromUnixTimestamp64Milli({fromMs:Int64})
  AND committed_time < fromUnixTimestamp64Milli({toMs:Int64})`;

/** At most the last three labels: what a name and all below it have in common. */
const tail = (name: string, labels: number): string =>
  `arrayStringConcat(arraySlice(splitByChar('.', ${name}), -${labels}), '.')`;

/** What of an indicator is looked up among an event's words. */
const key = `multiIf(type = 'url', if(match(host, '^[0-9.]+$'), host, ${tail('host', 3)}),
  type = 'domain', ${tail('value', 3)}, value)`;

const keys = `SELECT ${key} FROM (
  SELECT type, value, extract(value, '^[^/:]+') AS host FROM indicators
  WHERE list = {list:String} AND fresh AND revision > {after:UInt64} AND revision <= {until:UInt64})`;

// Fields are JSON: an escape is a boundary, or the letter of \\n would belong to the word behind it.
const text = `replaceRegexpAll(lower(fields), '\\\\\\\\(?:u[0-9a-f]{4}|.)', ' ')`;

const words = `arrayConcat(
  extractAll(t, '[0-9]{1,3}(?:[.][0-9]{1,3}){3}'),
  extractAll(t, '[0-9a-f]{32,}'),
  arrayFlatten(arrayMap(w -> [${tail('w', 2)}, ${tail('w', 3)}], extractAll(t, '[a-z0-9_-]+(?:[.][a-z0-9_-]+)+'))))`;

export function createHuntRows(o: { readonly sql: Sql; readonly limits: StoreLimits }): HuntRows {
  const { sql, limits } = o;
  return {
    async slices(sinceDay, untilMs) {
      const rows = await sql.rows<{ day: string; hour: string; n: string }>(
        `SELECT day, intDiv(toUnixTimestamp64Milli(committed_time), ${hourMs}) AS hour, count() AS n
         FROM events
         WHERE day >= {day:Date} AND committed_time < fromUnixTimestamp64Milli({untilMs:Int64})
         GROUP BY day, hour ORDER BY hour DESC, day DESC`,
        { day: sinceDay, untilMs },
      );
      return rows.map((row) => ({ day: row.day, hourMs: Number(row.hour) * hourMs, events: Number(row.n) }));
    },
    async candidates(slice, { needles, byWords }, untilMs, limit) {
      const params = {
        day: slice.day,
        fromMs: slice.hourMs,
        toMs: Math.min(slice.hourMs + hourMs, untilMs),
        limit,
      };
      const found = new Map<string, string>();
      const take = (rows: readonly { id: string; batch: string }[]): void => {
        for (const { id, batch } of rows) found.set(id, batch);
      };
      for (const chunk of inChunks(needles, limits.idCharsPerQuery)) {
        const lower = chunk.some((needle) => /[^ -~]/.test(needle)) ? 'lowerUTF8(fields)' : 'lower(fields)';
        take(
          await sql.rows(
            `SELECT id, batch FROM events
             WHERE ${inSlice} AND multiSearchAny(${lower}, {needles:Array(String)}) ORDER BY id LIMIT {limit:UInt32}`,
            { ...params, needles: chunk },
          ),
        );
      }
      if (byWords !== null)
        take(
          await sql.rows(
            `SELECT DISTINCT id, batch FROM (
               SELECT id, batch, arrayJoin(${words}) AS word
               FROM (SELECT id, batch, ${text} AS t FROM events WHERE ${inSlice}))
             WHERE word IN (${keys}) ORDER BY id LIMIT {limit:UInt32}`,
            { ...params, ...byWords },
          ),
        );
      return [...found]
        .map(([event, batch]) => ({ event, batch }))
        .sort((a, b) => (a.event < b.event ? -1 : 1))
        .slice(0, limit);
    },
  };
}
