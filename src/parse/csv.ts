import type { FieldValue } from '../model/event.ts';
import { epochMs, localZoneMinutes, parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import { csvCells } from './csv-cells.ts';
import type { LineFormat } from './format.ts';
import type { ParseLimits } from './limits.ts';
import { notUnderstood, setField, understood } from './record.ts';

const timeNames =
  /^(?:@?timestamp|time|datetime|date[ _-]?time|event_?time|log_?time|created_at|thoi[ _]?gian|ngay[ _]?gio)$/i;

function timeOf(value: string): number | null {
  if (/^\d{10,19}$/.test(value)) return epochMs(Number(value));
  return parseTimeText(value, localZoneMinutes) ?? parseTimeText(value.replace(/ (?=[+-]\d\d:)/, ''), localZoneMinutes);
}

/** `header line`, a newline, one row: whoever reads the file remembers the header (record-cutter.ts). */
function parseCsvRow(parser: string, text: string, limits: ParseLimits): ParseOutcome {
  const end = text.indexOf('\n');
  if (end <= 0) return notUnderstood('csv-no-header');
  const head = text.slice(0, end);
  const line = text.slice(end + 1);
  const names = csvCells(head, 0, limits.keysMax);
  const cells = csvCells(line, 0, limits.keysMax);
  if (names.length < 2) return notUnderstood('csv-no-header');
  const fields: Record<string, FieldValue> = {};
  let timeMs: number | null = null;
  for (const [i, said] of names.entries()) {
    const name = said.trim();
    const value = cells[i];
    if (value === undefined || name === '' || name.length > limits.keyCharsMax) continue;
    setField(fields, name, value);
    if (timeMs === null && timeNames.test(name)) timeMs = timeOf(value.trim());
  }
  const isWhole = cells.length === names.length;
  return understood({
    parser,
    timeMs,
    message: line,
    fields,
    status: isWhole ? 'parsed' : 'partial',
    reason: isWhole ? '' : 'csv-other-number-of-cells',
  });
}

const name = /^[\p{L}_@$][^\n]*$/u;
const headerCharsMax = 16_384;

/**
 * The first line of a file, when it looks like names: a row nearly always has a cell that begins with a digit (its time),
 * is empty, or stands there twice. So a stream that goes on in the middle of a file does not lose its first row.
 */
function csvHeader(_before: string, line: string, isFirst: boolean): string | null {
  if (!isFirst || line.length > headerCharsMax) return null;
  const cells = csvCells(line, 0, headerCharsMax).map((cell) => cell.trim());
  const isNames = cells.length > 1 && cells.every((cell) => name.test(cell)) && new Set(cells).size === cells.length;
  return isNames ? line : null;
}

/** Any comma-separated export with a header line: its own names and values. */
export const csvFormat: LineFormat = {
  id: 'csv',
  starts: '',
  looksLike: null,
  parse: (text, _receivedTimeMs, limits) => parseCsvRow('csv', text, limits),
  header: csvHeader,
};

/** SQL Server Audit as `sys.fn_get_audit_file` gives it, exported with a header (`event_time,action_id,succeeded,…`). */
export const mssqlAuditFormat: LineFormat = {
  id: 'mssql-audit',
  starts: '',
  looksLike: null,
  parse: (text, _receivedTimeMs, limits) => parseCsvRow('mssql-audit', text, limits),
  header: csvHeader,
};
