import type { FieldValue } from '../model/event.ts';
import { calendarMs, localZoneMinutes, monthOf, parseTimeText } from '../model/event-time.ts';
import type { ParseOutcome } from '../model/record.ts';
import type { LineFormat } from './format.ts';
import type { JoinRule } from './multi-line.ts';
import { notUnderstood, setField, understood } from './record.ts';

const level = 'TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|SEVERE|CONFIG|FINE|FINER|FINEST';
/** `22-Nov-2026 09:15:02.123 LEVEL [thread] class.method words`: Tomcat's OneLineFormatter. */
const catalina = new RegExp(`^(\\d\\d)-([A-Z][a-z]{2})-(\\d{4}) (\\d\\d):(\\d\\d):(\\d\\d)\\.(\\d{3}) (${level}) `);
/** `2026-11-22 09:15:02,123 LEVEL …` and `… [thread] LEVEL …`: log4j, logback, Spring Boot. */
const iso = new RegExp(
  `^(\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d[.,]\\d{3,9}(?:Z|[+-]\\d\\d:?\\d\\d)?) {1,2}(?:\\[([^\\]]{0,255})\\] {1,2})?\\[?(${level})\\]? `,
);
const bracket = /^ *(?:(\d{1,10}) )?(?:--- (?:\[[^\]]{0,255}\] )?)?\[([^\]]{0,1000})\] ?/;
/** Zimbra's second bracket: `[name=a@b;oip=1.2.3.4;ua=…;]`. */
const zimbraFacts = /^\[((?:[a-z][A-Za-z]{0,20}=[^;\]]{0,500};){0,30})\] /;
const logger = /^ *([A-Za-z_$][\w$.]{1,255})(?: {1,40}: | - |: | )/;
const exception =
  /^(?:Caused by: )?((?:[a-zA-Z_$][\w$]{0,80}\.){1,12}(?:[A-Z][\w$]{0,80})?(?:Exception|Error|Throwable|Failure)[\w$]{0,40})(?:: (.*))?$/;
/** `program[pid]: ` behind the level is syslog as Chrome OS and others write it. */
const syslogTag = /^[\w./-]{1,64}\[\d{1,10}\]: |^[a-z_-]{1,64}: /;
/** Lines of a trace looked at for causes. */
const traceLinesMax = 500;

function timeOf(
  text: string,
): { readonly ms: number | null; readonly end: number; readonly level: string; readonly thread: string } | null {
  const tomcat = catalina.exec(text);
  if (tomcat !== null) {
    const [d = 0, y = 0, h = 0, m = 0, s = 0, ms = 0] = [
      tomcat[1],
      tomcat[3],
      tomcat[4],
      tomcat[5],
      tomcat[6],
      tomcat[7],
    ].map(Number);
    const whole = calendarMs(y, monthOf(tomcat[2] ?? ''), d, h, m, s, localZoneMinutes);
    return { ms: whole === null ? null : whole + ms, end: tomcat[0].length, level: tomcat[8] ?? '', thread: '' };
  }
  const found = iso.exec(text);
  if (found === null) return null;
  return {
    ms: parseTimeText(found[1] ?? '', localZoneMinutes),
    end: found[0].length,
    level: found[3] ?? '',
    thread: found[2] ?? '',
  };
}

function addTrace(fields: Record<string, FieldValue>, lines: readonly string[]): void {
  let frames = 0;
  const causes: string[] = [];
  for (const line of lines.slice(0, traceLinesMax)) {
    if (/^\s+(?:at |\.\.\. \d)/.test(line)) {
      frames++;
      continue;
    }
    const found = line.length > 2_000 ? null : exception.exec(line.trimStart());
    if (found === null) continue;
    if (fields['exception.type'] === undefined) {
      fields['exception.type'] = found[1] ?? '';
      if (found[2] !== undefined) fields['exception.message'] = found[2];
    } else if (line.startsWith('Caused by: ')) causes.push(found[1] ?? '');
  }
  if (causes.length > 0) fields['exception.causes'] = causes;
  if (frames > 0) fields.stack = lines.join('\n');
}

