import type { FieldValue, ParseStatus } from './event.ts';

/**
 * What a format's grammar says about a line, before its meaning is settled: parse makes it, normalise consumes it
 * (and may write into `fields`, which nobody else holds).
 */
export interface ParsedRecord {
  /** The parser that understood it; a wrapped format is joined by `+`: `syslog-5424+nginx-access`. */
  readonly parser: string;
  /** Time the envelope states (syslog header, EVTX TimeCreated, access log), ms since the epoch; null when none. */
  readonly timeMs: number | null;
  readonly host: string;
  /** Program that wrote the line (syslog tag or APP-NAME); ''. */
  readonly program: string;
  /** Windows: the System section's channel, provider and event id; the data section may hold fields of those names. */
  readonly channel: string;
  readonly provider: string;
  readonly eventId: string;
  /** Text for people as the source wrote it; '' when it wrote none. */
  readonly message: string;
  /** Flat, in the source's order and the source's names. */
  readonly fields: Record<string, FieldValue>;
  readonly status: ParseStatus;
  /** Why it is partial; '' when parsed. */
  readonly reason: string;
}

/** What a parser answers: the record, or null with the reason why the text is not of its format. */
export type ParseOutcome =
  | { readonly record: ParsedRecord; readonly reason: '' }
  | { readonly record: null; readonly reason: string };
