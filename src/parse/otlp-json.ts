import type { FieldValue } from '../model/event.ts';
import { epochMs } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import { flatten } from './flatten.ts';
import { isObject, type JsonObject } from './json.ts';
import type { ParseLimits } from './limits.ts';
import { fieldText, notUnderstood, textOf, understood } from './record.ts';

/** Whether a JSON object is a logs request of the OpenTelemetry protocol. */
export function isOtlpJson(object: JsonObject): boolean {
  return Array.isArray(object.resourceLogs);
}

/** An `AnyValue` as plain JSON (opentelemetry-proto, common.proto); 64-bit integers come as text. */
function plain(value: unknown, depth: number): unknown {
  if (!isObject(value) || depth === 0) return null;
  const list = value.arrayValue;
  if (isObject(list)) return Array.isArray(list.values) ? list.values.map((each) => plain(each, depth - 1)) : [];
  if (isObject(value.kvlistValue)) return attributesOf(value.kvlistValue.values, depth - 1);
  return value.stringValue ?? value.intValue ?? value.boolValue ?? value.doubleValue ?? value.bytesValue ?? null;
}

function attributesOf(list: unknown, depth: number): JsonObject {
  const out: JsonObject = {};
  for (const each of Array.isArray(list) ? list : []) {
    if (isObject(each) && typeof each.key === 'string' && each.key !== '__proto__')
      out[each.key] = plain(each.value, depth);
  }
  return out;
}

function objects(list: unknown): JsonObject[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/**
 * A line of OTLP/JSON (the collector's file exporter) with one log record; its values get the names of the log data
 * model: `resource.attributes.*`, `attributes.*`, `body`, `severity_text`. A line is one event, so one with several
 * records is only flattened, and said to be partly understood: the collector's batch size belongs at 1.
 */
export function parseOtlpJson(object: JsonObject, limits: ParseLimits): ParseOutcome {
  const found = objects(object.resourceLogs).flatMap((resource) =>
    objects(resource.scopeLogs).flatMap((scope) => objects(scope.logRecords).map((log) => ({ resource, log }))),
  );
  const [first] = found;
  const single = first !== undefined && found.length === 1;
  const depth = limits.depthMax;
  const shaped: JsonObject = single
    ? {
        body: plain(first.log.body, depth),
        severity_text: first.log.severityText ?? '',
        severity_number: first.log.severityNumber ?? 0,
        event_name: first.log.eventName ?? '',
        attributes: attributesOf(first.log.attributes, depth),
        resource: {
          attributes: attributesOf(isObject(first.resource.resource) ? first.resource.resource.attributes : [], depth),
        },
      }
    : object;
  const flat = flatten(shaped, limits);
  if (flat.fields === null) return notUnderstood(flat.reason);
  const fields: Record<string, FieldValue> = flat.fields;
  const nanos = single ? textOf(first.log.timeUnixNano) || textOf(first.log.observedTimeUnixNano) : '';
  return understood({
    parser: 'otlp-json',
    timeMs: /^\d{12,20}$/.test(nanos) ? epochMs(Number(nanos)) : null,
    host: fieldText(fields, 'resource.attributes.host.name'),
    program: fieldText(fields, 'resource.attributes.service.name'),
    message: fieldText(fields, 'body'),
    fields,
    status: single ? 'parsed' : 'partial',
    reason: single ? '' : 'otlp-several-records',
  });
}
