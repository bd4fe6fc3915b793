import type { FieldValue } from '../model/event.ts';
import { calendarMs, localZoneMinutes, monthOf } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import { addRequest } from './access-log.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { modSecurityFields } from './modsecurity.ts';
import { notUnderstood, understood } from './record.ts';

const stamp = /^\[[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))? (\d{4})\] /;
const level = /^(?:\[([a-z_0-9]{0,40}):?([a-z]{3,6}[0-9]?)\] )?(?:\[pid (\d{1,10})(?::tid (\d{1,20}))?\] )?/;
const client = /\[client ([^\]\s]{1,64})\] ?/;
const code = /^(AH\d{5}): /;

const withPort =
  /^(?:\[([^\]]{2,45})\]|([\d.]{7,15}|[0-9a-fA-F:]{0,38}::[0-9a-fA-F:]{0,38}[0-9a-fA-F]|(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4})):(\d{1,5})$/;

/** `1.2.3.4:5`, `1.2.3.4`, `::1`, `[::1]:5`; httpd 2.4 writes `::1:5` too, 2.2 never a port. */
function addClient(fields: Record<string, FieldValue>, text: string, is24: boolean): void {
  const parted = is24 || text.includes('.') ? withPort.exec(text) : null;
  fields['c-ip'] = parted?.[1] ?? parted?.[2] ?? text.replace(/^\[|\]$/g, '');
  if (parted?.[3] !== undefined) fields['c-port'] = Number(parted[3]);
}

/** Apache httpd's error log, 2.2 and 2.4 (`ErrorLogFormat` as it comes), ModSecurity's messages among it. */
function parseApacheError(text: string): ParseOutcome {
  const found = stamp.exec(text);
  if (found === null) return notUnderstood('apache-error-head');
  const [whole, month = '', day, hour, minute, second, fraction, year] = found;
  const [y = 0, d = 0, h = 0, m = 0, s = 0] = [year, day, hour, minute, second].map(Number);
  const ms = calendarMs(y, monthOf(month), d, h, m, s, localZoneMinutes);
  const fields: Record<string, FieldValue> = {};
  let rest = text.slice(whole.length);
  const said = level.exec(rest);
  if (said !== null) {
    const [all, module = '', severity = '', pid, tid] = said;
    if (module !== '') fields.module = module;
    if (severity !== '') fields.level = severity;
    if (pid !== undefined) fields.pid = pid;
    if (tid !== undefined) fields.tid = tid;
    rest = rest.slice(all.length);
  }
  // Before the client a file and line of httpd's own may stand.
  const from = client.exec(rest.slice(0, 300));
  if (from !== null) {
    addClient(fields, from[1] ?? '', fields.pid !== undefined);
    // ModSecurity names the client once more.
    const after = rest.slice(from.index + from[0].length);
    rest = rest.slice(0, from.index) + after.replace(/^\[client [^\]\s]{1,64}\] ?/, '');
  }
  const coded = code.exec(rest);
  if (coded !== null) fields.code = coded[1] ?? '';
  const referer = rest.lastIndexOf(', referer: ');
  if (referer >= 0) {
    fields['cs-referer'] = rest.slice(referer + 11);
    rest = rest.slice(0, referer);
  }
  fields.message = rest;
  modSecurityFields(rest, fields);
  const failed = /^(?:AH\d{5}: )?user (\S{1,255})(?:: authentication failure| not found| in realm)/.exec(rest);
  if (failed !== null) Object.assign(fields, { 'cs-username': failed[1] ?? '', action: 'login', outcome: 'failure' });
  const timeMs = ms === null ? null : ms + (fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000));
  return understood({ parser: 'apache-error', timeMs, program: 'apache', message: rest, fields });
}

export const apacheErrorFormat: LineFormat = {
  id: 'apache-error',
  starts: '[',
  looksLike: (text) => stamp.test(text),
  parse: parseApacheError,
  lines: { isStart: (line) => stamp.test(line) },
};

/** Through syslog the time is the header's, so only what has its own is told apart; ModSecurity speaks there, too. */
export const apacheErrorBody: BodyFormat = {
  id: 'apache-error',
  programs: [],
  looksLike: (body) => body.charCodeAt(0) === 91 && stamp.test(body),
  parse: parseApacheError,
};

const sslRequest =
  /^\[(\d{1,2})\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\] (\S{1,64}) (\S{1,16}) (\S{1,80}) "(.*)" (\d{1,15}|-)$/;

/** mod_ssl's `ssl_request_log`: `[time] client protocol cipher "request" bytes`. */
function parseSslRequest(text: string): ParseOutcome {
  const found = sslRequest.exec(text);
  if (found === null) return notUnderstood('apache-ssl-request');
  const [, day, month = '', year, hour, minute, second, sign, zoneHours, zoneMinutes, ...said] = found;
  const [d = 0, y = 0, h = 0, m = 0, s = 0] = [day, year, hour, minute, second].map(Number);
  const zone = (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes));
  const [ip = '', protocol = '', cipher = '', request = '', bytes = ''] = said;
  const fields: Record<string, FieldValue> = { 'c-ip': ip };
  if (protocol !== '-') fields['tls.protocol'] = protocol;
  if (cipher !== '-') fields['tls.cipher'] = cipher;
  addRequest(fields, request);
  if (bytes !== '-') fields['sc-bytes'] = Number(bytes);
  const timeMs = calendarMs(y, monthOf(month), d, h, m, s, zone);
  return understood({ parser: 'apache-ssl', timeMs, program: 'apache', message: text, fields });
}

export const apacheSslFormat: LineFormat = {
  id: 'apache-ssl',
  starts: '[',
  looksLike: (text) => text.charCodeAt(3) === 47 || text.charCodeAt(2) === 47,
  isGuess: true,
  parse: parseSslRequest,
};
