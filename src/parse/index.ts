import type { FieldValue } from '../model/event.ts';
import type { ParsedRecord, ParseOutcome } from '../model/record.ts';
import { parseAccessLog } from './access-log.ts';
import { isAuditd, parseAuditd } from './auditd.ts';
import { readCisco } from './cisco.ts';
import { isEvtxJson, parseEvtxJson } from './evtx-json.ts';
import { parseGenericJson } from './generic-json.ts';
import { isIis, parseIis } from './iis.ts';
import { type JsonObject, parseJsonObject } from './json.ts';
import { isKeyValue, parseKeyValue } from './key-value.ts';
import { type ParseLimits, parseLimits } from './limits.ts';
import { isNxlogJson, parseNxlogJson } from './nxlog-json.ts';
import { isOtlpJson, parseOtlpJson } from './otlp-json.ts';
import { readPriority } from './priority.ts';
import { notUnderstood, setField } from './record.ts';
import { parseSyslog3164 } from './syslog-3164.ts';
import { parseSyslog5424 } from './syslog-5424.ts';
import { isWinlogbeatJson, parseWinlogbeatJson } from './winlogbeat-json.ts';

type Parser = (text: string, receivedTimeMs: number, limits: ParseLimits) => ParseOutcome;

function jsonBy(shape: (object: JsonObject, limits: ParseLimits) => ParseOutcome): Parser {
  return (text, _receivedTimeMs, limits) => {
    const parsed = parseJsonObject(text, limits.depthMax);
    return parsed.object === null ? notUnderstood(parsed.reason) : shape(parsed.object, limits);
  };
}

/** Names without which a flat object is none of the shapes below but plain JSON. */
export const jsonShapeNames: readonly string[] = [
  ...['Event', 'System', 'winlog', 'winlog.channel', 'winlog.event_id', 'resourceLogs'],
  ...['SourceName', 'ProviderGuid', 'Hostname', 'EventTime'],
];

/** Which of the JSON shapes an object has; asked in the order of how little the shape can be mistaken. */
function anyJson(object: JsonObject, limits: ParseLimits): ParseOutcome {
  if (isEvtxJson(object)) return parseEvtxJson(object, limits);
  if (isWinlogbeatJson(object)) return parseWinlogbeatJson(object, limits);
  if (isNxlogJson(object)) return parseNxlogJson(object, limits);
  return isOtlpJson(object) ? parseOtlpJson(object, limits) : parseGenericJson(object, limits);
}

const parseAnyJson: Parser = jsonBy(anyJson);

const cee = /^@cee: ?/;

/** Header facts of a wrapped line, beside the body's own fields and never over them. */
function addHeader(fields: Record<string, FieldValue>, header: ParsedRecord): void {
  for (const name in header.fields) {
    const value = header.fields[name];
    if (name === 'message' || value === undefined) continue;
    const target = name.startsWith('sd.') ? name : `syslog.${name}`;
    if (!Object.hasOwn(fields, target)) setField(fields, target, value);
  }
}

/** A message that is a record of its own; null when it is only words. */
function readBody(body: string, tag: string, receivedTimeMs: number, limits: ParseLimits): ParseOutcome | null {
  if (body.startsWith('{')) return parseAnyJson(body, receivedTimeMs, limits);
  if (isAuditd(body)) return parseAuditd(body, limits);
  if (isKeyValue(body)) return parseKeyValue(body, limits);
  if (!body.includes('] "')) return null;
  const program = tag.toLowerCase();
  const isApache = /^(?:apache|httpd)/.test(program);
  return parseAccessLog(body, program.startsWith('nginx') ? 'nginx-access' : isApache ? 'apache-access' : 'access');
}

/** Read a syslog message's text once more when it is a record of its own. */
function withBody(outcome: ParseOutcome, receivedTimeMs: number, limits: ParseLimits): ParseOutcome {
  const header = outcome.record;
  if (header === null || header.status !== 'parsed') return outcome;
  const cisco = header.program.startsWith('%') ? readCisco(header) : null;
  if (cisco !== null) return { record: cisco, reason: '' };
  const body = header.message.replace(cee, '');
  const inner = readBody(body, header.program, receivedTimeMs, limits);
  if (inner === null) return outcome;
  if (inner.record === null) {
    return body.startsWith('{')
      ? { record: { ...header, status: 'partial', reason: inner.reason }, reason: '' }
      : outcome;
  }
  const record = inner.record;
  addHeader(record.fields, header);
  return {
    record: {
      ...record,
      parser: `${header.parser}+${record.parser}`,
      timeMs: record.timeMs ?? header.timeMs,
      host: record.host || header.host,
      program: header.program,
    },
    reason: '',
  };
}

