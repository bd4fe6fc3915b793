import type { FieldValue } from '../model/event.ts';

type Fields = Record<string, FieldValue>;
/** A message's pattern, and the names of its groups in their order. */
interface Row {
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly known?: Readonly<Record<string, string>>;
}

const ip = '([0-9a-fA-F.:]{2,45})';
const port = '(\\d{1,5})';
const ifIp = (slash: string): string => `([^\\s:${slash}]{1,64})[:/]${ip}`;
/** `interface:address/port`, the mapped address and a user in brackets behind it. */
const end = `(?:([^\\s:]{1,64}):)?${ip}(?:/${port})?(?: ?\\(${ip}/\\d{1,5}\\))?(?: ?\\(([^()\\s]{1,128})\\))?`;
const word = '([^\\s"\']{1,256})';

function row(pattern: string, names: string, known?: Readonly<Record<string, string>>): Row {
  return known === undefined
    ? { pattern: new RegExp(pattern), names: names.split(' ') }
    : { pattern: new RegExp(pattern), names: names.split(' '), known };
}

const denied = { action: 'deny', outcome: 'failure' } as const;
const built = { action: 'accept', outcome: 'success' } as const;
const signedIn = { action: 'login', outcome: 'success' } as const;
const refused = { action: 'login', outcome: 'failure' } as const;
const ends =
  'src_interface src_ip src_port src_mapped_ip src_user dst_interface dst_ip dst_port dst_mapped_ip dst_user';

const denyTo = row(
  `^(?:Deny |Dropping |)?(?:[Ii]nbound |[Oo]utbound )?(\\w{1,16})(?: connection denied| \\(no connection\\)|)(?: from) ${ip}/${port} to ${ip}/${port}(?:.{0,100}? on interface (\\S{1,64}))?`,
  'proto src_ip src_port dst_ip dst_port interface',
  denied,
);
const denyInbound = row(
  `^Deny inbound (\\w{1,16}) from ${ip}/${port} to ${ip}/${port}(?:.{0,100}? on interface (\\S{1,64}))?`,
  'proto src_ip src_port dst_ip dst_port interface',
  denied,
);
const denySrcDst = row(
  `^(?:Deny inbound|Deny) (?:protocol )?(\\w{1,16}) src ${end} dst ${end}(?: \\(type (\\d{1,3}), code (\\d{1,3})\\))?(?: by access-group "([^"]{1,256})")?`,
  `proto ${ends} icmp_type icmp_code rule`,
  denied,
);
const accessList = row(
  `^access-list (\\S{1,256}) (permitted|denied|est-allowed) (\\w{1,16}) ([^\\s/]{1,64})/${ip}\\(${port}\\)(?:\\(([^()]{0,128})\\))? -> ([^\\s/]{1,64})/${ip}\\(${port}\\)(?:\\(([^()]{0,128})\\))?(?: hit-cnt (\\d{1,12}))?`,
  'rule verdict proto src_interface src_ip src_port src_user dst_interface dst_ip dst_port dst_user hits',
);
const connection = row(
  `^Built (inbound|outbound) (\\w{1,16}) connection (\\d{1,20}) for ${end} to ${end}`,
  `direction proto connection ${ends}`,
  built,
);
const teardown = row(
  `^Teardown (\\w{1,16}) connection (\\d{1,20}) for ${end} to ${end} duration (\\d{1,6}:\\d\\d:\\d\\d) bytes (\\d{1,20})(?: (.{1,100}?))?(?: \\(([^()\\s]{1,128})\\))?$`,
  `proto connection ${ends} duration bytes reason user`,
  { action: 'close' },
);
const icmp = row(
  `^(?:Built (inbound|outbound)|Teardown) ICMP connection(?: for)? faddr ${ip}/\\d{1,5}(?:\\([^()]{1,128}\\))? gaddr ${ip}/\\d{1,5} laddr ${ip}`,
  'direction src_ip dst_mapped_ip dst_ip',
  { proto: 'icmp' },
);
const aaaServer = '(?: : server = +([^\\s:]{1,255}))?(?: : local database)?';
const group = `^Group <([^<>]{0,128})> User <([^<>]{0,256})> IP <([^<>]{0,64})>`;
const groups = 'group user src_ip';

