import type { FieldValue } from '../model/event.ts';
import { calendarMs, localZoneMinutes, monthOf } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import { addRequest } from './access-log.ts';
import type { BodyFormat } from './format.ts';
import { notUnderstood, understood } from './record.ts';

const head =
  /^(\S{1,255}):(\d{1,5}) \[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.(\d{3}))?\] (\S{1,255}) ([^\s/]{1,255})\/(\S{1,255}) /;
const timers = /^(?:(?:\S{1,255} )?)([+-]?\d{1,10}(?:\/[+-]?\d{1,10}){2,4}) /;
const http = /^(-?\d{1,3}) \+?(\d{1,15}) (\S{1,255}) (\S{1,255}) ([A-Za-z-]{4}) ([\d/+]{5,60}) (\d{1,10}\/\d{1,10})/;
const tcp = /^\+?(\d{1,15}) ([A-Za-z-]{2}) ([\d/+]{5,60}) (\d{1,10}\/\d{1,10})/;
const connect = /^Connect from (\S{1,64}):(\d{1,5}) to (\S{1,64}):(\d{1,5}) \((\S{1,255})\/([A-Z]{2,8})\)/;
const state =
  /^(?:Server|Backup Server|Proxy|backend) (\S{1,255}) (?:is (UP|DOWN)|started|stopped|has no server available)/;

/** What HAProxy writes (`option httplog`, `option tcplog`, the default format), section 8.2 of its manual. */
function parseHaproxy(body: string): ParseOutcome {
  const found = head.exec(body);
  if (found === null) return parsePlain(body);
  const [
    whole,
    client = '',
    port,
    day,
    month = '',
    year,
    hour,
    minute,
    second,
    millis,
    frontend = '',
    backend = '',
    server = '',
  ] = found;
  const [d = 0, y = 0, h = 0, m = 0, s = 0] = [day, year, hour, minute, second].map(Number);
  const at = calendarMs(y, monthOf(month), d, h, m, s, localZoneMinutes);
  const fields: Record<string, FieldValue> = { frontend, backend, server };
  if (client !== '-') fields['c-ip'] = client;
  fields['c-port'] = Number(port);
  let rest = body.slice(whole.length);
  const waited = timers.exec(rest);
  if (waited !== null) {
    fields.timers = waited[1] ?? '';
    rest = rest.slice(waited[0].length);
  }
  const answer = http.exec(rest);
  const bytes = answer === null ? tcp.exec(rest) : null;
  if (answer !== null) {
    if (Number(answer[1]) > 0) fields['sc-status'] = Number(answer[1]);
    fields['sc-bytes'] = Number(answer[2]);
    fields.termination_state = answer[5] ?? '';
    fields.connections = answer[6] ?? '';
    fields.queues = answer[7] ?? '';
    addCaptured(fields, rest.slice(answer[0].length));
  } else if (bytes !== null) {
    fields['sc-bytes'] = Number(bytes[1]);
    fields.termination_state = bytes[2] ?? '';
    fields.connections = bytes[3] ?? '';
    fields.queues = bytes[4] ?? '';
  }
  const isWhole = answer !== null || bytes !== null;
  return understood({
    parser: answer === null ? 'haproxy-tcp' : 'haproxy',
    timeMs: at === null ? null : at + Number(millis ?? 0),
    message: body,
    fields,
    status: isWhole ? 'parsed' : 'partial',
    reason: isWhole ? '' : 'haproxy-format',
  });
}

/** ` {captured request headers} {captured response headers} "request"`. */
function addCaptured(fields: Record<string, FieldValue>, text: string): void {
  const quote = text.indexOf('"');
  const captured = quote < 0 ? text : text.slice(0, quote);
  const [first, second] = captured.split('{').slice(1, 3);
  if (first !== undefined) fields['captured.request'] = first.replace(/\}? *$/, '');
  if (second !== undefined) fields['captured.response'] = second.replace(/\}? *$/, '');
  if (quote < 0) return;
  const end = text.lastIndexOf('"');
  addRequest(fields, text.slice(quote + 1, end > quote ? end : text.length));
}

function parsePlain(body: string): ParseOutcome {
  const from = connect.exec(body);
  if (from !== null) {
    const [, ip = '', port, to = '', toPort, frontend = '', mode = ''] = from;
    const fields = { 'c-ip': ip, 'c-port': Number(port), 's-ip': to, 's-port': Number(toPort), frontend, mode };
    return understood({ parser: 'haproxy-tcp', message: body, fields });
  }
  const changed = state.exec(body);
  if (changed === null) return notUnderstood('haproxy-words');
  const outcome = changed[2] === 'DOWN' || body.includes('no server available') ? 'failure' : 'success';
  const fields = { server: changed[1] ?? '', action: 'server_state', outcome, message: body };
  return understood({ parser: 'haproxy-tcp', message: body, fields });
}

export const haproxyBody: BodyFormat = { id: 'haproxy', programs: ['haproxy'], looksLike: null, parse: parseHaproxy };

/** Connections without requests, and what HAProxy says of itself: no web log. */
export const haproxyTcpBody: BodyFormat = { id: 'haproxy-tcp', programs: [], looksLike: null };
