import type { FieldValue } from '../model/event.ts';
import type { ParsedRecord } from '../model/record.ts';
import { readAsa } from './cisco-asa.ts';
import { readIos } from './cisco-ios.ts';

const mnemonic = /^%([A-Z][A-Z0-9_]*)-(?:[A-Za-z0-9_]+-)?([0-7])-([A-Z0-9_]+)$/;
const devices: ReadonlySet<string> = new Set(['ASA', 'FTD', 'PIX', 'FWSM']);

/**
 * Cisco's `%FACILITY-SEVERITY-MNEMONIC: text` in a BSD syslog line: the tag says what it is, the text what happened;
 * null when it is none.
 */
export function readCisco(header: ParsedRecord): ParsedRecord | null {
  const found = mnemonic.exec(header.program);
  if (found === null) return null;
  const [, facility = '', severity = '', name = ''] = found;
  const message = `${header.program}: ${header.message}`;
  const said: Record<string, FieldValue> = devices.has(facility)
    ? readAsa(name, header.message)
    : readIos(name, header.message);
  const fields = Object.assign(header.fields, said);
  fields['cisco.facility'] = facility;
  fields['cisco.severity'] = Number(severity);
  fields['cisco.mnemonic'] = name;
  fields.message = message;
  return { ...header, parser: `${header.parser}+cisco`, message };
}
