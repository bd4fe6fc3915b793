import type { FieldValue, SecurityEvent } from '../model/event.ts';
import { StoreRefused } from './errors.ts';
import { heldTime, isSearchableName } from './event-columns.ts';
import { hotFields } from './hot-fields.ts';
import { type NativeBlock, nativeBlock } from './native/block.ts';
import {
  byteColumn,
  dateColumn,
  jsonColumn,
  textColumn,
  timeColumn,
  wordColumn,
  wordsColumn,
} from './native/columns.ts';
import { type RetentionPolicy, retainUntil } from './retention.ts';
import { searchTextOf } from './search-text.ts';
import { withoutLoneSurrogates } from './sql.ts';

/** Events of one batch on their way into `events`: the one place that knows what of an event goes to which column. */
export interface EventBlock {
  /** Throws StoreRefused for an event that no row can hold. */
  add(event: SecurityEvent): void;
  /** The block of all that was added. */
  finish(): NativeBlock;
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

/** `rows` is how many will be added; more or fewer cost memory, nothing else. */
export function createEventBlock(o: {
  readonly rows: number;
  readonly day: string;
  readonly committedTimeMs: number;
  readonly retention: RetentionPolicy;
}): EventBlock {
  const { rows } = o;
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
    rest: jsonColumn(rows, 'JSON(max_dynamic_paths = 32)'),
    fields: textColumn(rows, 1_024),
    retain_until: dateColumn(rows),
  };
  const hot = hotFields.map(({ few }) => (few ? wordColumn(rows) : textColumn(rows, 8)));
  const day = daysSince1970(o.day);
  const committed = heldTime(o.committedTimeMs);
  const until = remembered((level: number) => daysSince1970(retainUntil(o.day, level, o.retention)));
  const restKey = remembered((name: string) => (isSearchableName(name) ? `${JSON.stringify(name)}:` : ''));
  const hotTexts = hotFields.map(() => '');
  let added = 0;

  /**
   * The searchable copy of the fields. Scalars of hot fields go to their column; everything else, as text or as a list
   * of texts, to `rest`, so that a path there has one of two types and never one guessed from the data.
   */
  function addFields(fields: SecurityEvent['fields']): void {
    hotTexts.fill('');
    const present: string[] = [];
    const nullKeys: string[] = [];
    let rest = '';
    const addRest = (name: string, json: string): void => {
      const key = restKey(name);
      if (key !== '') rest += rest === '' ? key + json : `,${key}${json}`;
    };
    for (const name of Object.keys(fields)) {
      const value = fields[name] ?? null;
      present.push(name);
      if (value === null) nullKeys.push(name);
      else if (typeof value === 'object') {
        const texts = leafTexts(value);
        if (texts.length > 0) addRest(name, JSON.stringify(texts));
      } else {
        const at = hotPlace.get(name);
        if (at === undefined) addRest(name, JSON.stringify(String(value)));
        else hotTexts[at] = String(value);
      }
    }
    for (const [i, each] of hot.entries()) each.add(hotTexts[i] ?? '');
    column.present.add(present);
    column.null_keys.add(nullKeys);
    column.rest.add(withoutLoneSurrogates(`{${rest}}`));
    column.fields.add(JSON.stringify(fields));
  }

  return {
    add(event) {
      const { product, categories, services } = event.logsource;
      column.id.add(event.id);
      column.batch.add(event.batch);
      column.day.add(day);
      column.event_time.add(heldTime(event.eventTimeMs));
      column.received_time.add(heldTime(event.receivedTimeMs));
      column.committed_time.add(committed);
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
    finish() {
      const named = hotFields.flatMap(({ column: name }, i) => {
        const filled = hot[i];
        return filled === undefined ? [] : [[name, filled] as const];
      });
      return nativeBlock([...Object.entries(column), ...named], added);
    },
  };
}

/** The whole batch at once. */
export function eventBlock(
  events: readonly SecurityEvent[],
  o: Omit<Parameters<typeof createEventBlock>[0], 'rows'>,
): NativeBlock {
  const block = createEventBlock({ ...o, rows: events.length });
  for (const event of events) block.add(event);
  return block.finish();
}

const hotPlace: ReadonlyMap<string, number> = new Map(hotFields.map((f, i) => [f.field, i]));

/** Scalars as the engine compares them: their text. */
function leafTexts(value: FieldValue): string[] {
  if (value === null) return [];
  if (typeof value === 'object') return value.flatMap((v) => leafTexts(v));
  return [String(value)];
}

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
