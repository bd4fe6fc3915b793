import type { FieldValue } from '../model/event.ts';
import type { ParseOutcome } from '../model/record.ts';
import { csvCells } from './csv-cells.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { notUnderstood, understood } from './record.ts';
import { readSentence, type Sentence, sentence } from './words.ts';
import { zonedTime } from './zone-names.ts';

/** A host may stand before the time (`%h %m`). */
const begin =
  /^(?:(?:[0-9a-fA-F.:]{3,45}|\[local\]) )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?) ([A-Z]{1,5}|[+-]\d\d(?::?\d\d)?)([ ,:[])/;
const level =
  /(?:^|[ :])(LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DETAIL|HINT|QUERY|CONTEXT|LOCATION|STATEMENT|DEBUG[1-5]?): {1,2}/;
/** What `log_line_prefix` may put before the level. */
const prefixCharsMax = 400;

/** What the server says of connections, logins and statements. */
const sentences: readonly Sentence[] = [
  sentence(
    'connection received: ',
    /^connection received: host=(?<src_ip>\S+)(?: port=(?<src_port>\d{1,5}))?/,
    'connection_received',
  ),
  sentence(
    'connection authorized: ',
    /^connection authorized: user=(?<user>\S+)(?: database=(?<database>\S+))?(?: application_name=(?<application>[^ ]*))?/,
    'login',
    'success',
  ),
  sentence(
    'connection authenticated: ',
    /^connection authenticated: identity="(?<identity>[^"]*)"/,
    'authentication',
    'success',
  ),
  sentence(
    'disconnection: ',
    /^disconnection: session time: (?<session_time>\S+) user=(?<user>\S+) database=(?<database>\S+) host=(?<src_ip>\S+)(?: port=(?<src_port>\d{1,5}))?/,
    'logout',
    'success',
  ),
  sentence(
    'password authentication failed',
    /^password authentication failed for user "(?<user>[^"]*)"/,
    'login',
    'failure',
  ),
  sentence(
    '',
    /^(?:Ident|Peer|MD5|SCRAM|LDAP|PAM|GSSAPI|certificate|RADIUS) authentication failed for user "(?<user>[^"]*)"/,
    'login',
    'failure',
  ),
  sentence('role "', /^role "(?<user>[^"]*)" (?:does not exist|is not permitted to log in)/, 'login', 'failure'),
  sentence('database "', /^database "(?<database>[^"]*)" does not exist/, 'login', 'failure'),
  sentence(
    'no pg_hba.conf entry',
    /^no pg_hba\.conf entry for (?:replication connection from )?host "(?<src_ip>[^"]*)", user "(?<user>[^"]*)"(?:, database "(?<database>[^"]*)")?/,
    'login',
    'failure',
  ),
  sentence(
    'pg_hba.conf rejects',
    /^pg_hba\.conf rejects connection for host "(?<src_ip>[^"]*)", user "(?<user>[^"]*)"(?:, database "(?<database>[^"]*)")?/,
    'login',
    'failure',
  ),
  sentence('permission denied ', /^permission denied for (?<object_type>\w+) (?<object>\S+)/, 'permission', 'failure'),
  sentence(
    'AUDIT: ',
    /^AUDIT: (?<audit_type>SESSION|OBJECT),\d+,\d+,(?<audit_class>[A-Z]*),(?<command_tag>[^,]*),(?<object_type>[^,]*),(?<object>[^,]*),(?<query>.*)/s,
    'audit',
    'success',
  ),
  sentence('statement: ', /^statement: (?<query>.*)/s, 'statement'),
  sentence('execute ', /^execute (?<query_name>[^:]*): (?<query>.*)/s, 'statement'),
  sentence(
    'duration: ',
    /^duration: (?<duration_ms>[\d.]+) ms(?: {2}(?<query_step>statement|execute|parse|bind|fastpath)(?: (?<query_name>[^:]*))?: (?<query>.*))?/s,
    'statement',
  ),
];

function addWords(fields: Record<string, FieldValue>, message: string): void {
  const said = readSentence(sentences, message);
  if (said === null) return;
  for (const name in said) {
    const value = said[name];
    // `host=[local]` is a socket of this machine.
    if (value === undefined || value === '[local]' || Object.hasOwn(fields, name)) continue;
    fields[name] = value;
  }
}

const prefixPair = /\b(user|db|app|client|host|database|remote)=([^\s,]*)/g;
const pidPart = /\[(\d{1,10})(?:-(\d{1,10}))?\]/;
const userAtDatabase = /(?:^|[\s,])(\[unknown\]|[^\s@,[\]]{1,128})@(\[unknown\]|[^\s@,]{1,128})(?=[\s,:]|$)/;
const remotePart = /(?:^|[\s,])((?:\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]+)(?:\((\d{1,5})\))?(?=[\s,:]|$)/;
const prefixNames: Readonly<Record<string, string>> = {
  user: 'user',
  db: 'database',
  database: 'database',
  app: 'application',
  client: 'src_ip',
  host: 'src_ip',
  remote: 'src_ip',
};

