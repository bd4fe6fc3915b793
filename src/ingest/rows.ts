import type { Fields, NormalisedEvent, SecurityEvent } from '../model/event.ts';
import { filedTime } from '../model/event-time.ts';
import type { RawLine, Submission } from '../model/source.ts';
import { type LineText, lineText } from './line-text.ts';
import { maskedText } from './masked-text.ts';
import type { Locate, MaskLine } from './ports.ts';
import type { ReadLine } from './read-line.ts';

/** A flaw the transport saw makes a parsed line partial; it never hides what the parser found. */
function withFlaw(event: NormalisedEvent, line: RawLine, said: LineText): NormalisedEvent {
  // Bytes that could be decoded are no flaw any more: the fields say how.
  if (line.flaw === undefined || (line.flaw.reason === 'not-utf8' && !said.isOpen)) return event;
  const reason = event.parseReason === '' ? line.flaw.reason : `${event.parseReason}; ${line.flaw.reason}`;
  return { ...event, parseStatus: event.parseStatus === 'parsed' ? 'partial' : event.parseStatus, parseReason: reason };
}

/** The file a line stood in, for the senders that know it. */
function withPlace(fields: SecurityEvent['fields'], { place }: RawLine): SecurityEvent['fields'] {
  return place === undefined ? fields : { ...fields, 'log.file.path': place.file };
}

function withMore(fields: Fields, more: Fields | null): Fields {
  return more === null ? fields : { ...fields, ...more };
}

/**
 * The stored event of a line. Origin, drill, lane and source come from the authenticated source and from nothing the
 * line says. `index` is the row's place in its batch.
 */
export function toSecurityEvent(
  line: RawLine,
  submission: Submission,
  batch: string,
  index: number,
  readLine: ReadLine,
  locate: Locate,
  mask: MaskLine | null,
): SecurityEvent {
  const { source } = submission;
  const { receivedTimeMs, peer } = line.arrival ?? submission;
  const said = maskedText(lineText(line, source.encoding), mask);
  const event = withFlaw(readLine(said.text, source.parser, receivedTimeMs, line.header), line, said);
  const host = event.host === '' ? (line.place?.host ?? '') : event.host;
  const time = filedTime(event.eventTimeMs, receivedTimeMs, source.timeCorrection?.addMs ?? 0);
  const { org, system, level } = locate(source, host, time.eventTimeMs, peer);
  // Written out, not spread: this runs for every line, and a spread object costs as much as parsing one.
  return {
    id: `${batch}-${index.toString(36)}`,
    batch,
    eventTimeMs: time.eventTimeMs,
    receivedTimeMs,
    host,
    logsource: event.logsource,
    message: event.message,
    fields: withPlace(withMore(withMore(event.fields, said.fields), time.fields), line),
    parser: event.parser,
    mappings: event.mappings,
    parseStatus: event.parseStatus,
    parseReason: event.parseReason,
    org,
    system,
    source: source.id,
    origin: source.origin,
    drill: source.drill,
    lane: source.lane,
    level,
    raw: said.text,
  };
}
