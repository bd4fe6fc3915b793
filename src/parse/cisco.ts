import type { ParsedRecord } from '../model/record.ts';

const mnemonic = /^%([A-Z][A-Z0-9_]*)-(?:[A-Z0-9_]+-)?([0-7])-([A-Z0-9_]+)$/;

/** Cisco's `%FACILITY-SEVERITY-MNEMONIC: text` in a BSD syslog line: the tag says what it is; null when it is none. */
export function readCisco(header: ParsedRecord): ParsedRecord | null {
  const found = mnemonic.exec(header.program);
  if (found === null) return null;
  const [, facility = '', severity = '', name = ''] = found;
  const message = `${header.program}: ${header.message}`;
  const fields = header.fields;
  fields['cisco.facility'] = facility;
  fields['cisco.severity'] = Number(severity);
  fields['cisco.mnemonic'] = name;
  fields.message = message;
  return { ...header, parser: `${header.parser}+cisco`, message };
}
