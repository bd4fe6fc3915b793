import { dayOf } from './batches.ts';
import type { Sql } from './sql.ts';

/** How a source fares: when it last sent, rows a minute over the last 5, share of unparsed rows over the last day. */
export interface SourceState {
  readonly id: string;
  readonly lastReceivedMs: number;
  readonly perMinute: number;
  readonly rawShare: number;
}

const rateWindowMs = 5 * 60_000;
const shareWindowMs = 24 * 3_600_000;
const seenWindowMs = 30 * 24 * 3_600_000;

/** Read from the batch ledger, which has the counts per source: no event is touched. */
export function readSources(o: { sql: Sql; clock: () => number }): () => Promise<SourceState[]> {
  return async () => {
    const nowMs = o.clock();
    const rows = await o.sql.rows<{ id: string; last: string; recent: string; rows: string; raw: string }>(
      `SELECT source AS id, toUnixTimestamp64Milli(max(received_time)) AS last,
         sumIf(n, received_time >= fromUnixTimestamp64Milli({rateFrom:Int64})) AS recent,
         sumIf(n, received_time >= fromUnixTimestamp64Milli({shareFrom:Int64})) AS rows,
         sumIf(raw_n, received_time >= fromUnixTimestamp64Milli({shareFrom:Int64})) AS raw
       FROM (
         SELECT received_time, sources, source_rows, source_raw_rows FROM batches
         WHERE day >= {since:Date} LIMIT 1 BY day, batch
       ) ARRAY JOIN sources AS source, source_rows AS n, source_raw_rows AS raw_n
       GROUP BY source ORDER BY source`,
      { rateFrom: nowMs - rateWindowMs, shareFrom: nowMs - shareWindowMs, since: dayOf(nowMs - seenWindowMs) },
    );
    return rows.map((r) => ({
      id: r.id,
      lastReceivedMs: Number(r.last),
      perMinute: Number(r.recent) / (rateWindowMs / 60_000),
      rawShare: Number(r.rows) === 0 ? 0 : Number(r.raw) / Number(r.rows),
    }));
  };
}
