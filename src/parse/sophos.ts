import type { FieldValue } from '../model/event.ts';
import { calendarMs, localZoneMinutes, parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { readPairs } from './key-values.ts';
import type { ParseLimits } from './limits.ts';
import { readPriority } from './priority.ts';
import { fieldText, notUnderstood, setField, understood } from './record.ts';

const firewall = /^device(?:_name)?="[^"]{1,64}" (?:date=|timestamp=)/;
const utm =
  /^(?:<\d{1,3}>)?(\d{4}):(\d\d):(\d\d)-(\d\d):(\d\d):(\d\d) (\S{1,255}) ([^\s[:]{1,64})(?:\[(\d{1,10})\])?: /;

function pairsOf(text: string, from: number, limits: ParseLimits): Record<string, FieldValue> {
  const fields: Record<string, FieldValue> = {};
  readPairs(text, from, limits.keysMax, (name, value) => {
    if (name.length <= limits.keyCharsMax) setField(fields, name, value);
  });
  return fields;
}

function firewallTime(fields: Readonly<Record<string, FieldValue>>): number | null {
  const stamp = fieldText(fields, 'timestamp');
  if (stamp !== '') return parseTimeText(stamp, localZoneMinutes);
  const zone = /^[+-]\d\d(?::?\d\d)?$/.exec(fieldText(fields, 'timezone'))?.[0] ?? '';
  return parseTimeText(`${fieldText(fields, 'date')}T${fieldText(fields, 'time')}${zone}`, localZoneMinutes);
}

/** One log of Sophos Firewall (SFOS, "Log file details"): `device="SFW" date=… time=… log_type="Firewall" …`. */
function parseSophosFirewall(text: string, _receivedTimeMs: number, limits: ParseLimits): ParseOutcome {
  if (!firewall.test(text)) return notUnderstood('sophos-head');
  const fields = pairsOf(text, 0, limits);
  const message = fieldText(fields, 'message') || fieldText(fields, 'log_type');
  return understood({
    parser: 'sophos',
    timeMs: firewallTime(fields),
    host: fieldText(fields, 'device_name'),
    message,
    fields,
  });
}

/** One line of Sophos UTM: `2026:11:22-12:00:00 host ulogd[4711]: id="2001" sub="packetfilter" action="drop" …`. */
function parseSophosUtm(text: string, _receivedTimeMs: number, limits: ParseLimits): ParseOutcome {
  const found = utm.exec(text);
  if (found === null) return notUnderstood('sophos-head');
  const [whole, year, month, day, hour, minute, second, host = '', program = '', pid] = found;
  const clock = [year, month, day, hour, minute, second].map(Number);
  const [y = 0, m = 0, d = 0, h = 0, min = 0, s = 0] = clock;
  const timeMs = calendarMs(y, m, d, h, min, s, localZoneMinutes);
  if (timeMs === null) return notUnderstood('sophos-time');
  const fields = pairsOf(text, whole.length, limits);
  if (!Object.hasOwn(fields, 'id')) fields.message = text.slice(whole.length);
  const priority = readPriority(text);
  fields.program = program;
  if (pid !== undefined) fields.pid = pid;
  if (priority !== null) fields['syslog.severity'] = priority.severity;
  const message = fieldText(fields, 'name') || text.slice(whole.length);
  return understood({ parser: 'sophos-utm', timeMs, host, program, message, fields });
}

export const sophosFormats: readonly LineFormat[] = [
  { id: 'sophos', starts: 'd', looksLike: (text) => firewall.test(text), parse: parseSophosFirewall },
  { id: 'sophos-utm', starts: '<0123456789', looksLike: (text) => utm.test(text), parse: parseSophosUtm },
];

export const sophosBody: BodyFormat = {
  id: 'sophos',
  programs: [],
  looksLike: (body) => firewall.test(body),
  parse: (body, _program, receivedTimeMs, limits) => parseSophosFirewall(body, receivedTimeMs, limits),
};
