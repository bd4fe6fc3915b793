import type { FieldValue } from '../model/event.ts';
import { epochMs } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { Opened } from './envelope.ts';
import { flatten } from './flatten.ts';
import type { JsonObject } from './json.ts';
import type { ParseLimits } from './limits.ts';
import { severityName } from './priority.ts';
import { fieldText, notUnderstood, setField, textOf, understood } from './record.ts';
import { programIn } from './shipped-names.ts';

/** A name without which an object is no GELF message. */
export const gelfSign = 'short_message';

/**
 * One GELF message (version 1.0 and 1.1): `version`, `host`, `short_message`, `full_message`, `timestamp` in seconds,
 * syslog's `level`; additional fields lose the underscore they are sent with. The message is a line of its own, as
 * Docker's driver and log4j's appender send it.
 */
export function openGelf(object: JsonObject, limits: ParseLimits): Opened | string | null {
  if (typeof object.short_message !== 'string' || typeof object.host !== 'string') return null;
  const flat = flatten(object, limits);
  if (flat.fields === null) return flat.reason;
  const fields: Record<string, FieldValue> = {};
  for (const name in flat.fields) {
    const value = flat.fields[name] ?? null;
    const plain = name.startsWith('_') && name.length > 1 ? name.slice(1) : name;
    setField(fields, plain !== name && Object.hasOwn(flat.fields, plain) ? name : plain, value);
  }
  const [short, full] = [object.short_message, textOf(object.full_message)];
  const severity = severityName(Number(textOf(object.level) || Number.NaN));
  if (severity !== '' && !Object.hasOwn(fields, 'severity')) fields.severity = severity;
  const seconds = Number(textOf(object.timestamp) || Number.NaN);
  // The short one is often the first line of the full one.
  const line = full.startsWith(short) ? full : short;
  const { record } = understood({
    parser: 'gelf',
    timeMs: Number.isFinite(seconds) ? epochMs(seconds) : null,
    host: object.host,
    program: programIn(fields) || fieldText(fields, 'facility'),
    message: line,
    fields,
  });
  return record === null ? null : { record, line };
}

export function parseGelf(object: JsonObject, limits: ParseLimits): ParseOutcome {
  const opened = openGelf(object, limits);
  if (opened === null) return notUnderstood('gelf-shape');
  return typeof opened === 'string' ? notUnderstood(opened) : { record: opened.record, reason: '' };
}
