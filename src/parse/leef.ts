import type { FieldValue } from '../model/event.ts';
import { localZoneMinutes, parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import { readBars } from './cef.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import type { ParseLimits } from './limits.ts';
import { monthTimeMs } from './month-time.ts';
import { fieldText, notUnderstood, setField, understood } from './record.ts';

const begin = /^LEEF: ?([12])(?:\.0)?\|/;

/** Whether a text is IBM QRadar's Log Event Extended Format. */
function isLeef(text: string): boolean {
  return begin.test(text);
}

const headerNames = ['deviceVendor', 'deviceProduct', 'deviceVersion', 'deviceEventClassId'];
const delimiter = /^(?:0?x([0-9a-fA-F]{1,4})|\\t|([^\s\w=]))?\|/;

/** The character between pairs: LEEF 2.0 may name one before the pairs, as itself or in hexadecimal; else a tab. */
function readDelimiter(text: string, from: number): { readonly mark: string; readonly start: number } {
  const found = delimiter.exec(text.slice(from, from + 8));
  if (found === null) return { mark: '\t', start: from };
  const mark = found[2] ?? (found[1] === undefined ? '\t' : String.fromCharCode(Number.parseInt(found[1], 16)));
  return { mark, start: from + found[0].length };
}

function timeOf(fields: Readonly<Record<string, FieldValue>>, receivedTimeMs: number): number | null {
  const text = fieldText(fields, 'devTime');
  return text === '' ? null : (parseTimeText(text, localZoneMinutes) ?? monthTimeMs(text, receivedTimeMs));
}

/**
 * One event of LEEF 1.0 or 2.0: `LEEF:2.0|vendor|product|version|id|^|key=value^key=value`. Where tabs became blanks
 * on the way (many relays do that), a pair begins at each word followed by `=`.
 */
function parseLeef(text: string, receivedTimeMs: number, limits: ParseLimits): ParseOutcome {
  const found = begin.exec(text);
  if (found === null) return notUnderstood('leef-head');
  const { values, end } = readBars(text, found[0].length, headerNames.length);
  if (values.length < headerNames.length) return notUnderstood('leef-header-short');
  const fields: Record<string, FieldValue> = {};
  for (const [i, name] of headerNames.entries()) fields[name] = values[i] ?? '';
  const { mark, start } = found[1] === '2' ? readDelimiter(text, end) : { mark: '\t', start: end };
  const body = text.slice(start);
  const parts = mark !== '\t' || body.includes('\t') ? body.split(mark) : body.split(/ (?=[A-Za-z][\w.]{0,63}=)/);
  let count = 0;
  let reason = '';
  for (const part of parts) {
    const equals = part.indexOf('=');
    const key = part.slice(0, equals).trim();
    if (equals <= 0 || key === '' || key.length > limits.keyCharsMax) continue;
    if (++count > limits.keysMax) {
      reason = 'too-many-fields';
      break;
    }
    setField(fields, key, part.slice(equals + 1).trim());
  }
  return understood({
    parser: 'leef',
    timeMs: timeOf(fields, receivedTimeMs),
    host: fieldText(fields, 'identHostName') || fieldText(fields, 'devName'),
    eventId: values[3] ?? '',
    provider: values[0] ?? '',
    message: fieldText(fields, 'msg') || text,
    fields,
    status: reason === '' ? 'parsed' : 'partial',
    reason,
  });
}

export const leefFormat: LineFormat = { id: 'leef', starts: 'L', looksLike: isLeef, parse: parseLeef };

/** In syslog `LEEF:` is read as the program's name. */
export const leefBody: BodyFormat = {
  id: 'leef',
  programs: ['leef'],
  looksLike: isLeef,
  parse: (body, program, receivedTimeMs, limits) =>
    parseLeef(program === 'LEEF' && !isLeef(body) ? `LEEF:${body}` : body, receivedTimeMs, limits),
};
