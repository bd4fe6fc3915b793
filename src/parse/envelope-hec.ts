import type { FieldValue } from '../model/event.ts';
import { epochMs } from '../model/event-time.ts';
import type { Opened } from './envelope.ts';
import { flatten } from './flatten.ts';
import { isObject, type JsonObject } from './json.ts';
import { anyJson } from './json-formats.ts';
import type { ParseLimits } from './limits.ts';
import { fieldText, setField, textOf, understood } from './record.ts';
import { lineIn, programIn } from './shipped-names.ts';

const metadata: readonly string[] = ['sourcetype', 'source', 'host', 'index', 'time', 'channel'];

/** What a HEC object says beside its event: `fields` under their own names, its metadata under `hec.`. */
function beside(object: JsonObject, limits: ParseLimits): Record<string, FieldValue> | string {
  const flat = isObject(object.fields) ? flatten(object.fields, limits) : flatten({}, limits);
  if (flat.fields === null) return flat.reason;
  for (const name of metadata) {
    const text = textOf(object[name]);
    if (text !== '' && name !== 'time') setField(flat.fields, `hec.${name}`, text);
  }
  return flat.fields;
}

/**
 * One event of Splunk's HTTP Event Collector: `{"sourcetype":…,"event":…,"time":…,"host":…,"source":…,"index":…,"fields":{}}`.
 * An event that is an object is read as any JSON record; one that is a text is a line, under `message`.
 */
export function openHec(object: JsonObject, limits: ParseLimits): Opened | string | null {
  const { event } = object;
  const isOther = Object.keys(object).some((name) => name !== 'event' && name !== 'fields' && !metadata.includes(name));
  if (isOther || event === undefined || event === null) return null;
  const said = beside(object, limits);
  if (typeof said === 'string') return said;
  const time = Number(textOf(object.time));
  const timeMs = textOf(object.time) === '' || !Number.isFinite(time) ? null : epochMs(time);
  const host = textOf(object.host);
  if (!isObject(event)) {
    const line = typeof event === 'string' ? event : JSON.stringify(event);
    if (!Object.hasOwn(said, 'message')) setField(said, 'message', line);
    const { record } = understood({
      parser: 'hec',
      timeMs,
      host,
      program: programIn(said),
      message: line,
      fields: said,
    });
    return record === null ? null : { record, line };
  }
  const { record, reason } = anyJson(event, limits);
  if (record === null) return reason;
  const line = record.parser === 'json' ? lineIn(record.fields) : '';
  const { fields } = record;
  for (const name in said) if (!Object.hasOwn(fields, name)) setField(fields, name, said[name] ?? null);
  const program = record.program || programIn(fields) || fieldText(fields, 'hec.source');
  return {
    record: {
      ...record,
      parser: `hec+${record.parser}`,
      timeMs: record.timeMs ?? timeMs,
      host: record.host || host,
      program,
    },
    line,
  };
}
