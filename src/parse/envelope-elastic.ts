import type { Opened } from './envelope.ts';
import { isObject, type JsonObject } from './json.ts';
import { anyJson } from './json-formats.ts';
import type { ParseLimits } from './limits.ts';
import { setField, textOf } from './record.ts';
import { hostIn, lineIn, programIn, timeIn } from './shipped-names.ts';

/**
 * One document as Elasticsearch itself shows it: `{"_index":…,"_id":…,"_source":{…}}`. The document is read as any JSON
 * record, so Winlogbeat's and ECS documents are what they are; index and id stand beside. A document that only carries a
 * line (`message`, `log`, `event.original`) has that line read once more; one whose categories ECS names has been
 * read already.
 */
export function openElastic(object: JsonObject, limits: ParseLimits): Opened | string | null {
  const { _index: index, _id: id, _source: source } = object;
  if (typeof index !== 'string' || !isObject(source)) return null;
  const { record, reason } = anyJson(source, limits);
  if (record === null) return reason;
  const { fields } = record;
  const isCarrier = record.parser === 'json' && !Object.hasOwn(fields, 'event.category');
  const opened: Opened = {
    record: {
      ...record,
      parser: `elastic+${record.parser}`,
      timeMs: record.timeMs ?? timeIn(fields),
      host: record.host || hostIn(fields),
      program: record.program || programIn(fields),
    },
    line: isCarrier ? lineIn(fields) : '',
  };
  setField(fields, '_index', index);
  if (textOf(id) !== '') setField(fields, '_id', textOf(id));
  return opened;
}
