import type { FieldValue } from '../model/event.ts';

/**
 * Whether a line may hold text that NFC changes: nothing below U+0300 does, but a JSON or access-log escape may
 * spell such a character.
 */
export function mayNeedNfc(line: string): boolean {
  return /[\u0300-\uffff]|\\[ux]/.test(line);
}

function nfcValue(value: FieldValue): FieldValue {
  if (typeof value === 'string') return value.normalize('NFC');
  return Array.isArray(value) ? value.map(nfcValue) : value;
}

/** All names and texts in NFC (sigma.md 1.7); of two names that become one, the later wins, as in JSON itself. */
export function nfcFields(fields: Readonly<Record<string, FieldValue>>): Record<string, FieldValue> {
  const out: Record<string, FieldValue> = {};
  for (const name in fields) {
    const value = nfcValue(fields[name] ?? null);
    const key = name.normalize('NFC');
    if (key === '__proto__')
      Object.defineProperty(out, key, { value, writable: true, enumerable: true, configurable: true });
    else out[key] = value;
  }
  return out;
}
