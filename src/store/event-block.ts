import type { FieldValue, SecurityEvent } from '../model/event.ts';
import { heldTime } from '../model/event-time.ts';
import { StoreRefused } from './errors.ts';
import { isSearchableName } from './event-columns.ts';
import { hotFields } from './hot-fields.ts';
import { type NativeBlock, nativeBlock } from './native/block.ts';
import { byteColumn, dateColumn, textColumn, timeColumn, wordColumn, wordsColumn } from './native/columns.ts';
import { pathsColumn } from './native/paths-column.ts';
import { type RetentionPolicy, retainUntil } from './retention.ts';
import { searchTextOf } from './search-text.ts';

/** Events of one batch on their way into `events`: the one place that knows what of an event goes to which column. */
export interface EventBlock {
  /** Empties it for a batch of that day. */
  begin(day: string): void;
  /** Throws StoreRefused for an event that no row can hold; the block is of no use then until it begins anew. */
  add(event: SecurityEvent): void;
  /** The block of all that was added, good until it begins anew. May be asked for again. */
  finish(committedTimeMs: number): NativeBlock;
}

const origins = { production: 0, drill: 1, test: 2 } as const;
const statuses = { parsed: 0, partial: 1, raw: 2 } as const;

/** ClickHouse's own code for it. */
const outOfBound = 69;

/** A number that does not fit in its byte would be another number. */
function byte(value: number | undefined, what: string): number {
  if (value === undefined || !Number.isInteger(value) || value < 0 || value > 255)
    throw new StoreRefused(outOfBound, `an event with ${what} that no row can hold`);
  return value;
}

const dayMs = 86_400_000;
const daysSince1970 = (day: string): number => Date.parse(`${day}T00:00:00Z`) / dayMs;

/** `rows` is how many are expected; more or fewer cost memory, nothing else. */
export function createEventBlock(rows: number, retention: RetentionPolicy): EventBlock {
  // Generous: room that is never written to costs no memory, room that is short is copied with all that was written.
  const column = {
    id: textColumn(rows, 24),
    batch: textColumn(rows, 24),
    day: dateColumn(rows),
    event_time: timeColumn(rows),
    received_time: timeColumn(rows),
    committed_time: timeColumn(rows),
    org: wordColumn(rows),
    system: wordColumn(rows),
    host: wordColumn(rows),
    source: wordColumn(rows),
    product: wordColumn(rows),
    category: wordColumn(rows),
    categories: wordsColumn(rows),
    service: wordColumn(rows),
    services: wordsColumn(rows),
    origin: byteColumn(rows, "Enum8('production' = 0, 'drill' = 1, 'test' = 2)"),
    drill: wordColumn(rows),
    lane: wordColumn(rows),
    level: byteColumn(rows, 'UInt8'),
    message: textColumn(rows, 256),
    folded: textColumn(rows, 256),
    raw: textColumn(rows, 1_024),
    parser: wordColumn(rows),
    mappings: wordColumn(rows),
    parse_status: byteColumn(rows, "Enum8('parsed' = 0, 'partial' = 1, 'raw' = 2)"),
    parse_reason: wordColumn(rows),
    present: wordsColumn(rows),
    null_keys: wordsColumn(rows),
    rest: pathsColumn(rows, 'JSON(max_dynamic_paths = 32)'),
    fields: textColumn(rows, 1_024),
    retain_until: dateColumn(rows),
  };
  /** By their fields. Most events have few of them: the others' rows are filled in when they are passed. */
  const hot = new Map(hotFields.map(({ field, few }) => [field, few ? wordColumn(rows) : textColumn(rows, 8)]));
  const named = [
    ...Object.entries(column),
    ...hotFields.flatMap(({ field, column: name }) => {
      const own = hot.get(field);
      return own === undefined ? [] : [[name, own] as const];
    }),
  ];
  const isSearchable = remembered(isSearchableName);
  let day = 0;
  let until = (_level: number): number => 0;
  let added = 0;

  /**
   * The fields as they are, and the searchable copy of them: scalars of hot fields go to their column; everything else, as
   * text or as a list of texts, to `rest`, so that a path there has one of two types and never one guessed from the data.
   */
  function addFields(fields: SecurityEvent['fields']): void {
    const present = Object.keys(fields);
    const nullKeys: string[] = [];
    const rest = column.rest;
    for (let i = 0; i < present.length; i++) {
      const key = present[i] ?? '';
      const value = fields[key] ?? null;
      if (value === null) nullKeys.push(key);
      else if (typeof value !== 'object') {
        const own = hot.get(key);
        if (own === undefined) {
          if (isSearchable(key)) rest.text(key, String(value));
        } else {
          own.fillTo(added);
          own.add(String(value));
        }
      } else if (isSearchable(key)) {
        const texts = leafTexts(value);
        if (texts.length > 0) rest.list(key, texts);
      }
    }
    rest.endRow();
    column.fields.add(JSON.stringify(fields));
    column.present.add(present);
    column.null_keys.add(nullKeys);
  }

  return {
    begin(newDay) {
      for (const [, each] of named) each.clear();
      day = daysSince1970(newDay);
      until = remembered((level: number) => daysSince1970(retainUntil(newDay, level, retention)));
      added = 0;
    },
    add(event) {
      const { product, categories, services } = event.logsource;
      column.id.add(event.id);
      column.batch.add(event.batch);
      column.day.add(day);
      column.event_time.add(heldTime(event.eventTimeMs));
      column.received_time.add(heldTime(event.receivedTimeMs));
      column.org.add(event.org);
      column.system.add(event.system);
      column.host.add(event.host);
      column.source.add(event.source);
      column.product.add(product ?? '');
      column.category.add(categories[0] ?? '');
      column.categories.add(categories);
      column.service.add(services[0] ?? '');
      column.services.add(services);
      column.origin.add(byte(origins[event.origin], 'an origin'));
      column.drill.add(event.drill);
      column.lane.add(event.lane);
      column.level.add(byte(event.level, 'a level'));
      column.message.add(event.message);
      column.folded.add(searchTextOf(event));
      column.raw.add(event.raw);
      column.parser.add(event.parser);
      column.mappings.add(event.mappings);
      column.parse_status.add(byte(statuses[event.parseStatus], 'a parse status'));
      column.parse_reason.add(event.parseReason);
      addFields(event.fields);
      column.retain_until.add(until(event.level));
      added += 1;
    },
    finish(committedTimeMs) {
      const committed = heldTime(committedTimeMs);
      column.committed_time.clear();
      for (let i = 0; i < added; i++) column.committed_time.add(committed);
      for (const own of hot.values()) own.fillTo(added);
      return nativeBlock(named, added);
    },
  };
}

/** The whole batch at once. */
export function eventBlock(
  events: readonly SecurityEvent[],
  o: { readonly day: string; readonly committedTimeMs: number; readonly retention: RetentionPolicy },
): NativeBlock {
  const block = createEventBlock(events.length, o.retention);
  block.begin(o.day);
  for (const event of events) block.add(event);
  return block.finish(o.committedTimeMs);
}

/** Scalars as the engine compares them: their text. */
function leafTexts(value: FieldValue): string[] {
  if (value === null) return [];
  if (typeof value === 'object') return value.flatMap((v) => leafTexts(v));
  return [String(value)];
}

/** Field names and the like are few, but a hostile sender makes up new ones: so many answers are remembered. */
const rememberedMax = 10_000;

/** Remembers the answers of a pure function that is asked the same for every field of every event. */
function remembered<K, V>(answer: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = answer(key);
    if (known.size >= rememberedMax) known.clear();
    known.set(key, value);
    return value;
  };
}
