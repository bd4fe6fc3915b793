import type { FieldValue } from '../model/event.ts';
import { localZoneMinutes, parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import type { ParseLimits } from './limits.ts';
import { fieldText, notUnderstood, setField, understood } from './record.ts';

const header = /^(?:<\d{1,3}>)?1 (\S{1,64}) (\S{1,255}) CheckPoint \S{1,128} \S{1,64} (?=\[)/;
const pairs = /^\[(?:Fields@[\d.]{1,64} )?[A-Za-z_][\w ]{0,63}[:=]"/;

/** `name:"value"; name:"value"` in brackets; `\"` and `\\` and `\]` are the characters themselves. One pass. */
function readFields(text: string, from: number, limits: ParseLimits, fields: Record<string, FieldValue>): boolean {
  let i = from;
  for (let count = 0; count < limits.keysMax; count++) {
    while (text[i] === ' ' || text[i] === ';') i++;
    if (i >= text.length || text[i] === ']') return true;
    const quote = text.indexOf('"', i);
    if (quote < 0) return false;
    const mark = text[quote - 1];
    const name = text.slice(i, quote - 1).trim();
    let end = quote + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    if ((mark !== ':' && mark !== '=') || name === '' || end >= text.length) return false;
    const value = text.slice(quote + 1, end);
    if (name.length <= limits.keyCharsMax)
      setField(fields, name, value.includes('\\') ? value.replace(/\\(["\\\]])/g, '$1') : value);
    i = end + 1;
  }
  return false;
}

/**
 * One log of Check Point's Log Exporter in its syslog form: `[action:"Drop"; src:"…"; s_port:"…"; service:"…"; …]`, with
 * its header of RFC 5424 (which it breaks: the brackets hold no structured data) or without. Newer exporters write
 * `[Fields@1.3.6.1.4.1.2620 name="value" …]`.
 */
function parseCheckpoint(text: string, _receivedTimeMs: number, limits: ParseLimits): ParseOutcome {
  const found = header.exec(text);
  const from = found === null ? 0 : found[0].length;
  const body = text.slice(from, from + 160);
  if (!pairs.test(body)) return notUnderstood('checkpoint-head');
  const id = /^\[Fields@\S* /.exec(body);
  const fields: Record<string, FieldValue> = {};
  const whole = readFields(text, from + (id === null ? 1 : id[0].length), limits, fields);
  const time = parseTimeText(fieldText(fields, 'time'), localZoneMinutes);
  const stated = found === null ? null : parseTimeText(found[1] ?? '', localZoneMinutes);
  const words = ['action', 'product', 'src', 'dst', 'service'].map((name) => fieldText(fields, name));
  return understood({
    parser: 'checkpoint',
    timeMs: time ?? stated,
    host: found?.[2] ?? fieldText(fields, 'origin'),
    program: 'CheckPoint',
    message: words.filter((word) => word !== '').join(' '),
    fields,
    status: whole ? 'parsed' : 'partial',
    reason: whole ? '' : 'checkpoint-pair-broken',
  });
}

export const checkpointFormat: LineFormat = {
  id: 'checkpoint',
  starts: '<1[',
  looksLike: (text) => (text.charCodeAt(0) === 91 ? pairs.test(text) : header.test(text)),
  parse: parseCheckpoint,
};

export const checkpointBody: BodyFormat = {
  id: 'checkpoint',
  programs: [],
  looksLike: (body) => body.charCodeAt(0) === 91 && pairs.test(body),
  parse: (body, _program, receivedTimeMs, limits) => parseCheckpoint(body, receivedTimeMs, limits),
};
