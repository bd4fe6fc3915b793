import type { SecurityEvent } from '../model/event.ts';
import { heldTime } from '../model/event-time.ts';

/** An event as it lies in the store. */
export type StoredEvent = SecurityEvent & { readonly committedTimeMs: number };

/**
 * Milliseconds as text for a DateTime64(3, 'UTC'), held inside the type's range. Written out: of a bare number ClickHouse
 * has to guess the unit.
 */
export function timeText(ms: number): string {
  return new Date(heldTime(ms)).toISOString().slice(0, 23).replace('T', ' ');
}

/**
 * Names that may become a path of the JSON column: what log formats use, short. Others stay findable through free
 * text, and whole in `fields`.
 */
export function isSearchableName(name: string): boolean {
  return (
    name.length <= 128 && /^[\p{L}\p{N}_@][\p{L}\p{N}_@:/ -]*(?:\.[\p{L}\p{N}_@:/-][\p{L}\p{N}_@:/ -]*)*$/u.test(name)
  );
}

/** What is read to build an event again, in the order `readEvent` takes it. The copy for searching is not read. */
export const eventSelect: string = [
  'id',
  'batch',
  'toUnixTimestamp64Milli(event_time)',
  'toUnixTimestamp64Milli(received_time)',
  'toUnixTimestamp64Milli(committed_time)',
  'org',
  'system',
  'host',
  'source',
  'product',
  'categories',
  'services',
  'origin',
  'drill',
  'lane',
  'level',
  'message',
  'raw',
  'parser',
  'mappings',
  'parse_status',
  'parse_reason',
  'fields',
].join(', ');

type EventTuple = [
  id: string,
  batch: string,
  eventMs: number | string,
  receivedMs: number | string,
  committedMs: number | string,
  org: string,
  system: string,
  host: string,
  source: string,
  product: string,
  categories: string[],
  services: string[],
  origin: SecurityEvent['origin'],
  drill: string,
  lane: string,
  level: number,
  message: string,
  raw: string,
  parser: string,
  mappings: string,
  parseStatus: SecurityEvent['parseStatus'],
  parseReason: string,
  fields: string,
];

/** The event of one row of `eventSelect`; its fields are those that were stored, to the bit. */
export function readEvent(row: readonly unknown[]): StoredEvent {
  const [
    id,
    batch,
    eventMs,
    receivedMs,
    committedMs,
    org,
    system,
    host,
    source,
    product,
    categories,
    services,
    ...more
  ] = row as unknown as EventTuple;
  const [origin, drill, lane, level, message, raw, parser, mappings, parseStatus, parseReason, fields] = more;
  return {
    id,
    batch,
    eventTimeMs: Number(eventMs),
    receivedTimeMs: Number(receivedMs),
    committedTimeMs: Number(committedMs),
    org,
    system,
    host,
    source,
    logsource: { product: product === '' ? null : product, categories, services },
    origin,
    drill,
    lane,
    level,
    message,
    raw,
    parser,
    mappings,
    parseStatus,
    parseReason,
    fields: JSON.parse(fields) as SecurityEvent['fields'],
  };
}
