import type { FieldValue } from '../model/event.ts';
import { epochMs } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { Opened } from './envelope.ts';
import { flatten } from './flatten.ts';
import type { JsonObject } from './json.ts';
import type { ParseLimits } from './limits.ts';
import { facilityName, severityName } from './priority.ts';
import { fieldText, notUnderstood, setField, textOf, understood } from './record.ts';

/** A name without which an object is no entry of the journal. */
export const journaldSign = '__REALTIME_TIMESTAMP';

/** The same facts under the names they have in syslog, by the journal's own name. */
const syslogNames: readonly (readonly [journald: string, syslog: string])[] = [
  ['_HOSTNAME', 'hostname'],
  ['_PID', 'pid'],
  ['SYSLOG_PID', 'pid'],
  ['MESSAGE', 'message'],
];

/**
 * One entry of systemd's journal as `journalctl -o json` writes it (systemd.journal-fields(7), Journal JSON Format):
 * its own names, and beside them what a syslog line of the same program would have. Its message is read as that
 * program's. A value that is no plain text comes as a list of bytes, one that is too long as null.
 */
export function openJournald(object: JsonObject, limits: ParseLimits): Opened | string | null {
  const micros = textOf(object[journaldSign]);
  if (!/^\d{1,20}$/.test(micros)) return null;
  const texts: JsonObject = {};
  for (const name in object)
    setField(texts as Record<string, FieldValue>, name, textOfBytes(object[name]) as FieldValue);
  const flat = flatten(texts, limits);
  if (flat.fields === null) return flat.reason;
  const { fields } = flat;
  const add = (name: string, value: FieldValue): void => {
    if (value !== '' && !Object.hasOwn(fields, name)) fields[name] = value;
  };
  const program = fieldText(fields, 'SYSLOG_IDENTIFIER') || fieldText(fields, '_COMM');
  add('program', program);
  for (const [journald, syslog] of syslogNames) add(syslog, fieldText(fields, journald));
  add('facility', facilityName(Number(fieldText(fields, 'SYSLOG_FACILITY') || Number.NaN)));
  add('severity', severityName(Number(fieldText(fields, 'PRIORITY') || Number.NaN)));
  const message = fieldText(fields, 'MESSAGE');
  const { record } = understood({
    parser: 'journald',
    timeMs: epochMs(Number(micros)),
    host: fieldText(fields, '_HOSTNAME'),
    program,
    message,
    fields,
  });
  return record === null ? null : { record, line: message, isMessage: true };
}

export function parseJournald(object: JsonObject, limits: ParseLimits): ParseOutcome {
  const opened = openJournald(object, limits);
  if (opened === null) return notUnderstood('journald-shape');
  return typeof opened === 'string' ? notUnderstood(opened) : { record: opened.record, reason: '' };
}

const utf8 = new TextDecoder();

/** Bytes that the journal keeps as numbers, as the text they are; anything else as it is. */
function textOfBytes(value: unknown): unknown {
  const isBytes = Array.isArray(value) && value.length > 0 && value.every(isByte);
  return isBytes ? utf8.decode(Uint8Array.from(value)) : value;
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;
}