function addPrefix(fields: Record<string, FieldValue>, prefix: string): void {
  const pid = pidPart.exec(prefix);
  if (pid !== null) {
    fields.pid = pid[1] ?? '';
    if (pid[2] !== undefined) fields.session_line = Number(pid[2]);
  }
  const at = userAtDatabase.exec(prefix);
  if (at !== null) {
    if (at[1] !== undefined && at[1] !== '[unknown]') fields.user = at[1];
    if (at[2] !== undefined && at[2] !== '[unknown]') fields.database = at[2];
  }
  for (const [, name = '', value = ''] of prefix.matchAll(prefixPair)) {
    const target = prefixNames[name];
    if (target !== undefined && value !== '' && value !== '[unknown]' && value !== '[local]') fields[target] = value;
  }
  const remote = fields.src_ip === undefined ? remotePart.exec(prefix) : null;
  if (remote !== null) {
    fields.src_ip = remote[1] ?? '';
    if (remote[2] !== undefined) fields.src_port = Number(remote[2]);
  }
}

function understoodMessage(
  fields: Record<string, FieldValue>,
  timeMs: number | null,
  severity: string,
  text: string,
): ParseOutcome {
  fields.level = severity;
  fields.message = text;
  addWords(fields, text);
  if (fields.outcome === undefined && (severity === 'ERROR' || severity === 'FATAL' || severity === 'PANIC'))
    fields.outcome = 'failure';
  return understood({ parser: 'postgresql', timeMs, program: 'postgres', message: text, fields });
}

/**
 * PostgreSQL's stderr log with any `log_line_prefix` that begins with the time (`%m` or `%t`): process, user@database,
 * remote host and name=value pairs are found in it. What stands behind the level is the message.
 */
function parsePostgresql(text: string): ParseOutcome {
  const found = begin.exec(text);
  if (found === null) return notUnderstood('postgresql-head');
  if (found[3] === ',') return parseCsv(text);
  const [whole, time = '', zone = ''] = found;
  const from = whole.length - 1;
  const at = level.exec(text.slice(from, from + prefixCharsMax));
  if (at === null) return notUnderstood('postgresql-level');
  const fields: Record<string, FieldValue> = {};
  addPrefix(fields, text.slice(from, from + at.index + 1));
  if (text.charCodeAt(4) !== 45 && fields.src_ip === undefined) addPrefix(fields, text.slice(0, text.indexOf(' ')));
  let message = text.slice(from + at.index + at[0].length);
  const state = /^([0-9A-Z]{5}): {1,2}/.exec(message);
  if (state !== null) {
    fields.sql_state = state[1] ?? '';
    message = message.slice(state[0].length);
  }
  return understoodMessage(fields, zonedTime(time, zone), at[1] ?? '', message);
}

/** Columns of the csvlog (PostgreSQL 9 to 17), in order; '' is read apart. */
const columns: readonly string[] = [
  ...['', 'user', 'database', 'pid', '', 'session_id', 'session_line', 'command_tag', 'session_start', ''],
  ...[
    'transaction_id',
    '',
    'sql_state',
    '',
    'detail',
    'hint',
    'internal_query',
    '',
    'context',
    'query',
    '',
    'location',
  ],
  ...['application', 'backend_type', 'leader_pid', 'query_id'],
];

function parseCsv(text: string): ParseOutcome {
  const cells = csvCells(text, 0, columns.length);
  const [time = '', , , , remote = ''] = cells;
  const severity = cells[11] ?? '';
  if (!level.test(`${severity}: `)) return notUnderstood('postgresql-level');
  const fields: Record<string, FieldValue> = {};
  for (const [i, name] of columns.entries()) {
    const value = cells[i];
    if (name !== '' && value !== undefined && value !== '') fields[name] = value;
  }
  const colon = remote.lastIndexOf(':');
  const isAddress = /^[0-9a-fA-F.:]+$/.test(remote);
  if (isAddress && colon > 0) {
    fields.src_ip = remote.slice(0, colon);
    fields.src_port = Number(remote.slice(colon + 1));
  }
  const space = time.lastIndexOf(' ');
  return understoodMessage(fields, zonedTime(time.slice(0, space), time.slice(space + 1)), severity, cells[13] ?? '');
}

export const postgresqlFormat: LineFormat = {
  id: 'postgresql',
  starts: '0123456789[abcdef:',
  looksLike: (text) => begin.test(text),
  isGuess: true,
  parse: parsePostgresql,
  lines: { isStart: (line) => begin.test(line) },
};

/** Through syslog the message has a counter before it: `[3-1] …`, and the level behind the prefix. */
export const postgresqlBody: BodyFormat = {
  id: 'postgresql',
  programs: ['postgres', 'postgresql'],
  looksLike: null,
  parse: (body) => {
    const counted = /^\[\d{1,10}-\d{1,10}\] /.exec(body)?.[0].length ?? 0;
    const rest = body.slice(counted);
    if (begin.test(rest)) return parsePostgresql(rest);
    const at = level.exec(rest.slice(0, prefixCharsMax));
    if (at === null) return notUnderstood('postgresql-level');
    const fields: Record<string, FieldValue> = {};
    addPrefix(fields, rest.slice(0, at.index + 1));
    return understoodMessage(fields, null, at[1] ?? '', rest.slice(at.index + at[0].length));
  },
};
