import type { FieldValue } from '../model/event.ts';

const beyondLatin = /[\u0300-\uffff]/;
const unicodeEscape = /\\[ux]/;

/**
 * Whether a line may hold text that NFC changes: nothing below U+0300 does, but a JSON or access-log escape may
 * spell such a character.
 */
export function mayNeedNfc(line: string): boolean {
  // The first question costs nothing on a string of Latin-1. The second takes `\\users` of a path for an escape, which
  // costs another look and changes nothing.
  return beyondLatin.test(line) || unicodeEscape.test(line);
}

function mayChange(value: FieldValue): boolean {
  if (typeof value === 'string') return beyondLatin.test(value);
  return Array.isArray(value) && value.some(mayChange);
}

function nfcValue(value: FieldValue): FieldValue {
  if (typeof value === 'string') return value.normalize('NFC');
  return Array.isArray(value) ? value.map(nfcValue) : value;
}

/**
 * All names and texts in NFC (sigma.md 1.7); of two names that become one, the later wins, as in JSON itself. The same
 * object when nothing is to be changed.
 */
export function nfcFields(fields: Record<string, FieldValue>): Record<string, FieldValue> {
  let may = false;
  for (const name in fields) {
    if (mayChange(fields[name] ?? null) || beyondLatin.test(name)) {
      may = true;
      break;
    }
  }
  if (!may) return fields;
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