/** Zimbra's audit.log and mailbox.log: who, from where, in a bracket of its own. */
const zimbraNames: Readonly<Record<string, string>> = {
  name: 'user',
  oip: 'src_ip',
  ip: 'src_ip',
  oport: 'src_port',
  port: 'port',
  ua: 'user_agent',
};
const zimbraCommand = /(?:^|- )(?:security - )?cmd=([A-Za-z]{2,40}); ?(.*)$/;

function addZimbra(fields: Record<string, FieldValue>, facts: string, words: string): void {
  for (const pair of facts.split(';')) {
    const equals = pair.indexOf('=');
    if (equals <= 0) continue;
    const name = pair.slice(0, equals);
    const target = zimbraNames[name] ?? name;
    // `oip` is the one who asks; `ip` may be a proxy of ours.
    if (fields[target] === undefined || name === 'oip') setField(fields, target, pair.slice(equals + 1));
  }
  const command = zimbraCommand.exec(words.slice(0, 4_000));
  if (command !== null) {
    fields.command = command[1] ?? '';
    for (const pair of (command[2] ?? '').split(';')) {
      const [name = '', value] = pair.trim().split('=', 2);
      if (value === undefined) continue;
      if (name === 'account') fields.user = value;
      else if (name === 'error') fields.why = value;
      else if (/^[a-zA-Z]{1,30}$/.test(name) && fields[name] === undefined) fields[name] = value;
    }
  }
  const failed = /authentication failed for \[([^\]]{0,255})\](?:, (.{0,200}))?/.exec(words.slice(0, 4_000));
  if (failed !== null) {
    fields.user = failed[1] ?? '';
    if (failed[2] !== undefined) fields.why ??= failed[2];
  }
  const isLogin = failed !== null || fields.command === 'Auth' || fields.command === 'AdminAuth';
  if (isLogin) {
    fields.action = 'mail_login';
    fields.outcome = failed !== null || fields.why !== undefined ? 'failure' : 'success';
  }
}

/**
 * Java's logs as Tomcat, log4j, logback and Spring Boot write them by themselves, a stack trace of several lines with its
 * exception and causes; with Zimbra's bracket of facts it is Zimbra's.
 */
function parseJava(text: string): ParseOutcome {
  const head = timeOf(text);
  if (head === null) return notUnderstood('java-head');
  const lines = text.slice(head.end).split('\n');
  let words = lines[0] ?? '';
  const fields: Record<string, FieldValue> = { level: head.level };
  if (head.thread !== '') fields.thread = head.thread;
  const named = bracket.exec(words);
  if (named !== null) {
    if (named[1] !== undefined) fields.pid = named[1];
    fields.thread = (named[2] ?? '').trim();
    words = words.slice(named[0].length);
  }
  const facts = zimbraFacts.exec(words);
  if (facts !== null) words = words.slice(facts[0].length);
  const by = facts === null ? logger.exec(words) : null;
  if (by !== null) {
    fields.logger = by[1] ?? '';
    words = words.slice(by[0].length);
  }
  fields.message = words;
  if (lines.length > 1) addTrace(fields, lines.slice(1));
  if (facts === null) return understood({ parser: 'java', timeMs: head.ms, message: words, fields });
  addZimbra(fields, facts[1] ?? '', words);
  return understood({ parser: 'zimbra', timeMs: head.ms, program: 'zimbra', message: words, fields });
}

const lines: JoinRule = { isStart: (line) => timeOf(line) !== null };

export const javaFormat: LineFormat = {
  id: 'java',
  starts: '0123456789',
  looksLike: (text) => {
    const dash = text.charCodeAt(4) === 45 || text.charCodeAt(2) === 45;
    const head = dash ? timeOf(text) : null;
    return head !== null && !syslogTag.test(text.slice(head.end, head.end + 80));
  },
  isGuess: true,
  parse: parseJava,
  lines,
};

export const zimbraFormat: LineFormat = { id: 'zimbra', starts: '', looksLike: null, parse: parseJava, lines };
