import type { FieldValue } from '../model/event.ts';
import { epochMs, localZoneMinutes, parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import { flatten } from './flatten.ts';
import type { JsonObject } from './json.ts';
import type { ParseLimits } from './limits.ts';
import { fieldText, notUnderstood, understood } from './record.ts';

/** Names under which logs keep their time, most exact and best zoned first. */
const timeNames: readonly string[] = [
  '@timestamp',
  'timestamp',
  'time',
  'ts',
  'eventTime',
  'event_time',
  'EventTime',
  'TimeCreated',
  'TimeGenerated',
  'datetime',
  'date_time',
  'created_at',
  'published',
];
const hostNames: readonly string[] = [
  'Computer',
  'host',
  'hostname',
  'Hostname',
  'host.name',
  'host.hostname',
  'agent.hostname',
];
const messageNames: readonly string[] = ['message', 'msg', 'Message', 'log', 'MESSAGE'];
const programNames: readonly string[] = ['program', 'app', 'SYSLOG_IDENTIFIER'];

function first(fields: Record<string, FieldValue>, names: readonly string[]): string {
  for (const name of names) {
    const text = fieldText(fields, name);
    if (text !== '') return text;
  }
  return '';
}

/** The record's time: Sysmon's UtcTime is UTC by definition, other zone-less texts are +07:00, numbers epoch counts. */
function timeOf(fields: Record<string, FieldValue>): number | null {
  if (Object.hasOwn(fields, 'UtcTime')) {
    const utc = parseTimeText(fieldText(fields, 'UtcTime'), 0);
    if (utc !== null) return utc;
  }
  for (const name of timeNames) {
    if (!Object.hasOwn(fields, name)) continue;
    const value = fields[name];
    const ms =
      typeof value === 'number'
        ? epochMs(value)
        : typeof value === 'string'
          ? parseTimeText(value, localZoneMinutes)
          : null;
    if (ms !== null) return ms;
  }
  return null;
}

/**
 * Any other JSON object: exactly its own names and values, nested ones by dotted names; nothing is added, so that
 * rules see what the source wrote and not one value more.
 */
export function parseGenericJson(object: JsonObject, limits: ParseLimits): ParseOutcome {
  const flat = flatten(object, limits);
  if (flat.fields === null) return notUnderstood(flat.reason);
  const fields = flat.fields;
  return understood({
    parser: 'json',
    timeMs: timeOf(fields),
    host: first(fields, hostNames),
    program: first(fields, programNames),
    channel: fieldText(fields, 'Channel'),
    provider: fieldText(fields, 'Provider_Name'),
    eventId: fieldText(fields, 'EventID'),
    message: first(fields, messageNames),
    fields,
  });
}
