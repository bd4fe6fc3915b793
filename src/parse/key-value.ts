import type { FieldValue } from '../model/event.ts';
import { epochMs, localZoneMinutes, parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { readPairs } from './key-values.ts';
import type { ParseLimits } from './limits.ts';
import { fieldText, notUnderstood, setField, understood } from './record.ts';

const begin =
  /^(?:date=\d{4}-\d\d-\d\d |logver=\d|timestamp=\d|devname=|eventtime=\d|t(?:s|ime)?="?\d{4}-\d\d-\d\dT|level=(?:trace|debug|info|warn|warning|error|fatal) )/;

/** Whether a text begins as the logs of FortiGate and its relatives or logfmt do; any other needs the parser to be pinned. */
function isKeyValue(text: string): boolean {
  return begin.test(text);
}

/** Fewer pairs are a sentence with an equals sign in it. */
const pairsMin = 3;

function timeOf(fields: Readonly<Record<string, FieldValue>>): number | null {
  const stamp = fieldText(fields, 'eventtime');
  // Seconds, and nanoseconds since FortiOS 6.2.
  if (/^\d{9,20}$/.test(stamp)) return epochMs(Number(stamp));
  const date = fieldText(fields, 'date');
  const zone = /^([+-]\d\d):?(\d\d)$/.exec(fieldText(fields, 'tz'));
  const names = ['timestamp', 'time', 'ts', 't'];
  const text =
    date === ''
      ? fieldText(fields, names.find((name) => Object.hasOwn(fields, name)) ?? '')
      : `${date}T${fieldText(fields, 'time')}`;
  return parseTimeText(zone === null ? text : `${text}${zone[1]}:${zone[2]}`, localZoneMinutes);
}

/** A line of `name=value` pairs, as firewalls (FortiOS Log Message Reference) and logfmt write it; names and values as they stand. */
function parseKeyValue(text: string, limits: ParseLimits): ParseOutcome {
  const fields: Record<string, FieldValue> = {};
  const pairs = readPairs(text, 0, limits.keysMax, (name, value) => {
    if (name.length <= limits.keyCharsMax) setField(fields, name, value);
  });
  if (pairs < pairsMin) return notUnderstood('key-value-too-few');
  const host = fieldText(fields, 'devname') || fieldText(fields, 'host') || fieldText(fields, 'hostname');
  const message = fieldText(fields, 'logdesc') || fieldText(fields, 'msg');
  return understood({
    parser: 'key-value',
    timeMs: timeOf(fields),
    host,
    message: message === '' ? text : message,
    fields,
  });
}

export const keyValueFormat: LineFormat = {
  id: 'key-value',
  starts: 'dlte',
  looksLike: isKeyValue,
  parse: (text, _receivedTimeMs, limits) => parseKeyValue(text, limits),
};

export const keyValueBody: BodyFormat = {
  id: 'key-value',
  programs: [],
  looksLike: isKeyValue,
  parse: (body, _program, _receivedTimeMs, limits) => parseKeyValue(body, limits),
};
