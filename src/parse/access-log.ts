import type { FieldValue } from '../model/event.ts';
import { calendarMs, monthOf } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { notUnderstood, understood } from './record.ts';

const stamp = / \[(\d{1,2})\/([A-Za-z]{3})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})\] ?/y;
const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]*)$/i;
const outcome = / (\d{3}|-)(?: (\d{1,15}|-))?(?= |$)/y;
const vhostPort = /^(.+):(\d{1,5})$/;

/** Places a time may stand behind: a user name may itself hold ` [`. */
const bracketTries = 8;

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decodeHexRun(run: string): string {
  const bytes = new Uint8Array(run.length / 4);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(run.slice(i * 4 + 2, i * 4 + 4), 16);
  try {
    return utf8.decode(bytes);
  } catch {
    // Not UTF-8: the ASCII among them is still readable, the rest stays as the server wrote it.
    return run.replace(/\\x([0-7][0-9a-fA-F])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
}

const shortEscapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', v: '\v', f: '\f' };

/**
 * Undo what nginx (`\xHH`) and Apache (`\"`, `\\`, `\n`, `\xhh`) do to a value before they write it, so that rules
 * see what the client sent; `raw` keeps the line as written.
 */
function asSent(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/(?:\\x[0-9a-fA-F]{2})+|\\(["\\nrtbvf])/g, (run: string, short: string | undefined) =>
    short === undefined ? decodeHexRun(run) : (shortEscapes[short] ?? short),
  );
}

/** End of a quoted value that begins after `start`: the first quote not escaped that a blank or the end follows. */
function closingQuote(text: string, start: number): number {
  for (let i = text.indexOf('"', start); i >= 0; i = text.indexOf('"', i + 1)) {
    let slashes = 0;
    while (text.charCodeAt(i - 1 - slashes) === 92 && i - 1 - slashes >= start) slashes++;
    if (slashes % 2 === 0 && (i + 1 === text.length || text.charCodeAt(i + 1) === 32)) return i;
  }
  return -1;
}

/** End of the request: the first quote that a status follows, so a quote the client smuggled in does not end it. */
function requestEnd(text: string, start: number): { readonly quote: number; readonly outcome: RegExpExecArray } | null {
  for (let i = text.indexOf('"', start); i >= 0; i = text.indexOf('"', i + 1)) {
    outcome.lastIndex = i + 1;
    const found = outcome.exec(text);
    if (found !== null) return { quote: i, outcome: found };
  }
  return null;
}

/** What a request line (`GET /path HTTP/1.1`) says, under W3C names. */
export function addRequest(fields: Record<string, FieldValue>, request: string): void {
  if (request === '-' || request === '') return;
  const space = request.indexOf(' ');
  const method = space < 0 ? '' : request.slice(0, space);
  if (!/^[A-Za-z][A-Za-z_-]{0,31}$/.test(method)) {
    // A TLS hello on the plain port and the like: kept whole, claimed to be nothing.
    fields['cs-uri'] = request;
    return;
  }
  const last = request.lastIndexOf(' ');
  const hasVersion = last > space && request.startsWith('HTTP/', last + 1);
  const uri = request.slice(space + 1, hasVersion ? last : request.length);
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/is.exec(uri)?.[1] ?? uri;
  const question = path.indexOf('?');
  fields['cs-method'] = method;
  fields['cs-uri'] = uri;
  fields['c-uri'] = uri;
  fields['cs-uri-stem'] = question < 0 ? path : path.slice(0, question);
  // W3C means the part behind `?`; nearly all of SigmaHQ's webserver rules mean path and query. Theirs contains W3C's.
  fields['cs-uri-query'] = path;
  if (hasVersion) fields['cs-version'] = request.slice(last + 1);
}

/** Addresses that no one outside has (RFC 1918, 6598, 3927, 4193, 4291). */
const inner =
  /^(?:10\.|127\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1$|f[cd]|fe[89ab])/i;

/**
 * The client where a proxy's list stands in its place: the first address from outside, else the first. Who sends the list
 * writes it, so it is a claim; the whole list stands beside.
 */
function clientOf(list: readonly string[]): string {
  return list.find((each) => !inner.test(each)) ?? list[0] ?? '';
}

/** `[vhost[:port] ]client[, client…] ident user`; a user name may hold blanks. */
function addHead(fields: Record<string, FieldValue>, head: string): boolean {
  const words = head.split(' ');
  if (words.length < 3 || words[0] === '') return false;
  const bareWord = (i: number): string => (words[i] ?? '').replace(/^"|[",]+$/g, '');
  const isAddress = (i: number): boolean => address.test(bareWord(i));
  let i = 0;
  if (words.length >= 4 && isAddress(1) && !(words[0] ?? '').endsWith(',')) {
    const one = words[0] ?? '';
    const port = vhostPort.exec(one);
    fields['cs-host'] = port?.[1] ?? one;
    if (port?.[2] !== undefined) fields['s-port'] = Number(port[2]);
    i = 1;
  }
  const list: string[] = [];
  // Two words are left for ident and user.
  while (i < words.length - 2 && isAddress(i)) list.push(bareWord(i++));
  if (list.length === 0) list.push(words[i++] ?? '');
  fields['c-ip'] = clientOf(list);
  if (list.length > 1) fields['x-forwarded-for'] = list.join(', ');
  const name = words.slice(i + 1).join(' ');
  if (name !== '-' && name !== '' && name !== '""') fields['cs-username'] = asSent(name);
  return true;
}

/**
 * An access log line in the Common or Combined Log Format of nginx and Apache, with an optional virtual host before
 * and more values behind. Fields carry the names of the W3C extended format, which Sigma's webserver rules use.
 * `-` for referer and user agent is kept as written, since rules ask for it.
 */
function parseAccessLog(text: string, parser: string): ParseOutcome {
  let at = -1;
  let time: RegExpExecArray | null = null;
  for (let tries = 0; tries < bracketTries && time === null; tries++) {
    at = text.indexOf(' [', at + 1);
    if (at < 0) return notUnderstood('access-no-time');
    stamp.lastIndex = at;
    time = stamp.exec(text);
  }
  if (time === null) return notUnderstood('access-no-time');
  const zone = (time[7] === '-' ? -1 : 1) * (Number(time[8]) * 60 + Number(time[9]));
  const clock = [time[3], monthOf(time[2] ?? ''), time[1], time[4], time[5], time[6]].map(Number);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = clock;
  const timeMs = calendarMs(year, month, day, hour, minute, second, zone);
  if (timeMs === null) return notUnderstood('access-time');
  const fields: Record<string, FieldValue> = {};
  if (!addHead(fields, text.slice(0, at))) return notUnderstood('access-head');

  let i = at + time[0].length;
  if (text[i] !== '"') return notUnderstood('access-no-request');
  const end = requestEnd(text, i + 1);
  if (end === null) {
    fields.extra = text.slice(i);
    return understood({ parser, timeMs, message: text, fields, status: 'partial', reason: 'access-request-unclosed' });
  }
  addRequest(fields, asSent(text.slice(i + 1, end.quote)));
  const [whole, status, bytes] = end.outcome;
  if (status !== undefined && status !== '-') fields['sc-status'] = Number(status);
  if (bytes !== undefined && bytes !== '-') fields['sc-bytes'] = Number(bytes);
  i = end.quote + 1 + whole.length;

  const quoted = ['cs-referer', 'cs-user-agent', 'x-forwarded-for'];
  let reason = '';
  while (quoted.length > 0 && text.startsWith(' "', i)) {
    const quote = closingQuote(text, i + 2);
    if (quote < 0) {
      reason = 'access-quote-unclosed';
      break;
    }
    fields[quoted.shift() ?? ''] = asSent(text.slice(i + 2, quote));
    i = quote + 1;
  }
  const extra = text.slice(i).trim();
  if (extra !== '') fields.extra = extra;
  return understood({ parser, timeMs, message: text, fields, status: reason === '' ? 'parsed' : 'partial', reason });
}

function mayBeAccessLog(text: string): boolean {
  return text.includes('] "');
}

export const accessLogFormats: readonly LineFormat[] = [
  {
    id: 'access',
    starts: '',
    looksLike: mayBeAccessLog,
    isGuess: true,
    parse: (text) => parseAccessLog(text, 'access'),
  },
  { id: 'nginx-access', starts: '', looksLike: null, parse: (text) => parseAccessLog(text, 'nginx-access') },
  { id: 'apache-access', starts: '', looksLike: null, parse: (text) => parseAccessLog(text, 'apache-access') },
];

/** In syslog the program says which server wrote it. */
export const accessLogBody: BodyFormat = {
  id: 'access',
  programs: [],
  looksLike: mayBeAccessLog,
  parse: (body, program) => {
    const isApache = /^(?:apache|httpd)/i.test(program);
    return parseAccessLog(body, /^nginx/i.test(program) ? 'nginx-access' : isApache ? 'apache-access' : 'access');
  },
};
