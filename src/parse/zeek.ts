import type { FieldValue } from '../model/event.ts';
import { epochMs } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { LineFormat } from './format.ts';
import type { ParseLimits } from './limits.ts';
import { notUnderstood, setField, understood } from './record.ts';
import { fitsZeekLog, type ZeekLog, zeekLog, zeekLogs } from './zeek-columns.ts';

const begin = /^\d{9,11}\.\d{1,9}\t[^\t]{1,64}\t/;

/** A header has three lines of use, and the record is one. */
const linesMax = 4;

const counted: ReadonlySet<string> = new Set(['count', 'int', 'port']);

const headed = /^#(?:path|fields|types)\t/;

const directive = /^#(?:separator|set_separator|empty_field|unset_field|path|open|close|fields|types)\b/;

/** A header is the last `#path`, `#fields` and `#types`; `#separator` begins anew (HeaderRule). */
export function zeekHeader(before: string, line: string): string | null {
  if (!directive.test(line)) return null;
  if (line.startsWith('#separator')) return '';
  if (!headed.test(line)) return before;
  const key = line.slice(0, line.indexOf('\t') + 1);
  const others = before.split('\n').filter((each) => headed.test(each) && !each.startsWith(key));
  return [...others, line].join('\n');
}

/** The columns a header tells of; the tab is the separator Zeek has by itself. */
function logOf(header: readonly string[]): ZeekLog | null {
  const said = (key: string): readonly string[] =>
    header
      .find((line) => line.startsWith(`${key}\t`))
      ?.split('\t')
      .slice(1) ?? [];
  const [path = ''] = said('#path');
  const types = said('#types');
  const names = said('#fields');
  if (names.length === 0) return null;
  return zeekLog(
    path,
    names.map((name, i) => {
      const type = types[i] ?? '';
      return counted.has(type) ? `${name}#` : /^(?:set|vector)\[/.test(type) ? `${name}*` : name;
    }),
  );
}

/**
 * One line of a Zeek log in its tab-separated form, with its header before it on lines of their own or, without one, those of the log
 * it can only be (conn, dns, http, ssl, files, notice as Zeek writes them by itself). Names and values are those of the
 * JSON form, `_path` among them; unset columns (`-`) are left out.
 */
function parseZeek(text: string, limits: ParseLimits): ParseOutcome {
  const lines = text.split('\n', linesMax);
  const line = lines.pop() ?? '';
  if (!begin.test(line)) return notUnderstood('zeek-head');
  const cells = line.split('\t', limits.keysMax);
  const told = logOf(lines);
  const known =
    told?.names.length === cells.length
      ? told
      : zeekLogs.find((log) => log.names.length === cells.length && fitsZeekLog(log, cells));
  const fields: Record<string, FieldValue> = {};
  const timeMs = epochMs(Number(cells[0]));
  if (known === undefined) {
    fields.message = line;
    return understood({ parser: 'zeek', timeMs, message: line, fields, status: 'partial', reason: 'zeek-columns' });
  }
  if (known.path !== '') fields._path = known.path;
  for (const [i, name] of known.names.entries()) {
    const value = cells[i] ?? '-';
    if (value === '-' || name.length > limits.keyCharsMax) continue;
    if (known.lists.has(name)) setField(fields, name, value === '(empty)' ? [] : value.split(','));
    else if (known.counts.has(name) && /^-?\d{1,15}$/.test(value)) setField(fields, name, Number(value));
    else setField(fields, name, value === '(empty)' ? '' : value);
  }
  return understood({ parser: 'zeek', timeMs, message: '', fields });
}

export const zeekFormat: LineFormat = {
  id: 'zeek',
  starts: '#0123456789',
  looksLike: (text) => (text.charCodeAt(0) === 35 ? headed.test(text) && text.includes('\n') : begin.test(text)),
  parse: (text, _receivedTimeMs, limits) => parseZeek(text, limits),
  header: zeekHeader,
};
