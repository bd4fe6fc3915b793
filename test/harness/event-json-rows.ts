import type { FieldValue, SecurityEvent } from '../../src/model/event.ts';
import { isSearchableName, timeText } from '../../src/store/event-columns.ts';
import { hotFields } from '../../src/store/hot-fields.ts';
import { retainUntil } from '../../src/store/retention.ts';
import { searchTextOf } from '../../src/store/search-text.ts';

/**
 * Rows of `events` as JSON text that ClickHouse parses itself: slow, plain, and what the binary blocks of the store must
 * come to.
 */
export function eventJsonRow(event: SecurityEvent, o: { readonly day: string; readonly committedTimeMs: number }) {
  const names = Object.keys(event.fields);
  const isHot = (name: string): boolean =>
    Object.hasOwn(event.fields, name) &&
    hotFields.some(({ field }) => field === name) &&
    typeof event.fields[name] !== 'object';
  const rest = names
    .filter((name) => !isHot(name) && isSearchableName(name) && texts(event.fields[name] ?? null).length > 0)
    .map((name): [string, string | string[]] => {
      const value = event.fields[name] ?? null;
      return [name, typeof value === 'object' ? texts(value) : String(value)];
    });
  return {
    id: event.id,
    batch: event.batch,
    day: o.day,
    event_time: timeText(event.eventTimeMs),
    received_time: timeText(event.receivedTimeMs),
    committed_time: timeText(o.committedTimeMs),
    org: event.org,
    system: event.system,
    host: event.host,
    source: event.source,
    product: event.logsource.product ?? '',
    category: event.logsource.categories[0] ?? '',
    categories: event.logsource.categories,
    service: event.logsource.services[0] ?? '',
    services: event.logsource.services,
    origin: event.origin,
    drill: event.drill,
    lane: event.lane,
    level: event.level,
    message: event.message,
    folded: searchTextOf(event),
    raw: event.raw,
    parser: event.parser,
    mappings: event.mappings,
    parse_status: event.parseStatus,
    parse_reason: event.parseReason,
    ...Object.fromEntries(
      hotFields.map(({ field, column }) => [column, isHot(field) ? String(event.fields[field]) : '']),
    ),
    present: names,
    null_keys: names.filter((name) => event.fields[name] === null),
    // fromEntries, not assignment: `__proto__` is a field name like any other.
    rest: Object.fromEntries(rest),
    fields: JSON.stringify(event.fields),
    retain_until: retainUntil(o.day, event.level, {}),
  };
}

function texts(value: FieldValue): string[] {
  if (value === null) return [];
  return typeof value === 'object' ? value.flatMap(texts) : [String(value)];
}
