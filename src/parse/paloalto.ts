import type { FieldValue } from '../model/event.ts';
import { localZoneMinutes, parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import { csvCells } from './csv-cells.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import type { ParseLimits } from './limits.ts';
import { columnsOf } from './paloalto-columns.ts';
import { notUnderstood, understood } from './record.ts';

/** Where a record begins: a number kept for later use, the time of receipt, the serial number, the type. */
const begin =
  /(?:^|[ :])(\d{0,3},\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d,[0-9A-Za-z]{0,32},(?:TRAFFIC|THREAT|SYSTEM|CONFIG|GLOBALPROTECT|AUTHENTICATION|USERID|HIPMATCH|HIP-MATCH|DECRYPTION|CORRELATION|IPTAG|TUNNEL|SCTP),)/;

/** How far into a line the record may begin, behind a header of some relay's own. */
const headCharsMax = 300;

function isPaloalto(text: string): boolean {
  return begin.test(text.slice(0, headCharsMax));
}

const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d)$/;

const signIn =
  /\b(failed authentication|authenticated|authentication (?:failed|succeeded)|logged (?:in|out))\b(?:.{0,200}?\b[Uu]ser(?: name:)? '?([^'\s,]{1,128}))?(?:.{0,400}?\b(?:From|from|Login from):? ?([0-9a-fA-F.:]{2,45}))?/;
const before = /\bUser '([^'\s]{1,128})' (?=logged (?:in|out)\b)/;

/** Who signs in, from where, out of a SYSTEM log's text. */
function addSignIn(fields: Record<string, FieldValue>): void {
  const text = String(fields.opaque ?? '').slice(0, 1_000);
  const found = signIn.exec(text);
  if (found === null) return;
  const [, what = '', user = before.exec(text)?.[1] ?? '', address = ''] = found;
  if (user !== '') fields.user = user.replace(/\.$/, '');
  if (address !== '') fields.src_ip = address.replace(/[.:]$/, '');
  fields.outcome = what.includes('fail') ? 'failure' : 'success';
}

/** More columns than any PAN-OS writes. */
const cellsMax = 200;

/**
 * One log of Palo Alto's PAN-OS in its comma-separated form (PAN-OS Administrator's Guide, "Syslog Field
 * Descriptions"), under PAN-OS's own names of variables. The high-resolution time has a zone and wins over the generated
 * time, which has none. Columns a newer PAN-OS adds at the end are passed over.
 */
function parsePaloalto(text: string, _receivedTimeMs: number, _limits: ParseLimits): ParseOutcome {
  const found = begin.exec(text.slice(0, headCharsMax));
  if (found === null) return notUnderstood('paloalto-head');
  const start = found.index + found[0].length - (found[1] ?? '').length;
  const cells = csvCells(text, start, cellsMax);
  const type = cells[3] ?? '';
  const fields: Record<string, FieldValue> = {};
  for (const [i, name] of columnsOf(type, cells).entries()) {
    const value = cells[i];
    if (name !== '' && value !== undefined && value !== '') fields[name] = value;
  }
  if (type === 'SYSTEM') addSignIn(fields);
  const exact = cells.find((cell, i) => i > 20 && zoned.test(cell));
  if (exact !== undefined) fields.high_res_timestamp = exact;
  const time = exact ?? cells[6] ?? '';
  const timeMs = parseTimeText(time, localZoneMinutes) ?? parseTimeText(cells[1] ?? '', localZoneMinutes);
  const host = cells[columnsOf(type, cells).indexOf('device_name')] ?? '';
  const message = String(fields.opaque ?? fields.threatid ?? '');
  return understood({
    parser: 'paloalto',
    timeMs,
    host,
    message: message === '' ? text.slice(start) : message,
    fields,
  });
}

export const paloaltoFormat: LineFormat = {
  id: 'paloalto',
  starts: ',0123456789',
  looksLike: isPaloalto,
  parse: parsePaloalto,
};

export const paloaltoBody: BodyFormat = {
  id: 'paloalto',
  programs: [],
  looksLike: isPaloalto,
  parse: (body, _program, receivedTimeMs, limits) => parsePaloalto(body, receivedTimeMs, limits),
};
