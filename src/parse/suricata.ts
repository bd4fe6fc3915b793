import type { FieldValue } from '../model/event.ts';
import { calendarMs, localZoneMinutes } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { notUnderstood, understood } from './record.ts';

const time = /^(\d\d)\/(\d\d)\/(\d{4})-(\d\d):(\d\d):(\d\d)\.(\d{3})\d*\s{1,4}(?:\[([A-Za-z]+)\]\s{1,4})?(?=\[)/;
const alert =
  /^(?:\[\*\*\] )?\[(\d{1,10}):(\d{1,10}):(\d{1,10})\] (.{0,1000}?) (?:\[\*\*\] )?\[Classification: ([^\]]{0,200})\] \[Priority: (\d{1,3})\]:? \{([^}]{1,30})\} (\S{1,60}?)(?::(\d{1,5}))? -> (\S{1,60}?)(?::(\d{1,5}))?$/;

/** An address and its port; an IPv6 address has colons of its own, and `type:code` of ICMP is no port. */
function addEnd(fields: Record<string, FieldValue>, side: string, address: string, port: string | undefined): void {
  fields[`${side}_ip`] = address;
  if (port !== undefined) fields[`${side}_port`] = Number(port);
}

function addAlert(text: string, fields: Record<string, FieldValue>): string | null {
  const found = alert.exec(text.slice(0, 2_000));
  if (found === null) return null;
  const [, gid, sid, rev, signature = '', category = '', priority, proto = '', from = '', fromPort, to = '', toPort] =
    found;
  fields.event_type = 'alert';
  fields['alert.gid'] = Number(gid);
  fields['alert.signature_id'] = Number(sid);
  fields['alert.rev'] = Number(rev);
  fields['alert.signature'] = signature;
  fields['alert.category'] = category;
  fields['alert.severity'] = Number(priority);
  fields.proto = proto;
  addEnd(fields, 'src', from, fromPort);
  addEnd(fields, 'dest', to, toPort);
  return signature;
}

/**
 * One line of Suricata's (and Snort's) fast.log, under the names of EVE JSON, which is read as plain JSON:
 * `11/22/2026-12:00:00.000000  [**] [1:2008578:4] ET SCAN … [**] [Classification: …] [Priority: 2] {UDP} a:p -> b:p`.
 */
function parseSuricataFast(text: string): ParseOutcome {
  const found = time.exec(text);
  const fields: Record<string, FieldValue> = {};
  const message = addAlert(found === null ? text : text.slice(found[0].length), fields);
  if (message === null) return notUnderstood('suricata-fast');
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0, millis = 0] = (found ?? [])
    .slice(1, 8)
    .map(Number);
  const whole = found === null ? null : calendarMs(year, month, day, hour, minute, second, localZoneMinutes);
  if (found?.[8] !== undefined) fields['alert.action'] = found[8] === 'Drop' ? 'blocked' : found[8].toLowerCase();
  return understood({ parser: 'suricata-fast', timeMs: whole === null ? null : whole + millis, message, fields });
}

export const suricataFastFormat: LineFormat = {
  id: 'suricata-fast',
  starts: '01',
  looksLike: (text) => time.test(text),
  parse: parseSuricataFast,
};

const beginsAlert = /^\[\d{1,10}:\d{1,10}:\d{1,10}\] /;

export const suricataBody: BodyFormat = {
  id: 'suricata-fast',
  programs: [],
  looksLike: (body) => body.charCodeAt(0) === 91 && beginsAlert.test(body),
  parse: parseSuricataFast,
};
