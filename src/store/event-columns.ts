import type { FieldValue, SecurityEvent } from '../model/event.ts';
import { hotFields } from './hot-fields.ts';
import { type RetentionPolicy, retainUntil } from './retention.ts';

/** An event as it lies in the store. */
import { searchTextOf } from './search-text.ts';

export type StoredEvent = SecurityEvent & { readonly committedTimeMs: number };

// DateTime64 ends in 2299; beyond it ClickHouse would wrap around.
const lastMs = 10_413_791_999_999;

/**
 * Milliseconds as text for a DateTime64(3, 'UTC'), held inside the type's range. Written out: of a bare number ClickHouse
 * has to guess the unit.
 */
export function timeText(ms: number): string {
  const held = Math.min(Math.max(Math.trunc(ms), 0), lastMs);
  return new Date(held).toISOString().slice(0, 23).replace('T', ' ');
}

/** Columns of `events` in the order `eventRow` gives their values. */
export const eventColumns: readonly string[] = [
  'id',
  'batch',
  'day',
  'event_time',
  'received_time',
  'committed_time',
  'org',
  'system',
  'host',
  'source',
  'product',
  'category',
  'categories',
  'service',
  'services',
  'origin',
  'drill',
  'lane',
  'level',
  'message',
  'folded',
  'raw',
  'parser',
  'mappings',
  'parse_status',
  'parse_reason',
  ...hotFields.map((f) => f.column),
  'present',
  'null_keys',
  'rest',
  'fields',
  'retain_until',
];

/** Scalars as the engine compares them: their text. */
function leafTexts(value: FieldValue): string[] {
  if (value === null) return [];
  if (typeof value === 'object') return value.flatMap((v) => leafTexts(v));
  return [String(value)];
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

interface SearchParts {
  readonly hot: readonly string[];
  readonly present: readonly string[];
  readonly nullKeys: readonly string[];
  readonly rest: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * The searchable copy of the fields. Scalars of hot fields go to their column; everything else, as text or as a list
 * of texts, to `rest`, so that a path there has one of two types and never one guessed from the data.
 */
function searchParts(event: SecurityEvent, searchable: (name: string) => boolean): SearchParts {
  const hot = emptyHot.slice();
  const present: string[] = [];
  const nullKeys: string[] = [];
  const rest: [string, string | readonly string[]][] = [];
  for (const [name, value] of Object.entries(event.fields)) {
    present.push(name);
    if (value === null) nullKeys.push(name);
    else if (typeof value === 'object') {
      const texts = leafTexts(value);
      if (texts.length > 0 && searchable(name)) rest.push([name, texts]);
    } else {
      const at = hotPlace.get(name);
      if (at !== undefined) hot[at] = String(value);
      else if (searchable(name)) rest.push([name, String(value)]);
    }
  }
  // fromEntries, not assignment: `__proto__` is a field name like any other.
  return { hot, present, nullKeys, rest: Object.fromEntries(rest) };
}

const hotPlace: ReadonlyMap<string, number> = new Map(hotFields.map((f, i) => [f.field, i]));
const emptyHot: readonly string[] = hotFields.map(() => '');

/** Remembers the answers of a pure function for as long as the batch is written. */
function remembered<K, V>(answer: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = answer(key);
    known.set(key, value);
    return value;
  };
}

/** Makes, for one batch, an event into JSON text of an array in the order of `eventColumns`. */
export function eventRows(o: {
  readonly day: string;
  readonly committedTimeMs: number;
  readonly retention: RetentionPolicy;
}): (event: SecurityEvent) => string {
  const searchable = remembered(isSearchableName);
  const until = remembered((level: number) => retainUntil(o.day, level, o.retention));
  const time = remembered(timeText);
  return (event) => {
    const { hot, present, nullKeys, rest } = searchParts(event, searchable);
    const { product, categories, services } = event.logsource;
    return JSON.stringify([
      event.id,
      event.batch,
      o.day,
      timeText(event.eventTimeMs),
      time(event.receivedTimeMs),
      time(o.committedTimeMs),
      event.org,
      event.system,
      event.host,
      event.source,
      product ?? '',
      categories[0] ?? '',
      categories,
      services[0] ?? '',
      services,
      event.origin,
      event.drill,
      event.lane,
      event.level,
      event.message,
      searchTextOf(event),
      event.raw,
      event.parser,
      event.mappings,
      event.parseStatus,
      event.parseReason,
      ...hot,
      present,
      nullKeys,
      rest,
      JSON.stringify(event.fields),
      until(event.level),
    ]);
  };
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
