import type { FieldValue } from '../model/event.ts';
import type { BodyFormat } from './format.ts';
import { readSentence, type Sentence, sentence } from './words.ts';

const names: Readonly<Record<string, string>> = {
  TTY: 'tty',
  PWD: 'pwd',
  USER: 'target_user',
  GROUP: 'target_group',
  HOST: 'sudo_host',
  ENV: 'env',
  COMMAND: 'command',
};

/** `user : [why ;] TTY=… ; PWD=… ; USER=… ; COMMAND=…` (sudo's logging.c); the command is last and may hold anything. */
function sudoWords(body: string): Record<string, FieldValue> | null {
  const colon = body.indexOf(' : ');
  if (colon <= 0) return null;
  const user = body.slice(0, colon).trim();
  if (user === '' || user.includes(' ') || user.includes(':')) return null;
  const fields: Record<string, FieldValue> = { user, action: 'sudo', outcome: 'success' };
  let rest = body.slice(colon + 3);
  if (rest.startsWith('(command continued)')) return { action: 'sudo_continued', command: rest.slice(20) };
  let said = false;
  while (rest !== '') {
    const isCommand = rest.startsWith('COMMAND=');
    const end = isCommand ? -1 : rest.indexOf(' ; ');
    const part = end < 0 ? rest : rest.slice(0, end);
    rest = end < 0 ? '' : rest.slice(end + 3);
    const equals = part.indexOf('=');
    const name = equals > 0 ? names[part.slice(0, equals)] : undefined;
    if (name !== undefined) {
      fields[name] = part.slice(equals + 1);
      said = true;
    } else if (fields.why === undefined) {
      fields.why = part;
      fields.outcome = 'failure';
    }
  }
  return said ? fields : null;
}

const suSentences: readonly Sentence[] = [
  sentence('(to ', /^\(to (?<target_user>[^)]*)\) (?<user>\S+) on (?<tty>\S+)/, 'su', 'success'),
  sentence('FAILED SU ', /^FAILED SU \(to (?<target_user>[^)]*)\) (?<user>\S+) on (?<tty>\S+)/, 'su', 'failure'),
  sentence('FAILED su for ', /^FAILED su for (?<target_user>\S+) by (?<user>\S+)/, 'su', 'failure'),
  sentence('Successful su for ', /^Successful su for (?<target_user>\S+) by (?<user>\S+)/, 'su', 'success'),
  sentence('+ ', /^\+ (?<tty>\S+) (?<user>[^:\s]+):(?<target_user>\S+)/, 'su', 'success'),
  sentence('- ', /^- (?<tty>\S+) (?<user>[^:\s]+):(?<target_user>\S+)/, 'su', 'failure'),
];

export const sudoBody: BodyFormat = { id: 'sudo', programs: ['sudo', 'sudo-rs'], looksLike: null, words: sudoWords };

export const suBody: BodyFormat = {
  id: 'su',
  programs: ['su', 'su-l'],
  looksLike: null,
  words: (body) => readSentence(suSentences, body),
};

const pkexecHead = /^([^:\s]{1,255}): /;
const pkexecTail = /^\[USER=([^\]]*)\] \[TTY=([^\]]*)\] \[CWD=([^\]]*)\] \[COMMAND=(.*)\]$/;

/** pkexec (polkit): who ran what as whom, or why it was refused. */
export const pkexecBody: BodyFormat = {
  id: 'pkexec',
  programs: ['pkexec'],
  looksLike: null,
  words: (body) => {
    const at = body.indexOf('[USER=');
    const head = at < 0 ? null : pkexecHead.exec(body);
    const tail = head === null ? null : pkexecTail.exec(body.slice(at));
    if (head === null || tail === null) return null;
    const why = body.slice(head[0].length, at).trim();
    const [, target_user = '', tty = '', pwd = '', command = ''] = tail;
    const outcome = why.startsWith('Executing command') ? 'success' : 'failure';
    return { user: head[1] ?? '', target_user, tty, pwd, command, why, action: 'pkexec', outcome };
  },
};
