import type { FieldValue } from '../model/event.ts';
import { localZoneMinutes, parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { ParseLimits } from './limits.ts';
import { readPriority } from './priority.ts';
import { notUnderstood, setField, understood } from './record.ts';

/** Structured data (RFC 5424 6.3) as `sd.<id>.<name>` fields; a name given twice becomes a list. */
function readStructuredData(
  text: string,
  start: number,
  fields: Record<string, FieldValue>,
  limits: ParseLimits,
): { readonly end: number; readonly reason: string } {
  let i = start;
  let count = 0;
  while (text[i] === '[') {
    let from = ++i;
    while (i < text.length && text[i] !== ' ' && text[i] !== ']') i++;
    const id = text.slice(from, i);
    if (id === '' || id.length > limits.keyCharsMax) return { end: i, reason: 'syslog-structured-data-id' };
    let isEmpty = true;
    while (text[i] === ' ') {
      while (text[i] === ' ') i++;
      if (text[i] === ']') break;
      from = i;
      while (i < text.length && text[i] !== '=') i++;
      const name = text.slice(from, i);
      if (text[i + 1] !== '"' || name === '') return { end: i, reason: 'syslog-structured-data-parameter' };
      i += 2;
      let value = '';
      from = i;
      while (i < text.length && text[i] !== '"') {
        // Only \" \\ \] are escapes; a backslash before anything else is itself.
        if (text[i] === '\\' && (text[i + 1] === '"' || text[i + 1] === '\\' || text[i + 1] === ']')) {
          value += text.slice(from, i) + text[i + 1];
          i += 2;
          from = i;
        } else i++;
      }
      if (i >= text.length) return { end: i, reason: 'syslog-structured-data-unclosed' };
      value += text.slice(from, i);
      i++;
      if (++count > limits.structuredDataMax) return { end: i, reason: 'syslog-structured-data-too-many' };
      const field = `sd.${id}.${name}`;
      const before = fields[field];
      setField(fields, field, before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]);
      isEmpty = false;
    }
    if (text[i] !== ']') return { end: i, reason: 'syslog-structured-data-unclosed' };
    if (isEmpty) setField(fields, `sd.${id}`, '');
    i++;
  }
  return { end: i, reason: '' };
}

function orEmpty(token: string): string {
  return token === '-' ? '' : token;
}

/**
 * A syslog message of RFC 5424: `<PRI>1 TIME HOST APP PROCID MSGID SD [MSG]`. A time without a zone, which the RFC
 * forbids and devices write, is read as +07:00. Damaged structured data leaves the header understood (partial) and
 * the rest as the message.
 */
export function parseSyslog5424(text: string, limits: ParseLimits): ParseOutcome {
  const priority = readPriority(text);
  if (priority === null) return notUnderstood('syslog-priority');
  if (text[priority.end] !== '1' || text[priority.end + 1] !== ' ') return notUnderstood('syslog-version');
  const tokens: string[] = [];
  let i = priority.end + 2;
  while (tokens.length < 5) {
    const space = text.indexOf(' ', i);
    if (space < 0 || space - i > 255) return notUnderstood('syslog-header-short');
    tokens.push(text.slice(i, space));
    i = space + 1;
  }
  const [time = '', host = '', app = '', process = '', messageId = ''] = tokens;
  const timeMs = time === '-' ? null : parseTimeText(time, localZoneMinutes);
  if (time !== '-' && timeMs === null) return notUnderstood('syslog-time');
  const fields: Record<string, FieldValue> = {};
  if (host !== '-') fields.hostname = host;
  if (app !== '-') fields.program = app;
  if (process !== '-') fields.pid = process;
  if (messageId !== '-') fields.msgid = messageId;
  fields.facility = priority.facility;
  fields.severity = priority.severity;
  let reason = '';
  if (text[i] === '-') i++;
  else if (text[i] === '[') {
    const data = readStructuredData(text, i, fields, limits);
    reason = data.reason;
    if (reason === '') i = data.end;
  } else reason = 'syslog-structured-data-missing';
  if (reason === '' && i < text.length && text[i] !== ' ') reason = 'syslog-structured-data-end';
  else if (reason === '') i++;
  if (text.charCodeAt(i) === 0xfeff) i++;
  const message = text.slice(i);
  fields.message = message;
  return understood({
    parser: 'syslog-5424',
    timeMs,
    host: orEmpty(host),
    program: orEmpty(app),
    message,
    fields,
    status: reason === '' ? 'parsed' : 'partial',
    reason,
  });
}
