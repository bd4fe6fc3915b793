import type { FieldValue } from '../model/event.ts';
import type { ParsedRecord, ParseOutcome } from '../model/record.ts';
import { bodyFormats } from './body-formats.ts';
import { readCisco } from './cisco.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import type { ParseLimits } from './limits.ts';
import { readPriority } from './priority.ts';
import { setField, understood } from './record.ts';
import { parseSyslog3164 } from './syslog-3164.ts';
import { parseSyslog5424 } from './syslog-5424.ts';
import { inHeaderZone } from './syslog-zone.ts';

const cee = /^@cee: ?/;

const byProgram: ReadonlyMap<string, BodyFormat> = new Map(
  bodyFormats.flatMap((format) => format.programs.map((program) => [program, format] as const)),
);
const byLook: readonly BodyFormat[] = bodyFormats.filter((format) => format.looksLike !== null);

function formatOfProgram(program: string): BodyFormat | undefined {
  if (program === '') return undefined;
  const name = program.toLowerCase();
  const found = byProgram.get(name);
  if (found !== undefined) return found;
  const slash = name.indexOf('/');
  return slash > 0 ? byProgram.get(name.slice(0, slash)) : undefined;
}

/** Header facts of a wrapped line, beside the body's own fields and never over them. */
function addHeader(fields: Record<string, FieldValue>, header: ParsedRecord): void {
  for (const name in header.fields) {
    const value = header.fields[name];
    if (name === 'message' || value === undefined) continue;
    const target = name.startsWith('sd.') ? name : `syslog.${name}`;
    if (!Object.hasOwn(fields, target)) setField(fields, target, value);
  }
}

/** The header's record with what its words say; null when they say nothing. */
function withWords(format: BodyFormat, header: ParsedRecord): ParsedRecord | null {
  const said = format.words?.(header.message, header) ?? null;
  if (said === null) return null;
  for (const name in said) {
    const value = said[name];
    if (value !== undefined && !Object.hasOwn(header.fields, name)) setField(header.fields, name, value);
  }
  return { ...header, parser: `${header.parser}+${format.id}` };
}

/** A message that is a record of its own; null when it is only words. */
function readBody(
  format: BodyFormat,
  header: ParsedRecord,
  body: string,
  receivedTimeMs: number,
  limits: ParseLimits,
): ParsedRecord | null {
  if (format.parse === undefined) return withWords(format, header);
  const { record, reason } = format.parse(body, header.program, receivedTimeMs, limits);
  if (record === null) return format.id === 'json' ? { ...header, status: 'partial', reason } : null;
  addHeader(record.fields, header);
  return {
    ...record,
    parser: `${header.parser}+${record.parser}`,
    timeMs: record.timeMs ?? header.timeMs,
    host: record.host || header.host,
    program: header.program,
  };
}

/** Read a syslog message's text once more when it is a record of its own or words of a known program. */
function withBody(outcome: ParseOutcome, receivedTimeMs: number, limits: ParseLimits): ParseOutcome {
  const header = outcome.record;
  if (header === null || header.status !== 'parsed') return outcome;
  const cisco = header.program.startsWith('%') ? readCisco(header) : null;
  if (cisco !== null) return { record: cisco, reason: '' };
  const body = header.message.replace(cee, '');
  const own = formatOfProgram(header.program);
  if (own !== undefined) {
    const record = readBody(own, header, body, receivedTimeMs, limits);
    if (record !== null) return { record, reason: '' };
  }
  for (const format of byLook) {
    if (format === own || format.looksLike?.(body, header.program) !== true) continue;
    const record = readBody(format, header, body, receivedTimeMs, limits);
    if (record !== null) return { record, reason: '' };
  }
  return outcome;
}

/** The whole message: its header, its text read once more, and the time of that, else the header's. */
function withMessage(text: string, header: ParseOutcome, receivedTimeMs: number, limits: ParseLimits): ParseOutcome {
  const read = withBody(header, receivedTimeMs, limits);
  if (header.record === null || read.record === null || read.record === header.record) return read;
  const timeMs = inHeaderZone(read.record.timeMs, header.record.timeMs, text, header.record.message);
  return timeMs === read.record.timeMs ? read : { record: { ...read.record, timeMs }, reason: '' };
}

/** A bare message of a program, as journald and shippers keep it, read as the text of a syslog message; null when words. */
export function readMessage(
  program: string,
  message: string,
  receivedTimeMs: number,
  limits: ParseLimits,
): ParsedRecord | null {
  const bare = understood({ parser: '', program, message, fields: {} });
  const { record } = withBody(bare, receivedTimeMs, limits);
  if (record === null || record === bare.record || record.parser === '') return null;
  return { ...record, parser: record.parser.replace(/^\+/, '') };
}

function parseSyslog(text: string, receivedTimeMs: number, limits: ParseLimits): ParseOutcome {
  const priority = readPriority(text);
  if (priority !== null && text[priority.end] === '1' && text[priority.end + 1] === ' ') {
    const strict = parseSyslog5424(text, limits);
    if (strict.record !== null) return withMessage(text, strict, receivedTimeMs, limits);
  }
  return withMessage(text, parseSyslog3164(text, receivedTimeMs), receivedTimeMs, limits);
}

/** Syslog with a priority: it cannot be mistaken. */
export const syslogWithPriority: LineFormat = {
  id: '',
  starts: '<',
  looksLike: (text) => readPriority(text) !== null,
  parse: parseSyslog,
};

/** Any syslog; without a priority many other logs begin alike, so it is asked last. */
export const syslogFormat: LineFormat = {
  id: 'syslog',
  starts: '',
  looksLike: () => true,
  isGuess: true,
  parse: parseSyslog,
};

export const syslogFormats: readonly LineFormat[] = [
  {
    id: 'syslog-5424',
    starts: '',
    looksLike: null,
    parse: (text, receivedTimeMs, limits) => withMessage(text, parseSyslog5424(text, limits), receivedTimeMs, limits),
  },
  {
    id: 'syslog-3164',
    starts: '',
    looksLike: null,
    parse: (text, receivedTimeMs, limits) =>
      withMessage(text, parseSyslog3164(text, receivedTimeMs), receivedTimeMs, limits),
  },
];
