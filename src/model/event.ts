/**
 * The event: one log line of one system, parsed and mapped to the Sigma taxonomy.
 * Everything downstream (engine, search, evidence) reads this shape and no other.
 */

/** Where an event comes from. Set from the authenticated source, never from what the line says (design/drills.md 3.2). */
export type Origin = 'production' | 'drill' | 'test';

/** `parsed`: all understood · `partial`: a header understood, the body not · `raw`: kept as it came, with a reason. */
export type ParseStatus = 'parsed' | 'partial' | 'raw';

/**
 * A field's value as the engine sees it. Objects are flattened to dotted names beforehand; an array of objects becomes
 * an array per dotted name. Integers beyond 2^53 are kept as their decimal text.
 */
export type FieldValue = string | number | boolean | null | readonly FieldValue[];

/** Fields by name, in the source's order. Presence is meaningful: a key with null or '' is present. */
export type Fields = Readonly<Record<string, FieldValue>>;

/** The set of Sigma logsource values an event answers to; a rule applies when each dimension it names is in here. */
export interface LogsourceTags {
  readonly product: string | null;
  readonly categories: readonly string[];
  readonly services: readonly string[];
}

/** What parse + normalise make of a line; pure, so `vonggac detect` and live ingest agree to the bit. */
export interface NormalisedEvent {
  /** Milliseconds since the epoch, as the source says; null when the line carries no usable time. */
  readonly eventTimeMs: number | null;
  readonly host: string;
  readonly logsource: LogsourceTags;
  /** One human line, NFC. */
  readonly message: string;
  readonly fields: Fields;
  /** The parser that understood it, e.g. `evtx-json`, `nginx-access`; `raw` when none did. */
  readonly parser: string;
  /** Version of the field mappings it was read with; '' for events stored before they said so. */
  readonly mappings: string;
  readonly parseStatus: ParseStatus;
  /** Why it is partial or raw; '' when parsed. */
  readonly parseReason: string;
}

/** An event as it is stored and evaluated. Times are milliseconds since the epoch, UTC. */
export interface SecurityEvent extends Omit<NormalisedEvent, 'eventTimeMs'> {
  /** `<batch>-<line index, base 36>`: deterministic, so a retried batch carries the same ids. */
  readonly id: string;
  readonly batch: string;
  readonly eventTimeMs: number;
  readonly receivedTimeMs: number;
  /** Owning agency id of the system. */
  readonly org: string;
  /** System (asset) id of the register; '' when the source and host are not registered. */
  readonly system: string;
  /** Source id: whose token or listener brought it. */
  readonly source: string;
  readonly origin: Origin;
  /** Drill run id and lane id; '' in production. */
  readonly drill: string;
  readonly lane: string;
  /** Security level 1–5 of the system; decides retention (TCVN 14423:2026 4.8/5.8/6.8/7.8). */
  readonly level: number;
  /** The line as it arrived, NFC not applied; of bytes that were no UTF-8, their text (`vonggac.raw_base64` has them). */
  readonly raw: string;
}
