import type { LogsourceTags, SecurityEvent } from '../model/event.ts';
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

/** What a batch brings, for its ledger row, gathered row by row. */
export interface Shares {
  add(row: SecurityEvent): void;
  all(): readonly LogShare[];
}

export function createShares(): Shares {
  // Asked for every row stored, so without a text made of all that tells shares apart.
  const found = new Map<string, Map<string, Gathering[]>>();
  const sharesFor = (source: string, parser: string): Gathering[] => {
    const parsers = found.get(source) ?? new Map<string, Gathering[]>();
    const shares = parsers.get(parser) ?? [];
    if (shares.length === 0) found.set(source, parsers.set(parser, shares));
    return shares;
  };
  const begin = (first: SecurityEvent, beside: Gathering[]): Gathering => {
    const share = { first, rows: 0, rawRows: 0, futureRows: 0, delays: [] };
    beside.push(share);
    return share;
  };
  return {
    add(row) {
      const shares = sharesFor(row.source, row.parser);
      const share = shares.find(({ first }) => areSameTags(first.logsource, row.logsource)) ?? begin(row, shares);
      share.rows += 1;
      if (row.parseStatus === 'raw') share.rawRows += 1;
      // A line without a time of its own has that of its receipt.
      else if (row.eventTimeMs !== row.receivedTimeMs) {
        const corrected = row.fields[correctionField];
        share.delays.push(row.receivedTimeMs - row.eventTimeMs + (typeof corrected === 'number' ? corrected : 0));
        if (flagsField in row.fields) share.futureRows += 1;
      }
    },
    all: () => [...found.values()].flatMap((parsers) => [...parsers.values()].flat()).map(shareOf),
  };
}

function shareOf({ first, rows, rawRows, futureRows, delays }: Gathering): LogShare {
  const { product, categories, services } = first.logsource;
  delays.sort((a, b) => a - b);
  return {
    source: first.source,
    tags: JSON.stringify([product ?? '', categories, services]),
    parser: first.parser,
    rows,
    rawRows,
    timedRows: delays.length,
    futureRows,
    delayLowMs: delays[Math.floor(delays.length / 10)] ?? 0,
    delayMidMs: delays[Math.floor(delays.length / 2)] ?? 0,
  };
}

function areSameTags(a: LogsourceTags, b: LogsourceTags): boolean {
  if (a === b) return true;
  return a.product === b.product && areSame(a.categories, b.categories) && areSame(a.services, b.services);
}

function areSame(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((text, i) => text === b[i]));
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
