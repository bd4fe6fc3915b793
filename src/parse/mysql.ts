import type { FieldValue } from '../model/event.ts';
import { localZoneMinutes, parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import { csvCells } from './csv-cells.ts';
import type { BodyFormat, LineFormat } from './format.ts';
import { notUnderstood, understood } from './record.ts';
import { readSentence, type Sentence, sentence } from './words.ts';
import { shortDateMs } from './zone-names.ts';

const shortBegin = /^(\d{6}) ([ \d]\d:\d\d:\d\d)[ \t]+/;
const longBegin = /^(\d{4}-\d\d-\d\d[T ][ \d]\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)?)[ \t]+/;
const thread = /^(?:(\d{1,20})|(?:0x)?[0-9a-f]{4,16})[ \t]+(?=\[|InnoDB:|[A-Z][a-z]+[ \t]|[A-Z][a-z]+$)/;
const bracketed = /^\[([A-Za-z]{1,12})\] ?/;
const code = /^\[(MY-\d{6})\] \[([A-Za-z0-9_]{1,40})\] /;
/** Verbs of the general query log. */
const command =
  /^(Query|Connect|Quit|Init DB|Prepare|Execute|Close stmt|Statistics|Field List|Ping|Refresh|Shutdown|Change user|Binlog Dump|Reset stmt|Fetch|Kill|Processlist|Create DB|Drop DB|Set option|Sleep|Debug|Time|Delayed insert|Daemon|Register Slave|Long Data)(?:\t| {2,20}|$)/;

const sentences: readonly Sentence[] = [
  sentence(
    'Access denied ',
    /^Access denied for user '(?<user>[^']*)'@'(?<src_ip>[^']*)'(?: to database '(?<database>[^']*)')?/,
    'login',
    'failure',
  ),
  sentence(
    'Aborted connection ',
    /^Aborted connection (?<connection>\d+) to db: '(?<database>[^']*)' user: '(?<user>[^']*)' host: '(?<src_ip>[^']*)'/,
    'connection_aborted',
    'failure',
  ),
  sentence('Host ', /^Host '(?<src_ip>[^']*)' is (?:not allowed to connect|blocked)/, 'login', 'failure'),
  sentence('IP address ', /^IP address '(?<src_ip>[^']*)' could not be resolved/, 'connection_received'),
];

const connect = /^(?:Access denied for user '([^']*)'@'([^']*)'|([^@\s]*)@(\S*) (?:as \S* )?on ?(\S*))/;

/** One command of the general query log. */
function addCommand(fields: Record<string, FieldValue>, verb: string, argument: string): void {
  fields.command = verb;
  fields.action = verb.toLowerCase().replaceAll(' ', '_');
  if (argument === '') return;
  if (verb !== 'Connect') {
    fields.query = argument;
    return;
  }
  const found = connect.exec(argument);
  if (found === null) return;
  fields.user = found[1] ?? found[3] ?? '';
  const host = found[2] ?? found[4] ?? '';
  fields.src_host = host;
  if (/^[\d.]{7,15}$|^[0-9a-fA-F]{0,4}:[0-9a-fA-F:]{1,40}$/.test(host)) fields.src_ip = host;
  if (found[5] !== undefined && found[5] !== '' && found[5] !== 'using') fields.database = found[5];
  fields.outcome = found[1] === undefined ? 'success' : 'failure';
}

/** What stands behind the time in the error log and the general query log of MySQL, MariaDB and Percona. */
function readBody(body: string, timeMs: number | null): ParseOutcome {
  const fields: Record<string, FieldValue> = {};
  let rest = body;
  const numbered = thread.exec(rest);
  if (numbered !== null) {
    if (numbered[1] !== undefined) fields.thread = numbered[1];
    rest = rest.slice(numbered[0].length);
  }
  const level = bracketed.exec(rest);
  if (level !== null) {
    fields.level = level[1] ?? '';
    rest = rest.slice(level[0].length);
    const coded = code.exec(rest);
    if (coded !== null) {
      fields.code = coded[1] ?? '';
      fields.subsystem = coded[2] ?? '';
      rest = rest.slice(coded[0].length);
    }
  }
  const verb = level === null && numbered !== null ? command.exec(rest) : null;
  if (verb !== null) addCommand(fields, verb[1] ?? '', rest.slice(verb[0].length));
  fields.message = rest;
  const said = readSentence(sentences, rest);
  for (const name in said) if (fields[name] === undefined) fields[name] = said[name] ?? null;
  return understood({ parser: 'mysql', timeMs, program: 'mysqld', message: rest, fields });
}

function parseMysql(text: string): ParseOutcome {
  const short = shortBegin.exec(text);
  if (short !== null) return readBody(text.slice(short[0].length), shortDateMs(short[1] ?? '', short[2] ?? ''));
  const long = longBegin.exec(text);
  if (long === null) return notUnderstood('mysql-head');
  const time = (long[1] ?? '').replace(/([T ]) /, '$10');
  return readBody(text.slice(long[0].length), parseTimeText(time, localZoneMinutes));
}

const longLook =
  /^[\d-]{10}[T ][ \d]\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)?[ \t]+(?:\d{1,20}|(?:0x)?[0-9a-f]{4,16})[ \t]+(?:\[[A-Z]|InnoDB:|(?:Query|Connect|Quit|Init DB|Prepare|Execute|Close stmt)(?:\t| {2,}|$))/;
const shortLook = /^\d{6} [ \d]\d:\d\d:\d\d[ \t]/;

/** Error log and general query log of MySQL 5 to 9, MariaDB, Percona; zone-less times are +07:00. */
export const mysqlFormat: LineFormat = {
  id: 'mysql',
  starts: '0123456789',
  looksLike: (text) =>
    text.charCodeAt(6) === 32 ? shortLook.test(text) : text.charCodeAt(4) === 45 && longLook.test(text),
  isGuess: true,
  parse: parseMysql,
  lines: { isStart: (line) => shortLook.test(line) || longBegin.test(line) },
};

export const mysqlBody: BodyFormat = {
  id: 'mysql',
  programs: ['mysqld', 'mariadbd', 'mariadb', 'mysql', 'mysqld_safe'],
  looksLike: null,
  parse: (body) => (shortBegin.test(body) || longBegin.test(body) ? parseMysql(body) : readBody(body, null)),
};

const userHost = /^# User@Host: ([^[\s]*)\[([^\]]*)\] @ ([^[\s]*) ?\[([^\]]*)\](?:\s+Id:\s*(\d+))?/m;
const stamp = /^SET timestamp=(\d{9,11})(?:\.\d{1,6})?;/m;
const timeLine = /^# Time: (.{10,40})$/m;
const figure = /(\w{2,40}): ([\d.]{1,20})(?=\s|$)/g;

/**
 * One entry of the slow query log: comment lines (`# Time`, `# User@Host`, `# Query_time: … Lock_time: …`), the time the
 * statement began (`SET timestamp`) and the statement.
 */
function parseSlow(text: string): ParseOutcome {
  const who = userHost.exec(text);
  if (who === null) return notUnderstood('mysql-slow-head');
  const fields: Record<string, FieldValue> = { action: 'slow_query' };
  const [, user = '', current = '', host = '', ip = '', id] = who;
  if (user !== '') fields.user = user;
  if (current !== '') fields.current_user = current;
  if (host !== '') fields.src_host = host;
  if (ip !== '') fields.src_ip = ip;
  if (id !== undefined) fields.thread = id;
  const query: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('# ')) {
      if (!line.startsWith('# User@Host') && !line.startsWith('# Time'))
        for (const [, name = '', value = ''] of line.slice(0, 2_000).matchAll(figure))
          fields[name.toLowerCase()] = value;
    } else if (!stamp.test(line)) query.push(line);
  }
  const statement = query.join('\n').trim();
  if (statement !== '') fields.query = statement;
  const begun = stamp.exec(text)?.[1];
  const told = timeLine.exec(text)?.[1] ?? '';
  const short = shortBegin.exec(`${told} `);
  const toldMs = short === null ? parseTimeText(told, localZoneMinutes) : shortDateMs(short[1] ?? '', short[2] ?? '');
  const timeMs = begun === undefined ? toldMs : Number(begun) * 1000;
  return understood({ parser: 'mysql-slow', timeMs, program: 'mysqld', message: statement || text, fields });
}

