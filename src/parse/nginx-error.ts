import type { FieldValue } from '../model/event.ts';
import { localZoneMinutes, parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import { addRequest } from './access-log.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { modSecurityFields } from './modsecurity.ts';
import { notUnderstood, understood } from './record.ts';

const head = /^(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) \[([a-z]{2,8})\] (\d{1,10})#(\d{1,10}): (?:\*(\d{1,20}) )?/;
const pair = /, (client|server|request|upstream|host|referrer|subrequest|login): (?:"((?:[^"\\]|\\.)*)"|([^,"]*))/g;
const names: Readonly<Record<string, string>> = {
  client: 'c-ip',
  server: 'server',
  upstream: 'upstream',
  host: 'cs-host',
  referrer: 'cs-referer',
  subrequest: 'subrequest',
  login: 'cs-username',
};

/**
 * nginx's error log: `date time [level] pid#tid: *connection words, client: …, server: …, request: "…", host: "…"`. What
 * the client asked for has W3C names, as in access logs.
 */
function parseNginxError(text: string): ParseOutcome {
  const found = head.exec(text);
  if (found === null) return notUnderstood('nginx-error-head');
  const [whole, time = '', level = '', pid = '', tid = '', connection] = found;
  const fields: Record<string, FieldValue> = { level, pid, tid };
  if (connection !== undefined) fields.connection = connection;
  const rest = text.slice(whole.length);
  const at = rest.lastIndexOf(', client: ');
  for (const [, name = '', quoted, bare] of (at < 0 ? '' : rest.slice(at)).matchAll(pair)) {
    const value = quoted ?? bare ?? '';
    if (name === 'request') addRequest(fields, value);
    else if (value !== '') fields[names[name] ?? name] = value;
  }
  const words = at < 0 ? rest : rest.slice(0, at);
  fields.message = words;
  modSecurityFields(words, fields);
  return understood({
    parser: 'nginx-error',
    timeMs: parseTimeText(time, localZoneMinutes),
    program: 'nginx',
    message: words,
    fields,
  });
}

export const nginxErrorFormat: LineFormat = {
  id: 'nginx-error',
  starts: '12',
  looksLike: (text) => text.charCodeAt(4) === 47 && head.test(text),
  parse: parseNginxError,
  lines: { isStart: (line) => head.test(line) },
};

export const nginxErrorBody: BodyFormat = {
  id: 'nginx-error',
  programs: [],
  looksLike: (body) => body.charCodeAt(4) === 47 && head.test(body),
  parse: parseNginxError,
};
