import type { FieldValue } from '../model/event.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { readPairs } from './key-values.ts';
import type { ParseLimits } from './limits.ts';
import { notUnderstood, setField, understood } from './record.ts';

const head = /^(?:node=(\S{1,255}) )?type=([A-Z][A-Z0-9_]*|UNKNOWN\[\d+\]) msg=audit\((\d{1,11})\.(\d{3}):(\d+)\):? ?/;

/** Whether a text may be a record of the Linux audit system; cheap. */
function isAuditd(text: string): boolean {
  return (text.startsWith('type=') || text.startsWith('node=')) && head.test(text);
}

/** Values the kernel writes in hexadecimal when they hold a blank, a quote or a control character. */
const untrusted: ReadonlySet<string> = new Set([
  'exe',
  'comm',
  'cwd',
  'name',
  'cmd',
  'proctitle',
  'acct',
  'data',
  'path',
]);
const hexText = /^(?:[0-9A-F]{2})+$/;
const argument = /^a\d+(?:\[\d+\])?$/;
const utf8 = new TextDecoder('utf-8');

function decoded(type: string, name: string, value: string): string {
  const may = untrusted.has(name) || (type === 'EXECVE' && argument.test(name));
  if (!may || !hexText.test(value)) return value;
  const bytes = new Uint8Array(value.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const byte = Number.parseInt(value.slice(i * 2, i * 2 + 2), 16);
    // A command line's arguments are parted by NULs.
    bytes[i] = byte === 0 ? 32 : byte;
  }
  return utf8.decode(bytes);
}

/**
 * One record of auditd (audit-userspace, `ausearch --raw`): `type=… msg=audit(seconds.ms:serial): name=value …`. Names
 * are auditd's own, which Sigma's auditd rules use; what a user-space program put into `msg='…'` stands beside them, and
 * so do the readings of an enriched record (`SYSCALL=`, `UID=`). Values in hexadecimal are decoded.
 */
function parseAuditd(text: string, limits: ParseLimits): ParseOutcome {
  const found = head.exec(text);
  if (found === null) return notUnderstood('auditd-head');
  const [whole, node = '', type = '', seconds = '', millis = '', serial = ''] = found;
  const fields: Record<string, FieldValue> = { type };
  if (node !== '') fields.node = node;
  fields.serial = serial;
  const add = (name: string, value: string, quote: string): void => {
    if (name.length > limits.keyCharsMax || Object.hasOwn(fields, name)) return;
    setField(fields, name, quote === '' ? decoded(type, name, value) : value);
  };
  // An enriched record has its readings behind a group separator (or right behind the closing quote).
  const body = text
    .slice(whole.length)
    .replaceAll('\u001d', ' ')
    .replace(/'(?=[A-Z]+=)/, "' ");
  readPairs(body, 0, limits.keysMax, (name, value, quote) => {
    if (name === 'msg' && quote === "'") readPairs(value, 0, limits.keysMax, add);
    else add(name, value, quote);
  });
  const timeMs = Number(seconds) * 1000 + Number(millis);
  return understood({ parser: 'auditd', timeMs, host: node, program: 'auditd', message: text, fields });
}

export const auditdFormat: LineFormat = {
  id: 'auditd',
  starts: 'tn',
  looksLike: isAuditd,
  parse: (text, _receivedTimeMs, limits) => parseAuditd(text, limits),
};

export const auditdBody: BodyFormat = {
  id: 'auditd',
  programs: [],
  looksLike: isAuditd,
  parse: (body, _program, _receivedTimeMs, limits) => parseAuditd(body, limits),
};
