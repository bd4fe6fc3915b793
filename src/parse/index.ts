import type { ParseOutcome } from '../model/record.ts';
import { bodyFormats } from './body-formats.ts';
import type { HeaderRule, LineFormat } from './format.ts';
import { formats } from './formats.ts';
import { type ParseLimits, parseLimits } from './limits.ts';
import type { JoinRule } from './multi-line.ts';
import { notUnderstood } from './record.ts';
import { w3cHeader } from './w3c.ts';
import { zeekHeader } from './zeek.ts';

export { jsonShapeNames } from './json-formats.ts';

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
  ...new Set([...[...byId.keys()].filter((id) => !waysIn.has(id)), ...bodyFormats.map((format) => format.id), 'cisco']),
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
 * are not part of it.
 */
export function parseLine(
  text: string,
  parser: string,
  receivedTimeMs: number,
  limits: ParseLimits = parseLimits,
): ParseOutcome {
  const line = bare(text);
  if (line === '') return notUnderstood('empty');
  if (parser === 'auto') return sniff(line, receivedTimeMs, limits);
  const pinned = byId.get(parser);
  return pinned === undefined ? notUnderstood('parser-unknown') : pinned.parse(line, receivedTimeMs, limits);
}
