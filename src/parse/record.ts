import type { FieldValue } from '../model/event.ts';
import type { ParsedRecord, ParseOutcome } from '../model/record.ts';

/** A record with what is known of it; the rest is empty. */
export function understood(known: Partial<ParsedRecord> & Pick<ParsedRecord, 'parser' | 'fields'>): ParseOutcome {
  // Written out, not spread: one shape for every record, made without a copy loop.
  const record: ParsedRecord = {
    parser: known.parser,
    timeMs: known.timeMs ?? null,
    host: known.host ?? '',
    program: known.program ?? '',
    channel: known.channel ?? '',
    provider: known.provider ?? '',
    eventId: known.eventId ?? '',
    message: known.message ?? '',
    fields: known.fields,
    status: known.status ?? 'parsed',
    reason: known.reason ?? '',
  };
  return { record, reason: '' };
}

export function notUnderstood(reason: string): ParseOutcome {
  return { record: null, reason };
}

/** Set a field by any name a log may use, `__proto__` included. */
export function setField(fields: Record<string, FieldValue>, name: string, value: FieldValue): void {
  if (name === '__proto__') {
    Object.defineProperty(fields, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    fields[name] = value;
  }
}

/** A scalar as text; '' for null, lists and absence. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** An own field as text; '' when absent or no scalar. */
export function fieldText(fields: Readonly<Record<string, unknown>>, name: string): string {
  return Object.hasOwn(fields, name) ? textOf(fields[name]) : '';
}
