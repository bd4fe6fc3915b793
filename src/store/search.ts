import { StoreRefused } from './errors.ts';
import { eventSelect, readEvent, type StoredEvent } from './event-columns.ts';
import type { StoreLimits } from './limits.ts';
import { readCursor, systemsSql, writeCursor } from './paging.ts';
import { parseSearch } from './search-query.ts';
import { searchCondition } from './search-sql.ts';
import type { Sql } from './sql.ts';

/** Events with `fromMs` ≤ event time < `toMs` of these systems (null = all, [] = none) that meet `text`. */
export interface EventQuery {
  readonly text: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
  readonly cursor?: string;
  readonly systems: readonly string[] | null;
}

export interface EventSearchResult {
  /** Newest first. */
  readonly items: StoredEvent[];
  readonly cursor: string | null;
  /** Exact over the whole range, unless `cut` says that it could not be had. */
  readonly total: number;
  /** Every bar of the range, empty ones too. Bars begin at whole units of Vietnamese time (+07:00). */
  readonly histogram: { readonly fromMs: number; readonly count: number }[];
  readonly bucketMs: number;
  /** '' or what is missing because the time bound was reached, Vietnamese first. */
  readonly cut: string;
}

export interface EventSearch {
  /** @throws QueryRefused for a text that cannot be read, CursorRefused, StoreAway. */
  search(q: EventQuery): Promise<EventSearchResult>;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const zoneMs = 7 * hour;
const bucketSizes: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 7, 14, 30].map((n) => n * day),
];

/** The finest bar width, of those people read easily, that needs at most `buckets` bars. */
export function bucketFor(spanMs: number, buckets: number): number {
  const fits = (size: number): boolean => Math.ceil(spanMs / size) + 1 <= buckets;
  return bucketSizes.find(fits) ?? Math.ceil(spanMs / (buckets - 1) / day) * day;
}

// Time ran out, or memory did: the answer is cut, the store is well.
const cutCodes: ReadonlySet<number> = new Set([159, 160, 241]);

async function orCut<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof StoreRefused && cutCodes.has(error.number)) return null;
    throw error;
  }
}

function cutText(seconds: number, itemsMissing: boolean, countMissing: boolean): string {
  const vi = [itemsMissing ? 'danh sách' : '', countMissing ? 'tổng số và biểu đồ' : ''].filter((s) => s !== '');
  const en = [itemsMissing ? 'the list' : '', countMissing ? 'the total and the chart' : ''].filter((s) => s !== '');
  if (vi.length === 0) return '';
  return (
    `Tìm kiếm dừng sau ${seconds} giây, thiếu ${vi.join(' và ')}; hãy thu hẹp khoảng thời gian. · ` +
    `Stopped after ${seconds} s without ${en.join(' and ')}; narrow the time range.`
  );
}

export function createSearch(o: { sql: Sql; limits: StoreLimits }): EventSearch {
  const { sql, limits } = o;
  return {
    async search(q) {
      const limit = Math.max(1, Math.min(q.limit, limits.pageMax));
      const place = q.cursor === undefined ? null : readCursor(q.cursor);
      const condition = searchCondition(parseSearch(q.text, limits));
      const fromMs = Math.max(0, Math.trunc(q.fromMs));
      const toMs = Math.max(fromMs, Math.trunc(q.toMs));
      const bucketMs = bucketFor(toMs - fromMs, limits.histogramBuckets);
      const params = { ...condition.params, systems: q.systems, fromMs, toMs, bucketMs };
      const where = `event_time >= fromUnixTimestamp64Milli({fromMs:Int64})
        AND event_time < fromUnixTimestamp64Milli({toMs:Int64}) AND ${systemsSql(q.systems)} AND ${condition.sql}`;
      const after =
        place === null ? '' : 'AND (event_time, id) < (fromUnixTimestamp64Milli({placeMs:Int64}), {placeId:String})';
      const settings = `SETTINGS max_execution_time = ${Math.trunc(limits.searchSeconds)}, timeout_overflow_mode = 'throw'`;
      const [rows, bars] = await Promise.all([
        orCut(
          sql.tuples(
            `SELECT ${eventSelect} FROM events WHERE ${where} ${after}
             ORDER BY event_time DESC, id DESC LIMIT {limit:UInt32} ${settings}`,
            { ...params, limit: limit + 1, placeMs: place?.ms ?? 0, placeId: place?.id ?? '' },
          ),
        ),
        orCut(
          sql.rows<{ bar: string; n: string }>(
            `SELECT intDiv(toUnixTimestamp64Milli(event_time) + ${zoneMs}, {bucketMs:Int64}) AS bar, count() AS n
             FROM events WHERE ${where} GROUP BY bar ${settings}`,
            params,
          ),
        ),
      ]);
      const items = (rows ?? []).slice(0, limit).map(readEvent);
      const last = items.at(-1);
      const more = rows !== null && rows.length > limit && last !== undefined;
      return {
        items,
        cursor: more ? writeCursor({ ms: last.eventTimeMs, id: last.id }) : null,
        total: bars === null ? items.length : bars.reduce((sum, b) => sum + Number(b.n), 0),
        histogram: bars === null ? [] : everyBar(bars, fromMs, toMs, bucketMs),
        bucketMs,
        cut: cutText(limits.searchSeconds, rows === null, bars === null),
      };
    },
  };
}

function everyBar(
  bars: readonly { bar: string; n: string }[],
  fromMs: number,
  toMs: number,
  bucketMs: number,
): { fromMs: number; count: number }[] {
  const counts = new Map(bars.map((b) => [Number(b.bar), Number(b.n)]));
  const first = Math.floor((fromMs + zoneMs) / bucketMs);
  const end = Math.ceil((toMs + zoneMs) / bucketMs);
  const every: { fromMs: number; count: number }[] = [];
  for (let bar = first; bar < end; bar++) {
    every.push({ fromMs: bar * bucketMs - zoneMs, count: counts.get(bar) ?? 0 });
  }
  return every;
}