/** Messages by number (Cisco Secure Firewall ASA Series Syslog Messages). Patterns are anchored and bounded. */
const rows: Readonly<Record<string, Row>> = {
  '106001': denyTo,
  '106002': denyTo,
  '106006': denyInbound,
  '106007': denyInbound,
  '106010': denySrcDst,
  '106014': denySrcDst,
  '106015': denyTo,
  '106016': row(
    `^Deny IP spoof from \\(?${ip}\\)? to ${ip} on interface (\\S{1,64})`,
    'src_ip dst_ip interface',
    denied,
  ),
  '106017': row(`^Deny IP due to Land Attack from ${ip} to ${ip}`, 'src_ip dst_ip', denied),
  '106021': row(
    `^Deny (\\w{1,16}) reverse path check from ${ip} to ${ip} on interface (\\S{1,64})`,
    'proto src_ip dst_ip interface',
    denied,
  ),
  '106023': denySrcDst,
  '106100': accessList,
  '106102': accessList,
  '106103': accessList,
  '113004': row(`^AAA user \\w{1,20} Successful${aaaServer} : user = ${word}`, 'server user', signedIn),
  '113005': row(
    `^AAA user \\w{1,20} Rejected : reason = ([^:]{1,200}?)${aaaServer} : user = ${word}(?: : user IP = ${ip})?`,
    'reason server user src_ip',
    refused,
  ),
  '113006': row(`^User ${word} locked out on exceeding (\\d{1,6})`, 'user attempts', { action: 'lock' }),
  '113008': row(`^AAA transaction status ACCEPT : user = ${word}`, 'user', signedIn),
  '113012': row(`^AAA user \\w{1,20} Successful${aaaServer} : user = ${word}`, 'server user', signedIn),
  '113015': row(
    `^AAA user \\w{1,20} Rejected : reason = ([^:]{1,200}?)${aaaServer} : user = ${word}(?: : user IP = ${ip})?`,
    'reason server user src_ip',
    refused,
  ),
  '113019': row(
    `^Group = ([^,]{0,128}), Username = ([^,]{0,256}), IP = ${ip}, Session disconnected\\. Session Type: ([^,]{0,64}), Duration: ([^,]{0,64}), Bytes xmt: (\\d{1,20}), Bytes rcv: (\\d{1,20}), Reason: (.{0,200})`,
    'group user src_ip session_type duration bytes_sent bytes_received reason',
    { action: 'logout', outcome: 'success' },
  ),
  '113039': row(`${group} AnyConnect parent session started`, groups, signedIn),
  '302013': connection,
  '302014': teardown,
  '302015': connection,
  '302016': teardown,
  '302020': icmp,
  '302021': icmp,
  '304001': row(
    `^(?:(\\S{1,128})@)?${ip}(?:\\([^()]{1,128}\\))? Accessed (?:JAVA )?URL ${ip}:(.{1,4000})`,
    'user src_ip dst_ip url',
    { action: 'accept', outcome: 'success' },
  ),
  '313001': row(
    `^Denied ICMP type=(\\d{1,3}), code=(\\d{1,3}) from ${ip} on interface (\\S{1,64})`,
    'icmp_type icmp_code src_ip interface',
    { ...denied, proto: 'icmp' },
  ),
  '605004': row(
    `^Login denied from ${ip}/${port} to ${ifIp('')}/(\\w{1,16}) for user ["']?([^"']{1,256})["']?`,
    'src_ip src_port dst_interface dst_ip service user',
    refused,
  ),
  '605005': row(
    `^Login permitted from ${ip}/${port} to ${ifIp('')}/(\\w{1,16}) for user ["']?([^"']{1,256})["']?`,
    'src_ip src_port dst_interface dst_ip service user',
    signedIn,
  ),
  '611101': row(`^User authentication succeeded: (?:IP address: ${ip}, )?Uname: ${word}`, 'src_ip user', signedIn),
  '611102': row(`^User authentication failed: (?:IP address: ${ip}, )?Uname: ${word}`, 'src_ip user', refused),
  '111008': row("^User '?([^']{1,256}?)'? executed the '(.{1,2000})' command", 'user CommandLine', {
    action: 'execute',
  }),
  '111009': row("^User '?([^']{1,256}?)'? executed cmd: (.{1,2000})", 'user CommandLine', { action: 'execute' }),
  '111010': row(
    `^User '?([^']{1,256}?)'?, running '([^']{1,64})' from IP ${ip}, executed '(.{1,2000})'`,
    'user application src_ip CommandLine',
    { action: 'execute' },
  ),
  '502103': row(
    `^User priv level changed: Uname: ${word} From: (\\d{1,3}) To: (\\d{1,3})`,
    'user old_level new_level',
    { action: 'change' },
  ),
  '710002': row(
    `^(\\w{1,16}) access permitted from ${ip}/${port} to ${ifIp('')}/(\\w{1,16})`,
    'proto src_ip src_port dst_interface dst_ip service',
    built,
  ),
  '710003': row(
    `^(\\w{1,16}) access denied by ACL from ${ip}/${port} to ${ifIp('')}/(\\w{1,16})`,
    'proto src_ip src_port dst_interface dst_ip service',
    denied,
  ),
  '710005': row(
    `^(\\w{1,16}) request discarded from ${ip}/${port} to ${ifIp('')}/(\\w{1,16})`,
    'proto src_ip src_port dst_interface dst_ip service',
    denied,
  ),
  '716001': row(`${group} WebVPN session started`, groups, signedIn),
  '716002': row(`${group} WebVPN session terminated: (.{0,200})`, `${groups} reason`, {
    action: 'logout',
    outcome: 'success',
  }),
  '716038': row(`${group} Authentication: successful`, groups, signedIn),
  '716039': row(`${group} Authentication: rejected`, groups, refused),
  '722022': row(`${group} (\\w{1,16}) SVC connection established`, `${groups} proto`, signedIn),
  '722023': row(`${group} (\\w{1,16}) SVC connection terminated`, `${groups} proto`, {
    action: 'logout',
    outcome: 'success',
  }),
  '722051': row(
    `${group} (?:IPv4 )?Address <([^<>]{0,64})>(?: IPv6 address <([^<>]{0,64})>)? assigned to session`,
    `${groups} assigned_ip assigned_ipv6`,
    signedIn,
  ),
  '733100': row(
    '^(?:\\[ ?)?([^\\]]{1,64}?)\\]? drop rate-(\\d{1,2}) exceeded\\. Current burst rate is (\\d{1,12}) per second, max configured rate is (-?\\d{1,12})',
    'object rate burst_rate burst_rate_max',
    { action: 'detect' },
  ),
  '733101': row(`^(?:Object|\\[|\\s|Host){0,4}\\s{0,2}${ip}\\]? is (attacking|targeted)`, 'src_ip role', {
    action: 'detect',
  }),
  '733102': row(`^Threat-detection adds host ${ip} to shun list`, 'src_ip', { action: 'block' }),
};

