import type { ParsedRecord, ParseOutcome } from '../model/record.ts';
import { bodyFormats } from './body-formats.ts';
import { envelopeIds, inEnvelope, type Opened, openEnvelope } from './envelope.ts';
import type { HeaderRule, LineFormat } from './format.ts';
import { formats } from './formats.ts';
import { jsonFormats } from './json-formats.ts';
import { type ParseLimits, parseLimits } from './limits.ts';
import type { JoinRule } from './multi-line.ts';
import { rawFormat } from './raw.ts';
import { notUnderstood } from './record.ts';
import { readMessage } from './syslog.ts';
import { w3cHeader } from './w3c.ts';
import { zeekHeader } from './zeek.ts';

export { envelopeObjectNames } from './envelope.ts';
export { jsonShapeNames } from './json-formats.ts';
export { parseLimits } from './limits.ts';

/** Formats by id; those without one are ways to find a format, not formats a source can be pinned to. */
const byId: ReadonlyMap<string, LineFormat> = new Map(
  formats.filter((format) => format.id !== '').map((format) => [format.id, format]),
);

/** Ids a source's `parser` may have, `auto` first. */
export const parserIds: readonly string[] = ['auto', ...byId.keys()];

/** Ids a source can be pinned to whose records have the id of what was found. */
const waysIn: ReadonlySet<string> = new Set(['syslog', 'raw', 'evtx-xml']);

/** Parsers a record can have come from; of a wrapped line, the inner one. */
export const recordParserIds: readonly string[] = [
  ...new Set([
    ...[...byId.keys()].filter((id) => !waysIn.has(id)),
    ...bodyFormats.map((format) => format.id),
    ...envelopeIds,
    'cisco',
  ]),
];

/** How records of a pinned parser are made of lines; null when each line is one. */
export function joinRuleOf(parser: string): JoinRule | null {
  return byId.get(parser)?.lines ?? null;
}

/** How lines of a pinned parser's files name the values of others; null when none does. */
export function headerRuleOf(parser: string): HeaderRule | null {
  return parser === 'auto' ? anyDirective : (byId.get(parser)?.header ?? null);
}

/** Whether a stream of a source pinned to this parser has more to it than single lines. */
export function hasRecords(parser: string): boolean {
  return parser !== 'auto' && (joinRuleOf(parser) !== null || headerRuleOf(parser) !== null);
}

/** In a file of unknown format the directives of W3C and Zeek cannot be mistaken for anything else. */
function anyDirective(before: string, line: string): string | null {
  return line.startsWith('#') ? (w3cHeader(before, line) ?? zeekHeader(before, line)) : null;
}

/** Pins that are about a JSON record itself and say nothing of a line in it. */
const jsonIds: ReadonlySet<string> = new Set(jsonFormats.map((format) => format.id));

/** Formats to hold a line against, by its first character; the last row is for any character beyond ASCII. */
const byFirst: readonly (readonly LineFormat[])[] = Array.from({ length: 129 }, (_, code) =>
  formats.filter(
    ({ looksLike, starts }) =>
      looksLike !== null && (starts === '' || (code < 128 && starts.includes(String.fromCharCode(code)))),
  ),
);

function sniff(text: string, receivedTimeMs: number, limits: ParseLimits): ParseOutcome {
  let reason = '';
  for (const format of byFirst[Math.min(text.charCodeAt(0), 128)] ?? []) {
    if (format.looksLike?.(text) !== true) continue;
    const outcome = format.parse(text, receivedTimeMs, limits);
    if (outcome.record !== null) return outcome;
    if (reason === '' && format.isGuess !== true) reason = outcome.reason;
  }
  return notUnderstood(reason === '' ? 'format-unknown' : reason);
}

/** An envelope with its line, when that is a record: by the pin, else by its look, else as a message of its program. */
function readOpened(opened: Opened, pin: LineFormat | null, receivedTimeMs: number, limits: ParseLimits): ParseOutcome {
  const { record } = opened;
  const text = bare(opened.line);
  if (text === '') return { record, reason: '' };
  const byLook = (): ParsedRecord | null => sniff(text, receivedTimeMs, limits).record;
  const byProgram = (): ParsedRecord | null => readMessage(record.program, text, receivedTimeMs, limits);
  const inner =
    pin !== null
      ? pin.parse(text, receivedTimeMs, limits).record
      : opened.isMessage === true
        ? (byProgram() ?? byLook())
        : (byLook() ?? byProgram());
  if (inner !== null) return { record: inEnvelope(opened, inner), reason: '' };
  return { record: pin === null ? record : { ...record, status: 'partial', reason: `not-${pin.id}` }, reason: '' };
}

/** The line without blanks and a byte-order mark before it, line ends and NULs behind it. */
function bare(text: string): string {
  let end = text.length;
  for (; end > 0; end--) {
    const code = text.charCodeAt(end - 1);
    if (code !== 13 && code !== 10 && code !== 0) break;
  }
  return (end === text.length ? text : text.slice(0, end)).trimStart();
}

/**
 * Read one line by the named parser, or by the look of it (`auto`). Never throws: a text that is not understood
 * comes back as null with the reason. A byte-order mark and blanks before the line, and line ends and NULs behind it,
 * are not part of it. A line in the envelope of a shipping protocol is read in it, whatever the source is pinned to.
 */
export function parseLine(
  text: string,
  parser: string,
  receivedTimeMs: number,
  limits: ParseLimits = parseLimits,
): ParseOutcome {
  const line = bare(text);
  if (line === '') return notUnderstood('empty');
  const pinned = byId.get(parser);
  if (pinned === undefined && parser !== 'auto') return notUnderstood('parser-unknown');
  const opened = pinned === rawFormat ? null : openEnvelope(line, limits);
  if (typeof opened === 'string') return notUnderstood(opened);
  const pin = pinned === undefined || jsonIds.has(pinned.id) ? null : pinned;
  if (opened !== null) return readOpened(opened, pin, receivedTimeMs, limits);
  return (pinned?.parse ?? sniff)(line, receivedTimeMs, limits);
}
