import { timeText } from './event-columns.ts';
import type { Sql } from './sql.ts';

/** An hour of a source, all kinds of logs together. Delays are receipt less event time by the source's own clock, ms. */
export interface SourceHour {
  readonly source: string;
  readonly startMs: number;
  readonly rows: number;
  readonly rawRows: number;
  readonly timedRows: number;
  readonly futureRows: number;
  readonly delayLowMs: number;
  readonly delayMidMs: number;
}

/** When a source last sent logs of these tags: JSON of `[product, categories, services]`. */
export interface SourceKind {
  readonly source: string;
  readonly tags: string;
  readonly rows: number;
  readonly lastReceivedMs: number;
}

export interface SourceParser {
  readonly source: string;
  readonly parser: string;
  readonly rows: number;
  readonly rawRows: number;
}

/** A contract broken by a source. `untilMs` 0: it still is. */
export interface BreachRow {
  readonly id: string;
  readonly source: string;
  readonly sinceMs: number;
  readonly untilMs: number;
}

export interface SourceWatchRows {
  /** Counts the hours from `fromMs` on anew from the batch ledger; as often as wanted, whoever does it. */
  rollUp(fromMs: number): Promise<void>;
  /** Where counting has to begin: a little before the last hour counted. */
  rollUpFrom(): Promise<number>;
  /** Ascending by source and hour. */
  hours(f: { readonly fromMs: number; readonly source?: string }): Promise<SourceHour[]>;
  kinds(fromMs: number): Promise<SourceKind[]>;
  /** By source, most rows first. */
  parsers(fromMs: number): Promise<SourceParser[]>;
  /** A sign that a process does its part in this minute. */
  beat(role: string, process: string): Promise<void>;
  /** When this role last gave a sign; 0: never. */
  lastBeat(role: string): Promise<number>;
  /** Gaps of [fromMs, now) without a sign of the role, each longer than `leastMs`. */
  gaps(role: string, fromMs: number, leastMs: number): Promise<{ readonly fromMs: number; readonly untilMs: number }[]>;
  /** Of two writings of a breach the one with an end counts. */
  writeBreaches<T extends BreachRow>(rows: readonly T[]): Promise<void>;
  openBreaches<T extends BreachRow>(): Promise<T[]>;
}

const hourMs = 3_600_000;
/** What was adopted after a crash may belong to hours that were counted already. */
const recountMs = 3 * 24 * hourMs;
const retainedMs = 30 * 24 * hourMs;

