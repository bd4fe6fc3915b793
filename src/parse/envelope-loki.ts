import type { FieldValue } from '../model/event.ts';
import { epochMs } from '../model/event-time.ts';
import type { Opened } from './envelope.ts';
import { flatten } from './flatten.ts';
import { isObject, type JsonObject } from './json.ts';
import type { ParseLimits } from './limits.ts';
import { setField, textOf, understood } from './record.ts';
import { hostIn, programIn } from './shipped-names.ts';

/**
 * One entry of Loki's push protocol: `{"stream":{labels},"values":[["<ns>","<line>",{metadata}]]}`. Labels and structured
 * metadata keep their names, the line is `message`.
 */
export function openLoki(object: JsonObject, limits: ParseLimits): Opened | string | null {
  const { stream, values } = object;
  const entry: unknown = Array.isArray(values) && values.length === 1 ? values[0] : null;
  if (!isObject(stream) || !Array.isArray(entry) || typeof entry[1] !== 'string') return null;
  const [time, line, metadata] = entry as [unknown, string, unknown];
  const labels = flatten({ ...stream, ...(isObject(metadata) ? metadata : {}) }, limits);
  if (labels.fields === null) return labels.reason;
  const fields: Record<string, FieldValue> = labels.fields;
  if (!Object.hasOwn(fields, 'message')) setField(fields, 'message', line);
  const nanos = textOf(time);
  const { record } = understood({
    parser: 'loki',
    timeMs: /^\d{12,20}$/.test(nanos) ? epochMs(Number(nanos)) : null,
    host: hostIn(fields),
    program: programIn(fields),
    message: line,
    fields,
  });
  return record === null ? null : { record, line };
}
