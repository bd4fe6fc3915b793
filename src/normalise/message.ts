import type { ParsedRecord } from '../model/record.ts';

/** The first line that is not blank, cut at a length without splitting a surrogate pair. */
export function firstLine(text: string, max: number): string {
  const begun = text.trimStart();
  const end = begun.search(/[\r\n]/);
  const line = end < 0 ? begun : begun.slice(0, end);
  if (line.length <= max) return line;
  const last = line.charCodeAt(max - 1);
  return line.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}

function shortProvider(provider: string): string {
  return provider.replace(/^Microsoft-Windows-/, '');
}

/**
 * What to tell people of a record: its own message, else what happened to what, from the fields that tell most.
 * May be of many lines and longer than `max`, by which it only knows when to stop adding.
 */
export function tell(record: ParsedRecord, telling: readonly string[], max: number): string {
  if (record.message.trim() !== '') return record.message;
  const { fields, eventId, provider } = record;
  const head = eventId === '' ? '' : `${provider === '' ? 'Event' : shortProvider(provider)} ${eventId}:`;
  let text = head;
  let told = 0;
  for (const name of telling) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if ((typeof value !== 'string' && typeof value !== 'number') || value === '' || value === '-') continue;
    text += `${text === '' ? '' : ' '}${name}=${value}`;
    if (++told === 4 || text.length > max) break;
  }
  if (told === 0) {
    for (const name in fields) {
      const value = fields[name];
      if (typeof value === 'object' || value === undefined) continue;
      text += `${text === '' ? '' : ' '}${name}=${value}`;
      if (++told === 6 || text.length > max) break;
    }
  }
  return text.replace(/[\r\n]+/g, ' ');
}
