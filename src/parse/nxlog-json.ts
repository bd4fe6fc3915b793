import { localZoneMinutes, parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import { flatten } from './flatten.ts';
import type { JsonObject } from './json.ts';
import type { ParseLimits } from './limits.ts';
import { fieldText, notUnderstood, understood } from './record.ts';

/** Whether a JSON object is a Windows event flattened by NXLog's im_msvistalog or a shipper that copies its names. */
export function isNxlogJson(object: JsonObject): boolean {
  return (
    object.EventID !== undefined &&
    typeof object.Channel === 'string' &&
    object.System === undefined &&
    object.product === undefined &&
    (object.SourceName !== undefined ||
      object.ProviderGuid !== undefined ||
      object.Hostname !== undefined ||
      object.EventTime !== undefined)
  );
}

/**
 * NXLog's flat shape: `SourceName` is the provider, `Hostname` the computer, `EventTime` the host's own clock without
 * a zone (read as +07:00). A time with a zone (`TimeCreated`, Sysmon's UtcTime) is trusted before it.
 */
export function parseNxlogJson(object: JsonObject, limits: ParseLimits): ParseOutcome {
  const flat = flatten(object, limits);
  if (flat.fields === null) return notUnderstood(flat.reason);
  const fields = flat.fields;
  const created = fieldText(fields, 'TimeCreated');
  const isZoned = created.endsWith('Z') || /[+-]\d\d:?\d\d$/.test(created);
  const timeMs =
    parseTimeText(fieldText(fields, 'UtcTime'), 0) ??
    (isZoned ? parseTimeText(created, 0) : null) ??
    parseTimeText(fieldText(fields, 'EventTime'), localZoneMinutes) ??
    parseTimeText(fieldText(fields, '@timestamp'), 0) ??
    parseTimeText(created, localZoneMinutes);
  return understood({
    parser: 'nxlog-json',
    timeMs,
    host: fieldText(fields, 'Computer') || fieldText(fields, 'Hostname'),
    channel: fieldText(fields, 'Channel'),
    provider: fieldText(fields, 'Provider_Name') || fieldText(fields, 'SourceName'),
    eventId: fieldText(fields, 'EventID'),
    message: fieldText(fields, 'Message'),
    fields,
  });
}
