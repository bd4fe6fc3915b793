import type { FieldValue } from '../model/event.ts';
import { epochMs } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { Opened } from './envelope.ts';
import { flatten } from './flatten.ts';
import { isObject, type JsonObject } from './json.ts';
import type { ParseLimits } from './limits.ts';
import { fieldText, notUnderstood, textOf, understood } from './record.ts';
import { hostIn, programIn } from './shipped-names.ts';

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

/** Of which trace and span, in hexadecimal. */
function idsOf(log: JsonObject): JsonObject {
  const ids: JsonObject = {};
  if (textOf(log.traceId) !== '') ids.trace_id = log.traceId;
  if (textOf(log.spanId) !== '') ids.span_id = log.spanId;
  return ids;
}

function scopeOf(scope: JsonObject, depth: number): JsonObject {
  const out: JsonObject = {};
  if (textOf(scope.name) !== '') out.name = scope.name;
  if (textOf(scope.version) !== '') out.version = scope.version;
  const attributes = attributesOf(scope.attributes, depth);
  return Object.keys(attributes).length === 0 ? out : { ...out, attributes };
}

function objects(list: unknown): JsonObject[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/**
 * A line of OTLP/JSON (the collector's file exporter) with one log record; its values get the names of the log data
 * model: `resource.attributes.*`, `scope.*`, `attributes.*`, `body`, `severity_text`, `trace_id`, `span_id`. A line is one
 * event, so one with several records is only flattened, and said to be partly understood: the collector's batch size
 * belongs at 1. What comes over OTLP/HTTP is kept as such lines of one record (src/collect/otlp.ts).
 */
export function parseOtlpJson(object: JsonObject, limits: ParseLimits): ParseOutcome {
  const found = objects(object.resourceLogs).flatMap((resource) =>
    objects(resource.scopeLogs).flatMap((scope) => objects(scope.logRecords).map((log) => ({ resource, scope, log }))),
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
        ...idsOf(first.log),
        ...(isObject(first.scope.scope) ? { scope: scopeOf(first.scope.scope, depth) } : {}),
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
    host: fieldText(fields, 'resource.attributes.host.name') || hostIn(fields),
    program: fieldText(fields, 'resource.attributes.service.name') || programIn(fields),
    message: fieldText(fields, 'body'),
    fields,
    status: single ? 'parsed' : 'partial',
    reason: single ? '' : 'otlp-several-records',
  });
}

/** The same as an envelope: a body that is a text is a line, as the collector's receivers of files and syslog send it. */
export function openOtlp(object: JsonObject, limits: ParseLimits): Opened | string | null {
  const { record, reason } = parseOtlpJson(object, limits);
  if (record === null) return reason;
  const { body } = record.fields;
  const isLine = record.status === 'parsed' && typeof body === 'string';
  return {
    record: isLine ? { ...record, program: programIn(record.fields) || record.program } : record,
    line: isLine ? body : '',
  };
}
