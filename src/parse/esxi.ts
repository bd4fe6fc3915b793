import type { FieldValue } from '../model/event.ts';
import type { BodyFormat } from './format.ts';

type Words = Record<string, FieldValue>;

/** `info hostd[2099566] [Originator@6876 sub=Vimsvc opID=x user=y] text`. */
const originator = /^(?:(\w{1,12}) )?(?:[\w.-]{1,32}\[[^\]\s]{1,16}\]:? )?\[Originator@\d{1,10} ?([^\]]{0,400})\] ?/;
const vpxdEvent =
  /^(?:.{0,60}?)Event \[(\d{1,12})\] \[[\d-]{1,24}\] \[([^\]]{10,40})\] \[([\w.]{1,128})\] \[(\w{1,16})\] \[([^\]]{0,256})\] \[([^\]]{0,256})\]/;
const who = "'?([^\\s@':]{1,128}(?: [^\\s@':]{1,64})?)@([0-9a-fA-F.:]{2,45})'?";
const rows: readonly (readonly [pattern: RegExp, action: string, outcome: string])[] = [
  [new RegExp(`[Uu]ser ${who} logged in\\b`), 'login', 'success'],
  [new RegExp(`[Uu]ser ${who} logged out\\b`), 'logout', 'success'],
  [new RegExp(`Cannot login ${who}`), 'login', 'failure'],
  [new RegExp(`SSH session was opened for ${who}`), 'login', 'success'],
  [new RegExp(`SSH session was closed for ${who}`), 'logout', 'success'],
  [/Accepted password for user ([^\s]{1,128}) from ([0-9a-fA-F.:]{2,45})/, 'login', 'success'],
  [/Rejected password for user ([^\s]{1,128}) from ([0-9a-fA-F.:]{2,45})/, 'login', 'failure'],
  [/Cannot login user ([^\s:@]{1,128})()/, 'login', 'failure'],
  [/user account '([^']{1,128})' has been (?:temporarily )?locked()/, 'lock', 'success'],
];
const observation = /\[(esx\.[\w.]{1,100})\] (.{0,500})/;
const shell = /^\[([^\]]{1,64})\]: (.*)$/s;

/** How much of a message is looked at; what the events say stands at its beginning. */
const charsMax = 4_000;

function addLogin(fields: Words, text: string): void {
  for (const [pattern, action, outcome] of rows) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const [, user = '', address = ''] = found;
    fields.user = user;
    if (address !== '') fields.src_ip = address.replace(/[.:]$/, '');
    fields.action = action;
    fields.outcome = outcome;
    return;
  }
}

/** What the messages of ESXi's and vCenter's own programs say: who signed in from where, what was done to which machine. */
function esxiWords(body: string): Words {
  const text = body.slice(0, charsMax);
  const fields: Words = {};
  const head = originator.exec(text);
  if (head !== null) {
    if (head[1] !== undefined) fields.level = head[1];
    for (const pair of (head[2] ?? '').split(' ')) {
      const equals = pair.indexOf('=');
      if (equals > 0) fields[`esxi.${pair.slice(0, equals)}`] = pair.slice(equals + 1);
    }
  }
  const event = vpxdEvent.exec(text);
  if (event !== null) {
    const [, id = '', , type = '', level = '', user = '', datacenter = ''] = event;
    fields.event_id = id;
    fields.event_type = type;
    fields.level = level;
    if (user !== '') fields.user = user;
    if (datacenter !== '') fields.datacenter = datacenter;
  }
  const observed = observation.exec(text);
  if (observed?.[1] !== undefined) fields.event_type = observed[1];
  addLogin(fields, text);
  return fields;
}

export const esxiBody: BodyFormat = {
  id: 'esxi',
  programs: [
    'hostd',
    'vpxa',
    'vpxd',
    'vobd',
    'vmkernel',
    'vmkwarning',
    'rhttpproxy',
    'dcui',
    'vpxd-svcs',
    'fdm',
    'esxupdate',
  ],
  looksLike: null,
  words: (body) => esxiWords(body),
};

/** ESXi's shell writes what was typed: `[root]: esxcli vm process kill …`. */
export const esxiShellBody: BodyFormat = {
  id: 'esxi',
  programs: ['shell', 'esxshell'],
  looksLike: null,
  words: (body) => {
    const found = shell.exec(body);
    if (found === null) return esxiWords(body);
    return { user: found[1] ?? '', CommandLine: found[2] ?? '', action: 'execute' };
  },
};