export const mysqlSlowFormat: LineFormat = {
  id: 'mysql-slow',
  starts: '#',
  looksLike: (text) => text.startsWith('# User@Host: ') || text.startsWith('# Time: '),
  parse: parseSlow,
  lines: {
    isStart: (line, before) =>
      line.startsWith('# Time: ') || (line.startsWith('# User@Host: ') && !before.startsWith('# Time: ')),
  },
};

const auditBegin = /^(\d{4})(\d\d)(\d\d) (\d\d:\d\d:\d\d),/;
const auditNames: readonly string[] = [
  '',
  'server_host',
  'user',
  'src_ip',
  'connection',
  'query_id',
  'operation',
  'database',
];

/** MariaDB's server_audit plugin: `time,server,user,host,connection,query,OPERATION,database,'object',retcode`. */
function parseAudit(text: string): ParseOutcome {
  const found = auditBegin.exec(text);
  if (found === null) return notUnderstood('mysql-audit-head');
  const cells = csvCells(text, 0, 8);
  if (cells.length < 8) return notUnderstood('mysql-audit-short');
  const fields: Record<string, FieldValue> = {};
  for (const [i, name] of auditNames.entries()) if (name !== '' && cells[i] !== '') fields[name] = cells[i] ?? null;
  // The statement is between quotes of its own kind and may hold commas; the return code is last.
  const comma = text.lastIndexOf(',');
  const from = cells.join(',').length + 1;
  const object = text.slice(from, Math.max(from, comma)).replace(/^'|'$/g, '');
  if (object !== '') fields.query = object;
  const status = text.slice(comma + 1).trim();
  fields.status_code = status;
  const operation = cells[6] ?? '';
  fields.action = operation === 'CONNECT' || operation === 'FAILED_CONNECT' ? 'login' : operation.toLowerCase();
  fields.outcome = status === '0' && operation !== 'FAILED_CONNECT' ? 'success' : 'failure';
  const timeMs = parseTimeText(`${found[1]}-${found[2]}-${found[3]}T${found[4]}`, localZoneMinutes);
  return understood({ parser: 'mysql-audit', timeMs, host: cells[1] ?? '', program: 'mysqld', message: text, fields });
}

export const mysqlAuditFormat: LineFormat = {
  id: 'mysql-audit',
  starts: '12',
  looksLike: (text) => text.charCodeAt(8) === 32 && auditBegin.test(text),
  parse: parseAudit,
};

export const mysqlAuditBody: BodyFormat = {
  id: 'mysql-audit',
  programs: ['mysql-server_auditing', 'mariadb-server_auditing'],
  looksLike: null,
  parse: parseAudit,
};