/** What the watch over sources counts and keeps. */
export function createSourceWatchRows(o: { sql: Sql; clock: () => number }): SourceWatchRows {
  const { sql, clock } = o;
  const hourOf = (ms: number): number => Math.floor(ms / hourMs) * hourMs;
  const seconds = (ms: number): number => Math.floor(ms / 1000);

  async function lastHour(): Promise<number> {
    const [row] = await sql.rows<{ last: string }>('SELECT toUnixTimestamp(max(hour)) AS last FROM source_hours');
    return Number(row?.last ?? 0) * 1000;
  }

  return {
    async rollUp(fromMs) {
      const from = timeText(hourOf(fromMs));
      // Batches are numbered by receipt, so a day more on either side has every batch of these hours.
      const day = timeText(hourOf(fromMs) - 24 * hourMs).slice(0, 10);
      await sql.command(
        `INSERT INTO source_hours (hour, source, tags, parser, rows, raw_rows, timed_rows, future_rows, last_received,
           delay_low, delay_mid, version)
         SELECT toStartOfHour(received_time) AS hour, source, tags, parser, sum(n), sum(raw_n), sum(timed_n), sum(future_n),
           max(received_time), quantileExactWeightedIf(0.1)(low, timed_n, timed_n > 0),
           quantileExactWeightedIf(0.5)(mid, timed_n, timed_n > 0), ${Math.trunc(clock())}
         FROM (
           SELECT * FROM batches WHERE day >= toDate('${day}') AND received_time >= toDateTime64('${from}', 3, 'UTC')
           LIMIT 1 BY day, batch
         ) ARRAY JOIN share_source AS source, share_tags AS tags, share_parser AS parser, share_rows AS n,
           share_raw_rows AS raw_n, share_timed_rows AS timed_n, share_future_rows AS future_n, share_delay_low AS low,
           share_delay_mid AS mid
         GROUP BY hour, source, tags, parser`,
      );
    },
    async rollUpFrom() {
      const last = await lastHour();
      return last === 0 ? clock() - retainedMs : Math.max(last - recountMs, clock() - retainedMs);
    },
    async hours(f) {
      const rows = await sql.rows<Record<string, string>>(
        `SELECT source, toUnixTimestamp(hour) AS start, sum(rows) AS n, sum(raw_rows) AS raw_n, sum(timed_rows) AS timed_n,
           sum(future_rows) AS future_n, quantileExactWeightedIf(0.1)(delay_low, timed_rows, timed_rows > 0) AS low,
           quantileExactWeightedIf(0.5)(delay_mid, timed_rows, timed_rows > 0) AS mid
         FROM source_hours FINAL
         WHERE hour >= toDateTime({from:UInt32}) ${f.source === undefined ? '' : 'AND source = {source:String}'}
         GROUP BY source, start ORDER BY source, start`,
        { from: seconds(hourOf(f.fromMs)), source: f.source },
      );
      return rows.map((row) => ({
        source: row.source ?? '',
        startMs: Number(row.start) * 1000,
        rows: Number(row.n),
        rawRows: Number(row.raw_n),
        timedRows: Number(row.timed_n),
        futureRows: Number(row.future_n),
        delayLowMs: Number(row.low),
        delayMidMs: Number(row.mid),
      }));
    },
    async kinds(fromMs) {
      const rows = await sql.rows<{ source: string; tags: string; n: string; last: string }>(
        `SELECT source, tags, sum(rows) AS n, toUnixTimestamp64Milli(max(last_received)) AS last FROM source_hours FINAL
         WHERE hour >= toDateTime({from:UInt32}) GROUP BY source, tags ORDER BY source, tags`,
        { from: seconds(hourOf(fromMs)) },
      );
      return rows.map(({ source, tags, n, last }) => ({ source, tags, rows: Number(n), lastReceivedMs: Number(last) }));
    },
    async parsers(fromMs) {
      const rows = await sql.rows<{ source: string; parser: string; n: string; raw_n: string }>(
        `SELECT source, parser, sum(rows) AS n, sum(raw_rows) AS raw_n FROM source_hours FINAL
         WHERE hour >= toDateTime({from:UInt32}) GROUP BY source, parser ORDER BY source, n DESC, parser`,
        { from: seconds(hourOf(fromMs)) },
      );
      return rows.map((row) => ({
        source: row.source,
        parser: row.parser,
        rows: Number(row.n),
        rawRows: Number(row.raw_n),
      }));
    },
    async beat(role, process) {
      const minute = timeText(clock()).slice(0, 16);
      const row = JSON.stringify([`${minute}:00`, role, process]);
      await sql.insert('heartbeats', ['minute', 'role', 'process'], [row], `beat-${role}-${process}-${minute}`);
    },
    async lastBeat(role) {
      const [row] = await sql.rows<{ last: string }>(
        'SELECT toUnixTimestamp(max(minute)) AS last FROM heartbeats WHERE role = {role:String}',
        { role },
      );
      return Number(row?.last ?? 0) * 1000;
    },
    async gaps(role, fromMs, leastMs) {
      const rows = await sql.rows<{ from: string; until: string }>(
        `SELECT toUnixTimestamp(before) AS from, toUnixTimestamp(minute) AS until FROM (
           SELECT minute, lagInFrame(minute, 1, toDateTime({from:UInt32}, 'UTC')) OVER (
             ORDER BY minute ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before
           FROM (
             SELECT DISTINCT minute FROM heartbeats
             WHERE role = {role:String} AND minute > toDateTime({from:UInt32}, 'UTC')
             UNION ALL SELECT toDateTime({now:UInt32}, 'UTC')
           )
         ) WHERE minute - before > {least:UInt32} ORDER BY before`,
        { role, from: seconds(fromMs), now: seconds(clock()), least: seconds(leastMs) },
      );
      return rows.map(({ from, until }) => ({ fromMs: Number(from) * 1000, untilMs: Number(until) * 1000 }));
    },
    async writeBreaches(rows) {
      const version = clock();
      const texts = rows.map((row) =>
        JSON.stringify([
          row.id,
          row.untilMs === 0 ? 0 : version,
          row.source,
          timeText(row.sinceMs),
          row.untilMs === 0,
          JSON.stringify(row),
        ]),
      );
      const columns = ['id', 'version', 'source', 'since', 'is_open', 'document'];
      await sql.insert('breaches', columns, texts, `breaches-${version}-${rows.map(({ id }) => id).join('-')}`);
    },
    async openBreaches<T extends BreachRow>() {
      const rows = await sql.rows<{ document: string }>(
        'SELECT document FROM breaches FINAL WHERE is_open ORDER BY since, id',
      );
      return rows.map((row) => JSON.parse(row.document) as T);
    },
  };
}