/** `AccessControlRuleAction: Block, SrcIP: …` of Firepower Threat Defense (430001–430005). */
const threatDefense = /([A-Za-z][A-Za-z0-9_]{1,40}): ([^,]{0,1000}?)(?:, (?=[A-Z][A-Za-z0-9_]{1,40}: )|$)/g;
const defenseNames: Readonly<Record<string, string>> = {
  SrcIP: 'src_ip',
  DstIP: 'dst_ip',
  SrcPort: 'src_port',
  DstPort: 'dst_port',
  Protocol: 'proto',
  User: 'user',
  AccessControlRuleName: 'rule',
  URL: 'url',
};

/** How much of a message is looked at. */
const charsMax = 8_000;

/** Outbound connections are told foreign end first: the end behind `to` opened them. */
function turnEnds(fields: Fields): void {
  for (const name of ['interface', 'ip', 'port', 'mapped_ip', 'user']) {
    const [source, target] = [fields[`src_${name}`], fields[`dst_${name}`]];
    delete fields[`src_${name}`];
    delete fields[`dst_${name}`];
    if (target !== undefined) fields[`src_${name}`] = target;
    if (source !== undefined) fields[`dst_${name}`] = source;
  }
}

function readDefense(text: string): Fields {
  const fields: Fields = {};
  for (const [, name = '', value = ''] of text.matchAll(threatDefense)) {
    fields[Object.hasOwn(defenseNames, name) ? (defenseNames[name] ?? name) : name] = value.trim();
  }
  const verdict = String(fields.AccessControlRuleAction ?? '');
  if (/^(?:Block|Drop)/.test(verdict)) Object.assign(fields, denied);
  else if (/^(?:Allow|Trust|Fastpath)/.test(verdict)) Object.assign(fields, built);
  return fields;
}

/** What a message of ASA, PIX or Firepower Threat Defense says, by its number; nothing for numbers and texts unknown. */
export function readAsa(number: string, message: string): Fields {
  const text = message.slice(0, charsMax);
  if (number.startsWith('43000')) return readDefense(text);
  const known = Object.hasOwn(rows, number) ? rows[number] : undefined;
  const found = known?.pattern.exec(text) ?? null;
  if (known === undefined || found === null) return {};
  const fields: Fields = {};
  for (const [i, name] of known.names.entries()) {
    const value = found[i + 1];
    if (value !== undefined && value !== '') fields[name] = value;
  }
  Object.assign(fields, known.known);
  if (typeof fields.proto === 'string') fields.proto = fields.proto.toLowerCase();
  if (fields.direction === 'outbound') turnEnds(fields);
  if (fields.verdict === 'denied') Object.assign(fields, denied);
  else if (fields.verdict !== undefined) Object.assign(fields, built);
  if (fields.src_user !== undefined && fields.user === undefined) fields.user = fields.src_user;
  return fields;
}
