import type { FieldValue } from '../model/event.ts';
import { parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { LineFormat } from './format.ts';
import { notUnderstood, understood } from './record.ts';
import { parseW3c, w3cHeader } from './w3c.ts';

const begin = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:[^ ]+ ){1,3}?[A-Z_-]{3,20} [/*][^ ]* [^ ]+ \d{1,5} /;
const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.%]*)$/;

/** Whether a text is a W3C line of IIS with one of the field sets IIS offers by itself. */
function isIis(text: string): boolean {
  return begin.test(text);
}

/** Whether method and path begin at a word. */
function isMethod(words: readonly string[], i: number): boolean {
  return i > 2 && ((/^[A-Z_-]{3,20}$/.test(words[i] ?? '') && /^[/*]/.test(words[i + 1] ?? '')) || i > 4);
}

/** What stands between the client's address and the figures, by how many there are. */
const middles: readonly (readonly string[])[] = [
  [],
  ['cs-user-agent'],
  ['cs-user-agent', 'cs-referer'],
  ['cs-user-agent', 'cs-cookie', 'cs-referer'],
  ['cs-user-agent', 'cs-cookie', 'cs-referer', 'cs-host'],
];
/** The figures at the end, by how many there are. */
const tails: readonly (readonly string[])[] = [
  ['sc-status'],
  ['sc-status', 'sc-substatus', 'sc-win32-status'],
  ['sc-status', 'sc-substatus', 'sc-win32-status', 'time-taken'],
  ['sc-status', 'sc-substatus', 'sc-win32-status', 'sc-bytes', 'cs-bytes'],
  ['sc-status', 'sc-substatus', 'sc-win32-status', 'sc-bytes', 'cs-bytes', 'time-taken'],
];

/**
 * One line of an IIS log in the W3C extended format. A line does not carry the `#Fields:` header, so it is understood
 * when it has a field set of IIS's own dialogue (IIS 6 to 10, with or without site name, version, cookie, referer, bytes
 * and time taken). Times are UTC, as the format says. `+` in the user agent, cookie and referer stands for a blank, as
 * IIS writes it. As with other access logs `cs-uri-query` holds path and query (docs/formats.md).
 */
function parseIis(text: string): ParseOutcome {
  if (!isIis(text)) return notUnderstood('iis-head');
  const words = text.split(' ');
  const timeMs = parseTimeText(`${words[0]}T${words[1]}Z`, 0);
  if (timeMs === null) return notUnderstood('iis-time');
  const fields: Record<string, FieldValue> = {};
  let i = 2;
  const put = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== '-' && value !== '') fields[name] = value;
  };
  const names = ['s-sitename', 's-computername'];
  while (!isMethod(words, i)) {
    const word = words[i++];
    put(address.test(word ?? '') ? 's-ip' : (names.shift() ?? 's-name'), word);
  }
  const [method = '', stem = '', query = '', port = ''] = words.slice(i, i + 4);
  const whole = query === '-' ? stem : `${stem}?${query}`;
  fields['cs-method'] = method;
  fields['cs-uri-stem'] = stem;
  fields['cs-uri'] = whole;
  fields['c-uri'] = whole;
  fields['cs-uri-query'] = whole;
  fields['s-port'] = Number(port);
  i += 4;
  // A user name may hold blanks; the client's address follows it.
  const client = words.findIndex((word, n) => n > i && address.test(word));
  put(
    'cs-username',
    words
      .slice(i, client < 0 ? i + 1 : client)
      .join(' ')
      .trim(),
  );
  i = client < 0 ? i + 1 : client;
  put('c-ip', words[i++]);
  if (/^HTTP\/\d/.test(words[i] ?? '')) put('cs-version', words[i++]);
  // The address a proxy forwarded for, where that header is logged; it is always last.
  if (words.length > i + 1 && /^(?:-|[^ ]*[.:][^ ]*)$/.test(words.at(-1) ?? '') && /^\d+$/.test(words.at(-2) ?? ''))
    put('x-forwarded-for', words.pop());
  let end = words.length;
  const figuresMax = 6;
  while (end > i && words.length - end < figuresMax && /^\d+$/.test(words[end - 1] ?? '')) end--;
  const tail = tails.find((each) => each.length === words.length - end);
  const middle = middles[end - i];
  if (tail === undefined || middle === undefined) {
    fields.extra = words.slice(i).join(' ');
    return understood({ parser: 'iis', timeMs, message: text, fields, status: 'partial', reason: 'iis-field-set' });
  }
  for (const [n, name] of middle.entries()) {
    const value = words[i + n] ?? '';
    fields[name] = name === 'cs-host' ? value : value.replaceAll('+', ' ');
  }
  for (const [n, name] of tail.entries()) fields[name] = Number(words[end + n]);
  return understood({ parser: 'iis', timeMs, message: text, fields });
}

export const iisFormat: LineFormat = {
  id: 'iis',
  starts: '0123456789',
  looksLike: isIis,
  // Under a header nothing has to be guessed.
  parse: (text, _receivedTimeMs, limits) => (text.startsWith('#') ? parseW3c(text, limits) : parseIis(text)),
  header: w3cHeader,
};
