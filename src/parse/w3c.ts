import type { FieldValue } from '../model/event.ts';
import { localZoneMinutes, parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import { csvCells } from './csv-cells.ts';
import type { LineFormat } from './format.ts';
import type { ParseLimits } from './limits.ts';
import { notUnderstood, setField, understood } from './record.ts';

const directive = /^#(?:Fields|Software|Version|Date|Remark|Start-Date|End-Date|Log-type):/i;

/** Directives of the W3C extended log file format; `#Fields:` names the values of the lines behind it (HeaderRule). */
export function w3cHeader(before: string, line: string): string | null {
  if (!directive.test(line)) return null;
  return /^#Fields:/i.test(line) ? line : before;
}

const figures: ReadonlySet<string> = new Set([
  ...['sc-status', 'sc-substatus', 'sc-win32-status', 'sc-bytes', 'cs-bytes', 'time-taken', 's-port', 'c-port'],
]);
const plusNames: ReadonlySet<string> = new Set(['cs(User-Agent)', 'cs(Referer)', 'cs(Cookie)']);
const sigmaNames: Readonly<Record<string, string>> = {
  'cs(User-Agent)': 'cs-user-agent',
  'cs(Referer)': 'cs-referer',
  'cs(Cookie)': 'cs-cookie',
  'X-Forwarded-For': 'x-forwarded-for',
  'cs(X-Forwarded-For)': 'x-forwarded-for',
};

/**
 * A W3C line (IIS, FTP and SMTP services of Windows, TMG, WAP) with its own header before it: `#Fields: …`, a newline, the
 * line. Whoever reads the file remembers the header (record-cutter.ts). The values stand parted as the names
 * are: by blanks, tabs, or commas (Exchange's message tracking and protocol logs). Times are UTC, as the format says.
 */
export function parseW3c(text: string, limits: ParseLimits): ParseOutcome {
  const end = text.indexOf('\n');
  if (end < 0 || !text.startsWith('#Fields:')) return notUnderstood('w3c-no-header');
  const head = text.slice(8, end).trim();
  const line = text.slice(end + 1);
  const separator = head.includes(',') ? ',' : head.includes('\t') ? '\t' : ' ';
  const names = head.split(separator).filter((name) => name !== '');
  const values = separator === ',' ? csvCells(line, 0, limits.keysMax) : line.split(separator);
  if (names.length > limits.keysMax) return notUnderstood('too-many-fields');
  const fields: Record<string, FieldValue> = {};
  for (const [i, name] of names.entries()) {
    const value = values[i];
    if (value === undefined || value === '-' || value === '' || name.length > limits.keyCharsMax) continue;
    const isFigure = figures.has(name) && /^\d{1,15}$/.test(value);
    const said = plusNames.has(name) ? value.replaceAll('+', ' ') : value;
    setField(fields, sigmaNames[name] ?? name, isFigure ? Number(value) : said);
  }
  const at =
    names.indexOf('date') < 0 ? String(fields['date-time'] ?? '') : `${fields.date ?? ''}T${fields.time ?? ''}Z`;
  const timeMs = parseTimeText(at, names.indexOf('date') < 0 ? localZoneMinutes : 0);
  addUri(fields);
  const isWhole = values.length === names.length;
  return understood({
    parser: 'w3c',
    timeMs,
    message: line,
    fields,
    status: isWhole ? 'parsed' : 'partial',
    reason: isWhole ? '' : 'w3c-other-number-of-values',
  });
}

/** As with other access logs the query's name holds path and query (docs/formats.md). */
function addUri(fields: Record<string, FieldValue>): void {
  const stem = fields['cs-uri-stem'];
  if (typeof stem !== 'string') return;
  const query = fields['cs-uri-query'];
  const whole = typeof query === 'string' ? `${stem}?${query}` : stem;
  fields['cs-uri'] = whole;
  fields['c-uri'] = whole;
  fields['cs-uri-query'] = whole;
}

export const w3cFormat: LineFormat = {
  id: 'w3c',
  starts: '#',
  looksLike: (text) => text.startsWith('#Fields:') && text.includes('\n'),
  parse: (text, _receivedTimeMs, limits) => parseW3c(text, limits),
  header: w3cHeader,
};
