import type { SecurityEvent } from '../model/event.ts';
import { timeCorrectionField as correctionField, timeFlagsField as flagsField } from '../model/event-time.ts';

/** Rows of one batch of one source, kind of log and parser. Times are ms. */
export interface LogShare {
  readonly source: string;
  /** The logsource tags: JSON of `[product, categories, services]`. */
  readonly tags: string;
  readonly parser: string;
  readonly rows: number;
  readonly rawRows: number;
  /** Rows that bear a time of their own; the delays are of these. */
  readonly timedRows: number;
  readonly futureRows: number;
  /** Receipt less event time by the source's own clock, before any correction: what a tenth and a half are within. */
  readonly delayLowMs: number;
  readonly delayMidMs: number;
}

/** Columns of the batch ledger that hold the shares, in the order `shareArrays` gives them. */
export const shareColumns: readonly string[] = [
  'share_source',
  'share_tags',
  'share_parser',
  'share_rows',
  'share_raw_rows',
  'share_timed_rows',
  'share_future_rows',
  'share_delay_low',
  'share_delay_mid',
];

export function shareArrays(shares: readonly LogShare[]): readonly (readonly (string | number)[])[] {
  return [
    shares.map((s) => s.source),
    shares.map((s) => s.tags),
    shares.map((s) => s.parser),
    shares.map((s) => s.rows),
    shares.map((s) => s.rawRows),
    shares.map((s) => s.timedRows),
    shares.map((s) => s.futureRows),
    shares.map((s) => Math.trunc(s.delayLowMs)),
    shares.map((s) => Math.trunc(s.delayMidMs)),
  ];
}

interface Gathering {
  readonly first: SecurityEvent;
  rows: number;
  rawRows: number;
  futureRows: number;
  readonly delays: number[];
}

/** What a batch brought, for its ledger row. Runs over every row stored. */
export function sharesOf(rows: readonly SecurityEvent[]): readonly LogShare[] {
  const found = new Map<string, Gathering>();
  for (const row of rows) {
    const { product, categories, services } = row.logsource;
    const key = `${row.source}\0${row.parser}\0${product}\0${categories.join()}\0${services.join()}`;
    let share = found.get(key);
    if (share === undefined) {
      share = { first: row, rows: 0, rawRows: 0, futureRows: 0, delays: [] };
      found.set(key, share);
    }
    share.rows += 1;
    if (row.parseStatus === 'raw') share.rawRows += 1;
    // A line without a time of its own has that of its receipt.
    else if (row.eventTimeMs !== row.receivedTimeMs) {
      const corrected = row.fields[correctionField];
      share.delays.push(row.receivedTimeMs - row.eventTimeMs + (typeof corrected === 'number' ? corrected : 0));
      if (flagsField in row.fields) share.futureRows += 1;
    }
  }
  return [...found.values()].map(({ first, rows: count, rawRows, futureRows, delays }) => {
    const { product, categories, services } = first.logsource;
    delays.sort((a, b) => a - b);
    return {
      source: first.source,
      tags: JSON.stringify([product ?? '', categories, services]),
      parser: first.parser,
      rows: count,
      rawRows,
      timedRows: delays.length,
      futureRows,
      delayLowMs: delays[Math.floor(delays.length / 10)] ?? 0,
      delayMidMs: delays[Math.floor(delays.length / 2)] ?? 0,
    };
  });
}

/** The same as ClickHouse sees it, for rows found without a ledger row: one group a share. */
export const shareSelect: string = `source,
  toJSONString((product, categories, services)) AS tags,
  parser,
  toUInt32(count()) AS n,
  toUInt32(countIf(parse_status = 'raw')) AS raw_n,
  toUInt32(countIf(parse_status != 'raw' AND event_time != received_time)) AS timed_n,
  toUInt32(countIf(JSONHas(fields, '${flagsField}'))) AS future_n,
  arraySort(groupArrayIf(
    toUnixTimestamp64Milli(received_time) - toUnixTimestamp64Milli(event_time)
      + JSONExtractInt(fields, '${correctionField}'),
    parse_status != 'raw' AND event_time != received_time)) AS delays,
  delays[intDiv(length(delays), 10) + 1] AS delay_low,
  delays[intDiv(length(delays), 2) + 1] AS delay_mid`;
