import { HttpProblem } from './http-problem.ts';
import { bitsOf, byteText, eachField, nested, type WireField } from './protobuf.ts';

/** Values inside values; the rest of the message has a depth of its own. */
const depthMax = 64;

type Json = Record<string, unknown>;

function pairs(message: Buffer, number: number, depth: number): Json[] {
  const out: Json[] = [];
  eachField(message, (field) => {
    if (field.number === number) out.push(keyValue(nested(field), depth));
  });
  return out;
}

function keyValue(message: Buffer, depth: number): Json {
  const out: Json = { key: '', value: {} };
  eachField(message, (field) => {
    if (field.number === 1) out.key = byteText(field);
    else if (field.number === 2) out.value = anyValue(nested(field), depth);
  });
  return out;
}

function list(message: Buffer, depth: number): Json[] {
  const out: Json[] = [];
  eachField(message, (field) => {
    if (field.number === 1) out.push(anyValue(nested(field), depth));
  });
  return out;
}

function double(field: WireField): number {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(bitsOf(field));
  return bytes.readDoubleLE(0);
}

/** An `AnyValue` (opentelemetry-proto, common.proto) in the words of its JSON; of a oneof the last counts. */
function anyValue(message: Buffer, depth: number): Json {
  if (depth === 0) throw new HttpProblem('bad-body', 0, 'nested too deep');
  let out: Json = {};
  eachField(message, (field) => {
    if (field.number === 1) out = { stringValue: byteText(field) };
    else if (field.number === 2) out = { boolValue: bitsOf(field) !== 0n };
    else if (field.number === 3) out = { intValue: String(BigInt.asIntN(64, bitsOf(field))) };
    else if (field.number === 4) out = { doubleValue: double(field) };
    else if (field.number === 5) out = { arrayValue: { values: list(nested(field), depth - 1) } };
    else if (field.number === 6) out = { kvlistValue: { values: pairs(nested(field), 1, depth - 1) } };
    else if (field.number === 7) out = { bytesValue: nested(field).toString('base64') };
  });
  return out;
}

function logRecord(message: Buffer): Json {
  const out: Json = {};
  const attributes: Json[] = [];
  eachField(message, (field) => {
    if (field.number === 1) out.timeUnixNano = String(bitsOf(field));
    else if (field.number === 11) out.observedTimeUnixNano = String(bitsOf(field));
    else if (field.number === 2) out.severityNumber = Number(bitsOf(field));
    else if (field.number === 3) out.severityText = byteText(field);
    else if (field.number === 5) out.body = anyValue(nested(field), depthMax);
    else if (field.number === 6) attributes.push(keyValue(nested(field), depthMax));
    else if (field.number === 8) out.flags = Number(bitsOf(field));
    else if (field.number === 9) out.traceId = nested(field).toString('hex');
    else if (field.number === 10) out.spanId = nested(field).toString('hex');
    else if (field.number === 12) out.eventName = byteText(field);
  });
  return attributes.length === 0 ? out : { ...out, attributes };
}

function scope(message: Buffer): Json {
  const out: Json = {};
  eachField(message, (field) => {
    if (field.number === 1) out.name = byteText(field);
    else if (field.number === 2) out.version = byteText(field);
  });
  const attributes = pairs(message, 3, depthMax);
  return attributes.length === 0 ? out : { ...out, attributes };
}

function scopeLogs(message: Buffer): Json {
  const out: Json = {};
  const logRecords: Json[] = [];
  eachField(message, (field) => {
    if (field.number === 1) out.scope = scope(nested(field));
    else if (field.number === 2) logRecords.push(logRecord(nested(field)));
  });
  return { ...out, logRecords };
}

function resourceLogs(message: Buffer): Json {
  const out: Json = {};
  const scopes: Json[] = [];
  eachField(message, (field) => {
    if (field.number === 1) out.resource = { attributes: pairs(nested(field), 1, depthMax) };
    else if (field.number === 2) scopes.push(scopeLogs(nested(field)));
  });
  return { ...out, scopeLogs: scopes };
}

/**
 * `ExportLogsServiceRequest` (opentelemetry-proto 1.x, logs_service.proto) as its JSON would be read; strings are bytes
 * of which each is one character. Fields it does not know are passed over. Throws `bad-body`.
 */
export function readExportLogs(message: Buffer): Json {
  const all: Json[] = [];
  eachField(message, (field) => {
    if (field.number === 1) all.push(resourceLogs(nested(field)));
  });
  return { resourceLogs: all };
}
