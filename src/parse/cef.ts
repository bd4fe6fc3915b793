import type { FieldValue } from '../model/event.ts';
import { localZoneMinutes, parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import { cefName } from './cef-names.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import type { ParseLimits } from './limits.ts';
import { monthTimeMs } from './month-time.ts';
import { fieldText, notUnderstood, setField, understood } from './record.ts';

const begin = /^CEF: ?[01]\|/;

/** Whether a text is ArcSight's Common Event Format. */
function isCef(text: string): boolean {
  return begin.test(text);
}

const headerNames = ['deviceVendor', 'deviceProduct', 'deviceVersion', 'deviceEventClassId', 'name', 'severity'];

/** Header values between bars; `\|` and `\\` are the characters themselves. */
export function readBars(
  text: string,
  from: number,
  count: number,
): { readonly values: string[]; readonly end: number } {
  const values: string[] = [];
  let value = '';
  let start = from;
  let i = from;
  for (; i < text.length && values.length < count; i++) {
    const code = text.charCodeAt(i);
    if (code === 92 && (text[i + 1] === '|' || text[i + 1] === '\\')) {
      value += text.slice(start, i);
      start = ++i;
    } else if (code === 124) {
      values.push(value + text.slice(start, i));
      value = '';
      start = i + 1;
    }
  }
  if (values.length < count) values.push(value + text.slice(start, i));
  return { values, end: i };
}

function isKeyCode(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    [45, 46, 91, 93, 95].includes(code)
  );
}

/** Where the key before the `=` at `equals` begins; -1 when what stands before it is no key but part of a value. */
function keyStart(text: string, equals: number, from: number): number {
  let i = equals;
  while (i > from && isKeyCode(text.charCodeAt(i - 1))) i--;
  const before = text.charCodeAt(i - 1);
  return i < equals && (i === from || before === 32 || before === 9) ? i : -1;
}

function unescaped(value: string): string {
  return value.includes('\\')
    ? value.replace(/\\([\\=|nr])/g, (_, code: string) => (code === 'n' ? '\n' : code === 'r' ? '\r' : code))
    : value;
}

/**
 * `key=value key=value`, where values hold blanks and devices often forget to escape `=`: a key is a word of letters,
 * digits and `_.-[]` between a blank and an unescaped `=`. One pass; a value is what stands until the next key.
 */
function readExtension(text: string, from: number, limits: ParseLimits, fields: Record<string, FieldValue>): boolean {
  let key = '';
  let valueStart = from;
  let searchFrom = from;
  let count = 0;
  const add = (end: number): void => {
    if (key === '' || key.length > limits.keyCharsMax) return;
    setField(fields, cefName(key), unescaped(text.slice(valueStart, end).trim()));
  };
  for (let equals = text.indexOf('=', from); equals >= 0; equals = text.indexOf('=', equals + 1)) {
    const start = text[equals - 1] === '\\' ? -1 : keyStart(text, equals, searchFrom);
    searchFrom = equals + 1;
    // Right behind an `=` is a value, never a key: `a=b=c`.
    if (start < 0 || (key !== '' && start === valueStart)) continue;
    if (++count > limits.keysMax) return false;
    add(start);
    key = text.slice(start, equals);
    valueStart = equals + 1;
  }
  add(text.length);
  return true;
}

/** Values of custom fields also under the names their labels give them, where nothing else has that name. */
function addLabelled(fields: Record<string, FieldValue>): void {
  for (const name in fields) {
    if (!name.endsWith('Label')) continue;
    const value = fields[name.slice(0, -5)];
    const label = fields[name];
    if (typeof label === 'string' && label !== '' && value !== undefined && !Object.hasOwn(fields, label))
      setField(fields, label, value);
  }
}

function timeOf(fields: Readonly<Record<string, FieldValue>>, receivedTimeMs: number): number | null {
  for (const name of ['deviceReceiptTime', 'startTime', 'endTime']) {
    const text = fieldText(fields, name);
    if (text === '') continue;
    const ms = parseTimeText(text, localZoneMinutes) ?? monthTimeMs(text, receivedTimeMs);
    if (ms !== null) return ms;
  }
  return null;
}

/**
 * One event of ArcSight's Common Event Format, versions 0 and 1: `CEF:0|vendor|product|version|class|name|severity|key=value …`.
 * Keys come under their full names (`src` → `sourceAddress`), labelled custom fields under their labels' names, too.
 */
function parseCef(text: string, receivedTimeMs: number, limits: ParseLimits): ParseOutcome {
  const found = begin.exec(text);
  if (found === null) return notUnderstood('cef-head');
  const { values, end } = readBars(text, found[0].length, headerNames.length);
  if (values.length < headerNames.length) return notUnderstood('cef-header-short');
  const fields: Record<string, FieldValue> = {};
  for (const [i, name] of headerNames.entries()) fields[name] = values[i] ?? '';
  const whole = readExtension(text, end, limits, fields);
  addLabelled(fields);
  const message = fieldText(fields, 'message');
  return understood({
    parser: 'cef',
    timeMs: timeOf(fields, receivedTimeMs),
    host: fieldText(fields, 'deviceHostName'),
    eventId: fieldText(fields, 'deviceEventClassId'),
    provider: fieldText(fields, 'deviceVendor'),
    message: message === '' ? (values[4] ?? '') : message,
    fields,
    status: whole ? 'parsed' : 'partial',
    reason: whole ? '' : 'too-many-fields',
  });
}

/** CEF without a syslog header, or behind one that no syslog has. */
export const cefFormat: LineFormat = { id: 'cef', starts: 'C', looksLike: isCef, parse: parseCef };

/** In syslog `CEF:` is read as the program's name. */
export const cefBody: BodyFormat = {
  id: 'cef',
  programs: ['cef'],
  looksLike: isCef,
  parse: (body, program, receivedTimeMs, limits) =>
    parseCef(program === 'CEF' && !isCef(body) ? `CEF:${body}` : body, receivedTimeMs, limits),
};
