import type { FieldValue } from '../model/event.ts';
import { localZoneMinutes, parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { LineFormat } from './format.ts';
import { notUnderstood, understood } from './record.ts';
import { readSentence, type Sentence, sentence } from './words.ts';

const begin = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d\d) (spid\d{1,6}s?|Logon|Server|Backup) {2,20}/;

const sentences: readonly Sentence[] = [
  sentence(
    'Login failed ',
    /^Login failed for user '(?<user>[^']*)'\.(?: Reason: (?<why>[^[]*))?(?:.*\[CLIENT: (?<src_ip>[^\]]*)\])?/,
    'login',
    'failure',
  ),
  sentence(
    'Login succeeded ',
    /^Login succeeded for user '(?<user>[^']*)'\.(?:.*\[CLIENT: (?<src_ip>[^\]]*)\])?/,
    'login',
    'success',
  ),
  sentence('Error: ', /^Error: (?<code>\d{1,6}), Severity: (?<severity>\d{1,3}), State: (?<state>\d{1,4})/, 'error'),
  sentence('Database backed up', /^Database backed up\. Database: (?<database>[^,]*)/, 'backup', 'success'),
  sentence(
    'Configuration option',
    /^Configuration option '(?<option>[^']*)' changed from (?<before>\S+) to (?<after>\S+)\./,
    'configuration_changed',
    'success',
  ),
];

/** SQL Server's ERRORLOG: `date time source words`; logins with the client in brackets. Zone-less: +07:00. */
export const mssqlFormat: LineFormat = {
  id: 'mssql',
  starts: '12',
  looksLike: (text) => text.charCodeAt(19) === 46 && begin.test(text),
  parse: (text): ParseOutcome => {
    const found = begin.exec(text);
    if (found === null) return notUnderstood('mssql-head');
    const message = text.slice(found[0].length);
    const fields: Record<string, FieldValue> = {
      process: found[2] ?? '',
      message,
      ...readSentence(sentences, message),
    };
    if (fields.src_ip === '<local machine>') delete fields.src_ip;
    const timeMs = parseTimeText(found[1] ?? '', localZoneMinutes);
    return understood({ parser: 'mssql', timeMs, program: 'sqlservr', message, fields });
  },
  lines: { isStart: (line) => begin.test(line) },
};
