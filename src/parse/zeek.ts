import type { FieldValue } from '../model/event.ts';
import { epochMs } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { LineFormat } from './format.ts';
import type { ParseLimits } from './limits.ts';
import { notUnderstood, setField, understood } from './record.ts';
import { fitsZeekLog, type ZeekLog, zeekLog, zeekLogs } from './zeek-columns.ts';

const begin = /^\d{9,11}\.\d{1,9}\t[^\t]{1,64}\t/;

export function isZeek(text: string): boolean {
  return begin.test(text);
}

/** What a Zeek log's header lines have said so far; `null`: nothing to go by yet. */
export interface ZeekHeader {
  readonly path: string;
  readonly log: ZeekLog | null;
}

const counted: ReadonlySet<string> = new Set(['count', 'int', 'port']);

/**
 * Take one line of the header (`#path`, `#fields`, `#types`, …; the tab is the separator Zeek has by itself); null when
 * the line is none. A `#separator` line begins a new log.
 */
export function readZeekHeader(text: string, before: ZeekHeader | null): ZeekHeader | null {
  if (!text.startsWith('#')) return null;
  const [key = '', ...values] = text.split('\t');
  if (key.startsWith('#separator')) return { path: '', log: null };
  const { path, log } = before ?? { path: '', log: null };
  if (key === '#path') return { path: values[0] ?? '', log };
  if (key === '#fields') return { path, log: zeekLog(path, values) };
  if (key === '#types' && log !== null) {
    const marked = log.names.map((name, i) => {
      const type = values[i] ?? '';
      return counted.has(type) ? `${name}#` : /^(?:set|vector)\[/.test(type) ? `${name}*` : name;
    });
    return { path, log: zeekLog(path, marked) };
  }
  return { path, log };
}

/**
 * One line of a Zeek log in its tab-separated form, with the columns its header said or, without one, those of the log
 * it can only be (conn, dns, http, ssl, files, notice as Zeek writes them by itself). Names and values are those of the
 * JSON form, `_path` among them; unset columns (`-`) are left out.
 */
export function parseZeekLine(text: string, header: ZeekHeader | null, limits: ParseLimits): ParseOutcome {
  if (!isZeek(text)) return notUnderstood('zeek-head');
  const cells = text.split('\t', limits.keysMax);
  const known =
    header?.log?.names.length === cells.length
      ? header.log
      : zeekLogs.find((log) => log.names.length === cells.length && fitsZeekLog(log, cells));
  const fields: Record<string, FieldValue> = {};
  const timeMs = epochMs(Number(cells[0]));
  if (known === undefined) {
    fields.message = text;
    return understood({ parser: 'zeek', timeMs, message: text, fields, status: 'partial', reason: 'zeek-columns' });
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
  starts: '0123456789',
  looksLike: isZeek,
  parse: (text, _receivedTimeMs, limits) => parseZeekLine(text, null, limits),
};
