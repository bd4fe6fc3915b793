import type { FieldValue } from '../model/event.ts';
import { calendarMs, localZoneMinutes, monthOf, nearestYearMs, parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import { readPriority } from './priority.ts';
import { notUnderstood, understood } from './record.ts';

/** `Mmm dd [yyyy] hh:mm:ss[.frac] [yyyy]`: RFC 3164 4.1.2 and what Cisco and BSD devices make of it. */
const bsdTime =
  /([A-Za-z]{3}) {1,2}(\d{1,2})(?: (\d{4}))? (\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(?: ((?:19|20)\d{2})(?=[ :]))?/y;
/** RFC 3339 as rsyslog's file format writes it; the date and the clock may be a blank apart. */
const isoTime = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?(?=[ :]|$)/y;
/** A zone some devices put after the time. */
const zoneName = / (UTC|GMT|Z|ICT|[+-]\d\d:?\d\d)(?=:? )/y;
/** Cisco's counter before the time, and the mark of a clock not in step. */
const cisco = /(?:\d{1,10}: )?(?:[0-9A-Za-z._-]{1,64}: )?[*.]?(?=[A-Z][a-z]{2} {1,2}\d)/y;
/** `program[pid]: `; without a bracket or a colon the word belongs to the message. */
const tag = /([^\s:[\]{}"]{1,128})(?:\[([^\]\s]{0,64})\](?::|(?= ))|:) ?/y;

interface Stamp {
  readonly ms: number | null;
  readonly end: number;
  readonly isIso: boolean;
}

function readStamp(text: string, start: number, receivedTimeMs: number): Stamp | null {
  bsdTime.lastIndex = start;
  const found = bsdTime.exec(text);
  if (found === null) {
    isoTime.lastIndex = start;
    const iso = isoTime.exec(text)?.[0];
    if (iso === undefined) return null;
    return { ms: parseTimeText(iso, localZoneMinutes), end: start + iso.length, isIso: true };
  }
  const month = monthOf(found[1] ?? '');
  if (month === 0) return null;
  let end = start + found[0].length;
  let zone = localZoneMinutes;
  zoneName.lastIndex = end;
  const named = zoneName.exec(text);
  if (named !== null) {
    end += named[0].length;
    const name = named[1] ?? '';
    const hours = Number(name.slice(1, 3));
    if (name === 'UTC' || name === 'GMT' || name === 'Z') zone = 0;
    else if (name !== 'ICT') zone = (name.startsWith('-') ? -1 : 1) * (hours * 60 + Number(name.slice(-2)));
  }
  const [day, hour, minute, second] = [Number(found[2]), Number(found[4]), Number(found[5]), Number(found[6])];
  const year = found[3] ?? found[8];
  const whole =
    year === undefined
      ? nearestYearMs(receivedTimeMs, month, day, hour, minute, second, zone)
      : calendarMs(Number(year), month, day, hour, minute, second, zone);
  const millis = found[7] === undefined ? 0 : Math.floor(Number(`0.${found[7]}`) * 1000);
  return { ms: whole === null ? null : whole + millis, end, isIso: false };
}

/** Whether a line without priority is syslog: a BSD time and a host, or an RFC 3339 time, a host and a program. */
function isLikelyLine(text: string, stamp: Stamp | null, hasTag: boolean, host: string): boolean {
  if (stamp === null) return false;
  // `last message repeated` comes without a host on some systems, but with its program.
  return stamp.isIso ? host !== '' && hasTag && text[10] === 'T' : host !== '' || hasTag;
}

/**
 * A BSD syslog line (RFC 3164, informational: real devices differ). Understood are: with or without `<PRI>`, year and
 * zone missing (year nearest to receipt, zone +07:00), an RFC 3339 time instead, no host (local `logger`, Cisco), no
 * time at all (then the time is null). A text with neither priority nor such a time is not taken for syslog.
 */
export function parseSyslog3164(text: string, receivedTimeMs: number): ParseOutcome {
  const priority = readPriority(text);
  let i = priority?.end ?? 0;
  while (text.charCodeAt(i) === 32) i++;
  cisco.lastIndex = i;
  const prefix = priority === null ? null : cisco.exec(text);
  if (prefix !== null) i += prefix[0].length;
  const stamp = readStamp(text, i, receivedTimeMs);
  if (stamp === null && priority === null) return notUnderstood('syslog-no-priority-no-time');
  if (stamp !== null && stamp.ms === null) return notUnderstood('syslog-time');

  let host = '';
  if (stamp !== null) {
    i = stamp.end;
    // `time: %TAG` of Cisco names no host.
    const namesHost = text[i] === ' ';
    while (text[i] === ' ' || (text[i] === ':' && !namesHost)) i++;
    if (namesHost) {
      const space = text.indexOf(' ', i);
      const word = text.slice(i, space < 0 ? text.length : space);
      if (word !== '' && !/[:\]]$/.test(word) && word.length <= 255 && !/[[{"<]/.test(word)) {
        host = word;
        i += word.length;
        while (text[i] === ' ' || (text[i] === ':' && text[i + 1] === ' ')) i++;
      }
    }
  }
  tag.lastIndex = i;
  const tagged = tag.exec(text);
  // Without a priority many other logs begin alike, so the rest of the line has to look like syslog too.
  if (priority === null && !isLikelyLine(text, stamp, tagged !== null, host)) return notUnderstood('syslog-unlikely');
  if (tagged !== null) i += tagged[0].length;
  while (text.charCodeAt(i) === 32) i++;
  const message = text.slice(i);
  const program = tagged?.[1] ?? '';
  const fields: Record<string, FieldValue> = {};
  if (host !== '') fields.hostname = host;
  if (program !== '') fields.program = program;
  if (tagged?.[2] !== undefined) fields.pid = tagged[2];
  if (priority !== null) {
    fields.facility = priority.facility;
    fields.severity = priority.severity;
  }
  fields.message = message;
  return understood({ parser: 'syslog-3164', timeMs: stamp?.ms ?? null, host, program, message, fields });
}
