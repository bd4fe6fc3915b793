import type { FieldValue } from '../model/event.ts';

type Fields = Record<string, FieldValue>;

const ip = '([0-9a-fA-F.:]{2,45})';

interface Row {
  readonly mnemonic: RegExp;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly known: Readonly<Record<string, string>>;
}

function row(mnemonic: RegExp, pattern: string, names: string, known: Readonly<Record<string, string>> = {}): Row {
  return { mnemonic, pattern: new RegExp(pattern), names: names.split(' '), known };
}

const login =
  '\\[user: ([^\\]]{0,256})\\] \\[Source: ([^\\]]{0,64})\\] \\[localport: (\\d{1,5})\\](?: \\[Reason: ([^\\]]{0,200})\\])?';
const loginNames = 'user src_ip dst_port reason';

/** Messages of IOS, IOS XE and NX-OS by mnemonic (Cisco IOS System Message Guide). */
const rows: readonly Row[] = [
  row(/^LOGIN_FAILED$/, login, loginNames, { action: 'login', outcome: 'failure' }),
  row(/^(?:LOGIN_SUCCESS|WEBLOGIN_SUCCESS)$/, login, loginNames, { action: 'login', outcome: 'success' }),
  row(
    /^CONFIG_I$/,
    `^Configured from (\\S{1,64})(?: by (\\S{1,256}))?(?: on (\\S{1,64}))?(?: \\(${ip}\\))?`,
    'config_source user terminal src_ip',
    { action: 'configure', outcome: 'success' },
  ),
  row(/^CFGLOG_LOGGEDCMD$/, '^User:(.{1,256}?) {1,4}logged command:(.{1,2000})', 'user CommandLine', {
    action: 'configure',
  }),
  row(/^LOGOUT$/, `^User (\\S{0,256}) has exited tty session (\\d{1,5})\\(${ip}\\)`, 'user terminal src_ip', {
    action: 'logout',
    outcome: 'success',
  }),
  row(
    /^IPACCESSLOGP$|^ACCESSLOGP$/,
    `^(?:list|access-list:?) (\\S{1,256}) (permitted|denied) (\\w{1,16}) ${ip}\\((\\d{1,5})\\)(?: \\(([^()]{1,100})\\))? -> ${ip}\\((\\d{1,5})\\)(?:, (\\d{1,12}) packet)?`,
    'rule verdict proto src_ip src_port interface dst_ip dst_port packets',
  ),
  row(
    /^(?:IP)?ACCESSLOG(?:DP|NP|RP|SP)$/,
    `^list (\\S{1,256}) (permitted|denied) (\\w{1,16}) ${ip}(?: \\(([^()]{1,100})\\))? -> ${ip}(?: \\((\\d{1,3})/(\\d{1,3})\\))?(?:, (\\d{1,12}) packet)?`,
    'rule verdict proto src_ip interface dst_ip icmp_type icmp_code packets',
  ),
  row(
    /^IPACCESSLOGS$/,
    `^list (\\S{1,256}) (permitted|denied) ${ip} (\\d{1,12}) packet`,
    'rule verdict src_ip packets',
  ),
  row(
    /^SSH2_USERAUTH$/,
    `^User '([^']{0,256})' authentication for SSH2 Session from ${ip} .{0,300}?(Succeeded|Failed)`,
    'user src_ip result',
    { action: 'login' },
  ),
  row(
    /^PSECURE_VIOLATION$/,
    'caused by MAC address ([0-9a-fA-F.:]{12,17}) on port (\\S{1,64}?)\\.?$',
    'src_mac interface',
    {
      action: 'deny',
      outcome: 'failure',
    },
  ),
  row(/^(?:AUTHFAIL|AUTHENTICATION_FAILED)$/, `(?:host|from) ${ip}`, 'src_ip', { outcome: 'failure' }),
];

/** How much of a message is looked at. */
const charsMax = 8_000;

/** What a message of IOS says, by its mnemonic; nothing for mnemonics and texts unknown. */
export function readIos(mnemonic: string, message: string): Fields {
  const known = rows.find((each) => each.mnemonic.test(mnemonic));
  const found = known?.pattern.exec(message.slice(0, charsMax)) ?? null;
  if (known === undefined || found === null) return {};
  const fields: Fields = {};
  for (const [i, name] of known.names.entries()) {
    const value = found[i + 1];
    if (value !== undefined && value !== '') fields[name] = value;
  }
  Object.assign(fields, known.known);
  if (fields.result !== undefined) fields.outcome = fields.result === 'Succeeded' ? 'success' : 'failure';
  if (fields.verdict !== undefined) {
    fields.action = fields.verdict === 'denied' ? 'deny' : 'accept';
    fields.outcome = fields.verdict === 'denied' ? 'failure' : 'success';
  }
  return fields;
}
