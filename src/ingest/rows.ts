import type { NormalisedEvent, SecurityEvent } from '../model/event.ts';
import type { RawLine, Submission } from '../model/source.ts';
import type { Locate } from './ports.ts';
import type { ReadLine } from './read-line.ts';

/** A flaw the transport saw makes a parsed line partial; it never hides what the parser found. */
function withFlaw(event: NormalisedEvent, line: RawLine): NormalisedEvent {
  if (line.flaw === undefined) return event;
  const reason = event.parseReason === '' ? line.flaw.reason : `${event.parseReason}; ${line.flaw.reason}`;
  return { ...event, parseStatus: event.parseStatus === 'parsed' ? 'partial' : event.parseStatus, parseReason: reason };
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
): SecurityEvent {
  const { source, receivedTimeMs } = submission;
  const event = withFlaw(readLine(line.text, source.parser, receivedTimeMs), line);
  const { org, system, level } = locate(source, event.host, submission.peer);
  // Written out, not spread: this runs for every line, and a spread object costs as much as parsing one.
  return {
    id: `${batch}-${index.toString(36)}`,
    batch,
    eventTimeMs: event.eventTimeMs ?? receivedTimeMs,
    receivedTimeMs,
    host: event.host,
    logsource: event.logsource,
    message: event.message,
    fields: event.fields,
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
    raw: line.text,
  };
}