const parseSyslog: Parser = (text, receivedTimeMs, limits) => {
  const priority = readPriority(text);
  if (priority !== null && text[priority.end] === '1' && text[priority.end + 1] === ' ') {
    const strict = parseSyslog5424(text, limits);
    if (strict.record !== null) return withBody(strict, receivedTimeMs, limits);
  }
  return withBody(parseSyslog3164(text, receivedTimeMs), receivedTimeMs, limits);
};

/** Parsers a source may be pinned to, by id. */
const parsers: Readonly<Record<string, Parser>> = {
  json: jsonBy(parseGenericJson),
  'evtx-json': jsonBy(parseEvtxJson),
  'nxlog-json': jsonBy(parseNxlogJson),
  'winlogbeat-json': jsonBy(parseWinlogbeatJson),
  'otlp-json': jsonBy(parseOtlpJson),
  syslog: parseSyslog,
  'syslog-5424': (text, receivedTimeMs, limits) => withBody(parseSyslog5424(text, limits), receivedTimeMs, limits),
  'syslog-3164': (text, receivedTimeMs, limits) =>
    withBody(parseSyslog3164(text, receivedTimeMs), receivedTimeMs, limits),
  access: (text) => parseAccessLog(text, 'access'),
  'nginx-access': (text) => parseAccessLog(text, 'nginx-access'),
  'apache-access': (text) => parseAccessLog(text, 'apache-access'),
  auditd: (text, _receivedTimeMs, limits) => parseAuditd(text, limits),
  'key-value': (text, _receivedTimeMs, limits) => parseKeyValue(text, limits),
  iis: (text) => parseIis(text),
  raw: () => notUnderstood('raw-by-choice'),
};

/** Ids a source's `parser` may have, `auto` first. */
export const parserIds: readonly string[] = ['auto', ...Object.keys(parsers)];

/** Parsers a record can have come from; of a wrapped line, the inner one. */
export const recordParserIds: readonly string[] = [
  ...Object.keys(parsers).filter((id) => id !== 'syslog' && id !== 'raw'),
  'cisco',
];

/** Cheapest question first: the first character settles JSON and syslog, the rest is tried in order. */
function sniff(text: string, receivedTimeMs: number, limits: ParseLimits): ParseOutcome {
  const first = text.charCodeAt(0);
  if (first === 123) return parseAnyJson(text, receivedTimeMs, limits);
  if (first === 60 && readPriority(text) !== null) return parseSyslog(text, receivedTimeMs, limits);
  if (text.includes('] "')) {
    const access = parseAccessLog(text, 'access');
    if (access.record !== null) return access;
  }
  if (isAuditd(text)) return parseAuditd(text, limits);
  if (isKeyValue(text)) return parseKeyValue(text, limits);
  if (isIis(text)) return parseIis(text);
  const syslog = parseSyslog(text, receivedTimeMs, limits);
  return syslog.record === null ? notUnderstood('format-unknown') : syslog;
}

/** The line without blanks and a byte-order mark before it, line ends and NULs behind it. */
function bare(text: string): string {
  let end = text.length;
  for (; end > 0; end--) {
    const code = text.charCodeAt(end - 1);
    if (code !== 13 && code !== 10 && code !== 0) break;
  }
  return (end === text.length ? text : text.slice(0, end)).trimStart();
}

/**
 * Read one line by the named parser, or by the look of it (`auto`). Never throws: a text that is not understood
 * comes back as null with the reason. A byte-order mark and blanks before the line, and line ends and NULs behind it,
 * are not part of it.
 */
export function parseLine(
  text: string,
  parser: string,
  receivedTimeMs: number,
  limits: ParseLimits = parseLimits,
): ParseOutcome {
  const line = bare(text);
  if (line === '') return notUnderstood('empty');
  if (parser === 'auto') return sniff(line, receivedTimeMs, limits);
  const pinned = Object.hasOwn(parsers, parser) ? parsers[parser] : undefined;
  return pinned === undefined ? notUnderstood('parser-unknown') : pinned(line, receivedTimeMs, limits);
}
