import type { FieldValue } from '../model/event.ts';
import { calendarMs, localZoneMinutes, monthOf } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { notUnderstood, understood } from './record.ts';

const bindTime = /^(\d\d)-([A-Z][a-z]{2})-(\d{4}) (\d\d):(\d\d):(\d\d)\.(\d{3}) /;
const bindHead =
  /^(?:([a-z-]{2,30}): )?(?:(info|notice|warning|error|critical|debug \d{1,2}): )?client (?:@0x[0-9a-f]{1,16} )?([0-9a-fA-F.:]{2,45})#(\d{1,5})(?: \(([^)\s]{1,255})\))?: /;
const bindQuery = /^(?:view [^:\s]{1,80}: )?query: (\S{1,255}) (\S{1,10}) (\S{1,20}) (\S{1,20})(?: \(([^)]{1,64})\))?/;
const bindDenied =
  /^(?:view [^:\s]{1,80}: )?(query(?: \(cache\))?|zone transfer|update|bad zone transfer request:?|request) '([^'/\s]{0,255})\/([A-Z0-9]{1,20})(?:\/([A-Z0-9]{1,10}))?' (denied|approved|refused)/;

/** BIND's query and security log, `named.run` and syslog: `client @0x… ip#port (name): query: name IN A +E(0)K (server)`. */
function parseBind(text: string): ParseOutcome {
  const timed = bindTime.exec(text);
  let timeMs: number | null = null;
  if (timed !== null) {
    const [d = 0, y = 0, h = 0, m = 0, s = 0, ms = 0] = [
      timed[1],
      timed[3],
      timed[4],
      timed[5],
      timed[6],
      timed[7],
    ].map(Number);
    const whole = calendarMs(y, monthOf(timed[2] ?? ''), d, h, m, s, localZoneMinutes);
    timeMs = whole === null ? null : whole + ms;
  }
  const body = timed === null ? text : text.slice(timed[0].length);
  const head = bindHead.exec(body);
  if (head === null) return notUnderstood('bind-head');
  const rest = body.slice(head[0].length);
  const fields: Record<string, FieldValue> = { src_ip: head[3] ?? '', src_port: Number(head[4]) };
  if (head[1] !== undefined) fields.channel = head[1];
  const asked = bindQuery.exec(rest);
  const refused = asked === null ? bindDenied.exec(rest) : null;
  if (asked !== null) {
    const [, query = '', dnsClass = '', type = '', flags = '', server] = asked;
    Object.assign(fields, { query, record_class: dnsClass, record_type: type, flags, action: 'dns_query' });
    if (server !== undefined) fields.dst_ip = server;
  } else if (refused !== null) {
    const [, what = '', query = '', type = '', , verdict] = refused;
    const action = what.includes('transfer') ? 'dns_zone_transfer' : what === 'update' ? 'dns_update' : 'dns_query';
    Object.assign(fields, {
      query,
      record_type: type,
      action,
      outcome: verdict === 'approved' ? 'success' : 'failure',
    });
  } else if (head[5] !== undefined) fields.query = head[5];
  fields.message = rest;
  return understood({ parser: 'bind', timeMs, program: 'named', message: body, fields });
}

export const bindFormat: LineFormat = {
  id: 'bind',
  starts: '0123cqsu',
  looksLike: (text) =>
    text.charCodeAt(2) === 45
      ? text.charCodeAt(11) === 32 && bindTime.test(text) && text.includes('client ')
      : text.slice(0, 48).includes('client ') && bindHead.test(text),
  isGuess: true,
  parse: parseBind,
};

export const bindBody: BodyFormat = {
  id: 'bind',
  programs: ['named', 'named-sdb', 'bind9'],
  looksLike: null,
  parse: parseBind,
};

const windowsDns =
  /^(\d{1,4})([/.-])(\d{1,2})[/.-](\d{1,4}) (\d{1,2}):(\d\d):(\d\d)(?: (AM|PM|SA|CH))? ([0-9A-F]{2,8}) PACKET {1,2}([0-9A-Fa-f]{8,16}) (UDP|TCP) (Rcv|Snd) (\S{2,45}) +([0-9a-fA-F]{4}) (R| ) (\S) \[([0-9A-Fa-f]{4}) +([A-Z ]{0,8}?) *([A-Z]{2,12})\] (\S{1,10}) +(\S{1,600})/;

/** `(3)www(7)example(3)com(0)`. */
function labels(text: string): string {
  return text.replace(/\((\d{1,3})\)/g, '.').replace(/^\.|\.$/g, '');
}

/** The DNS server's debug log (dns.log); dates as the machine's region writes them, day first unless a year or AM/PM says else. */
function parseWindowsDns(text: string): ParseOutcome {
  const found = windowsDns.exec(text);
  if (found === null) return notUnderstood('windows-dns');
  const [, first, , second, third, hour, minute, clockSecond, half, thread = '', , protocol = '', way = '', ip = ''] =
    found;
  const [a = 0, b = 0, c = 0, h = 0, m = 0, s = 0] = [first, second, third, hour, minute, clockSecond].map(Number);
  const [year, month, day] = a > 999 ? [a, b, c] : half === 'AM' || half === 'PM' ? [c, a, b] : [c, b, a];
  const isAfternoon = half === 'PM' || half === 'CH';
  const hours = half === undefined ? h : (h % 12) + (isAfternoon ? 12 : 0);
  const timeMs = calendarMs(year, month, day, hours, m, s, localZoneMinutes);
  const response = found[15] === 'R';
  const fields: Record<string, FieldValue> = {
    thread,
    protocol: protocol.toLowerCase(),
    direction: way === 'Rcv' ? 'received' : 'sent',
    [way === 'Rcv' ? 'src_ip' : 'dst_ip']: ip,
    xid: found[14] ?? '',
    is_response: response,
    flags: (found[18] ?? '').trim(),
    response_code: found[19] ?? '',
    record_type: found[20] ?? '',
    query: labels(found[21] ?? ''),
    action: response ? 'dns_answer' : 'dns_query',
  };
  if (response) fields.outcome = found[19] === 'NOERROR' ? 'success' : 'failure';
  return understood({ parser: 'windows-dns', timeMs, program: 'dns', message: text, fields });
}

export const windowsDnsFormat: LineFormat = {
  id: 'windows-dns',
  starts: '0123456789',
  looksLike: (text) => text.slice(0, 48).includes(' PACKET '),
  parse: parseWindowsDns,
};
