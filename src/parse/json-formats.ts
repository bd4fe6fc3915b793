import type { ParseOutcome } from '../model/record.ts';
import { gelfSign, parseGelf } from './envelope-gelf.ts';
import { journaldSign, parseJournald } from './envelope-journald.ts';
import { isEvtxJson, parseEvtxJson } from './evtx-json.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { parseGenericJson } from './generic-json.ts';
import { type JsonObject, parseJsonObject } from './json.ts';
import type { ParseLimits } from './limits.ts';
import { isNxlogJson, parseNxlogJson } from './nxlog-json.ts';
import { isOtlpJson, parseOtlpJson } from './otlp-json.ts';
import { notUnderstood } from './record.ts';
import { isWinlogbeatJson, parseWinlogbeatJson } from './winlogbeat-json.ts';

type Shape = (object: JsonObject, limits: ParseLimits) => ParseOutcome;

function jsonBy(shape: Shape): LineFormat['parse'] {
  return (text, _receivedTimeMs, limits) => {
    const parsed = parseJsonObject(text, limits.depthMax);
    return parsed.object === null ? notUnderstood(parsed.reason) : shape(parsed.object, limits);
  };
}

/** Names without one of which an object is none of the shapes below but plain JSON; of envelopes see envelopeObjectNames. */
export const jsonShapeNames: readonly string[] = [
  ...['Event', 'System', 'winlog', 'winlog.channel', 'winlog.event_id', 'resourceLogs', 'sourcetype', gelfSign],
  journaldSign,
  ...['SourceName', 'ProviderGuid', 'Hostname', 'EventTime'],
];

/** Which of the JSON shapes an object has; asked in the order of how little the shape can be mistaken. */
export function anyJson(object: JsonObject, limits: ParseLimits): ParseOutcome {
  if (isEvtxJson(object)) return parseEvtxJson(object, limits);
  if (isWinlogbeatJson(object)) return parseWinlogbeatJson(object, limits);
  if (isNxlogJson(object)) return parseNxlogJson(object, limits);
  return isOtlpJson(object) ? parseOtlpJson(object, limits) : parseGenericJson(object, limits);
}

const parseAnyJson: LineFormat['parse'] = jsonBy(anyJson);

/** Detection only: which of the shapes it is stands in the record. */
export const anyJsonFormat: LineFormat = { id: '', starts: '{', looksLike: () => true, parse: parseAnyJson };

export const jsonBody: BodyFormat = {
  id: 'json',
  programs: [],
  looksLike: (body) => body.charCodeAt(0) === 123,
  parse: (body, _program, receivedTimeMs, limits) => parseAnyJson(body, receivedTimeMs, limits),
};

function pinned(id: string, shape: Shape): LineFormat {
  return { id, starts: '{', looksLike: null, parse: jsonBy(shape) };
}

export const jsonFormats: readonly LineFormat[] = [
  pinned('json', parseGenericJson),
  pinned('evtx-json', parseEvtxJson),
  pinned('nxlog-json', parseNxlogJson),
  pinned('winlogbeat-json', parseWinlogbeatJson),
  pinned('otlp-json', parseOtlpJson),
  pinned('gelf', parseGelf),
  pinned('journald', parseJournald),
];
