import type { ParsedRecord } from '../model/record.ts';

/** Cut at a length without splitting a surrogate pair. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}

function shortProvider(provider: string): string {
  return provider.replace(/^Microsoft-Windows-/, '');
}

/**
 * One line for people: the record's own message up to its first line end, else what happened to what, from the
 * fields that tell most.
 */
export function humanLine(record: ParsedRecord, telling: readonly string[], max: number): string {
  if (record.message !== '') {
    const message = record.message.trimStart();
    const end = message.search(/[\r\n]/);
    return cut(end < 0 ? message : message.slice(0, end), max);
  }
  const { fields, eventId, provider } = record;
  let text = eventId === '' ? '' : `${provider === '' ? 'Event' : shortProvider(provider)} ${eventId}:`;
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
  return cut(text.replace(/[\r\n]+/g, ' '), max);
}
