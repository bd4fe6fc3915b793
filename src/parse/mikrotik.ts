import type { FieldValue } from '../model/event.ts';
import { localZoneMinutes, parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { notUnderstood, understood } from './record.ts';

const topics =
  /^((?:firewall|system|account|ppp|pppoe|l2tp|pptp|sstp|ovpn|ipsec|dhcp|dhcpv6|wireless|wireguard|interface|route|bgp|ospf|script|hotspot|dns|web-proxy|certificate|radius|manager|backup)(?:,[a-z0-9-]{1,24}){1,6}) /;
const packet =
  /^(?:([^:]{1,128}) )?([\w-]{1,64}): in:(.{1,64}?) out:(.{1,64}?), (?:connection-(?:state|mark):(\S{1,64}) )?.{0,200}?proto ([\w-]{1,24})(?: \([^()]{1,64}\))?, \[?([0-9a-fA-F.:]{2,45}?)\]?(?::(\d{1,5}))?->\[?([0-9a-fA-F.:]{2,45}?)\]?(?::(\d{1,5}))?,/;
const account =
  /\b(login failure for user|user) (\S{1,128})(?: logged (in|out))? from ([0-9a-fA-F.:]{2,45})(?: via (\S{1,32}))?/;

type Fields = Record<string, FieldValue>;

function put(fields: Fields, names: readonly string[], values: readonly (string | undefined)[]): void {
  for (const [i, name] of names.entries()) {
    const value = values[i];
    if (value !== undefined && value !== '' && name !== '') fields[name] = value;
  }
}

/** How much of a message is looked at. */
const charsMax = 2_000;

function readWords(body: string): Fields | null {
  const found = topics.exec(body);
  if (found === null) return null;
  const fields: Fields = { topics: (found[1] ?? '').split(',') };
  const text = body.slice(found[0].length, charsMax);
  const traffic = packet.exec(text);
  if (traffic !== null) {
    const names = ['log_prefix', 'chain', 'interface', 'out_interface', 'connection_state', 'proto'];
    put(fields, [...names, 'src_ip', 'src_port', 'dst_ip', 'dst_port'], traffic.slice(1));
    fields.proto = (traffic[6] ?? '').toLowerCase();
    return fields;
  }
  const who = account.exec(text);
  if (who === null) return fields;
  const [, what = '', user, direction, address, service] = who;
  const isFailure = what.startsWith('login failure');
  if (!isFailure && direction === undefined) return fields;
  put(fields, ['user', 'src_ip', 'service'], [user, address, service]);
  fields.action = direction === 'out' ? 'logout' : 'login';
  fields.outcome = isFailure ? 'failure' : 'success';
  return fields;
}

/** Messages of RouterOS begin with their topics (RouterOS, "Log"): `firewall,info forward: in:… out:…, proto …`. */
export const mikrotikBody: BodyFormat = {
  id: 'mikrotik',
  programs: [],
  looksLike: (body) => topics.test(body),
  words: readWords,
};

const head = /^(\d{4}-\d\d-\d\dT\S{8,24}) (\S{1,255}) (?=[a-z-]{3,12},)/;

/** The same as relays write it to files: a time, the router, the topics, and no program. */
function parseMikrotik(text: string): ParseOutcome {
  const found = head.exec(text);
  const body = found === null ? text : text.slice(found[0].length);
  const fields = readWords(body);
  if (fields === null) return notUnderstood('mikrotik-topics');
  const timeMs = found === null ? null : parseTimeText(found[1] ?? '', localZoneMinutes);
  fields.message = body;
  return understood({ parser: 'mikrotik', timeMs, host: found?.[2] ?? '', message: body, fields });
}

export const mikrotikFormat: LineFormat = {
  id: 'mikrotik',
  starts: '0123456789',
  looksLike: (text) => head.test(text),
  parse: parseMikrotik,
};
