import type { FieldValue } from '../model/event.ts';
import type { BodyFormat } from './format.ts';
import { readPairs } from './key-values.ts';

const head = /^(?<module>pam_[a-z0-9_]{1,40})\((?<service>[^:)]{1,80}):(?<stage>[a-z_]{1,20})\): /;
const session = /^session (opened|closed) for user ([^\s(]+)(?:\(uid=(\d+)\))?(?: by (?:([^\s(]*))?\(uid=(\d+)\))?/;
const more = /^PAM (\d{1,9}) more authentication failures?; /;

/** `logname= uid=0 euid=0 tty=ssh ruser= rhost=… user=…` behind an authentication failure. */
function failure(text: string): Record<string, FieldValue> {
  const fields: Record<string, FieldValue> = { action: 'authentication', outcome: 'failure' };
  readPairs(text, 0, 12, (name, value) => {
    if (value === '') return;
    if (name === 'rhost') fields.src_ip = value;
    else if (name === 'user') fields.user = value;
    else if (name === 'uid' || name === 'euid' || name === 'tty' || name === 'ruser' || name === 'logname')
      fields[name] = value;
  });
  return fields;
}

function stageWords(text: string): Record<string, FieldValue> | null {
  const opened = session.exec(text);
  if (opened !== null) {
    const [, verb, target = '', , by = '', byId] = opened;
    const fields: Record<string, FieldValue> = {
      user: by === '' ? target : by,
      target_user: target,
      action: verb === 'opened' ? 'session_opened' : 'session_closed',
      outcome: 'success',
    };
    if (byId !== undefined) fields.user_id = byId;
    return fields;
  }
  if (text.startsWith('authentication failure;')) return failure(text.slice(23));
  if (text.startsWith('password changed for '))
    return { user: text.slice(21).trim(), action: 'password_changed', outcome: 'success' };
  const unknown = /^check pass; user unknown/.test(text);
  if (unknown) return { action: 'authentication', outcome: 'failure', why: 'user unknown' };
  const unmet = /^requirement "[^"]*" (not met|was met) by user "([^"]*)"/.exec(text);
  if (unmet !== null)
    return { user: unmet[2] ?? '', action: 'account_check', outcome: unmet[1] === 'not met' ? 'failure' : 'success' };
  const locked =
    /^(?:Consecutive login failures for user|user) (\S+) (?:account temporarily locked|\(\d+\) has .* locked)/.exec(
      text,
    );
  if (locked !== null) return { user: locked[1] ?? '', action: 'account_locked', outcome: 'failure' };
  return null;
}

/** What PAM's modules say, whichever program they speak through (Linux-PAM modules/pam_*). */
export const pamBody: BodyFormat = {
  id: 'pam',
  programs: [],
  looksLike: (body) => body.startsWith('pam_') || body.startsWith('PAM '),
  words: (body) => {
    const again = more.exec(body);
    if (again !== null) return { ...failure(body.slice(again[0].length)), repeated: Number(again[1]) };
    const found = head.exec(body);
    if (found === null) return null;
    const said = stageWords(body.slice(found[0].length));
    const { module = '', service = '', stage = '' } = found.groups ?? {};
    return said === null ? null : { ...said, pam_module: module, pam_service: service, pam_stage: stage };
  },
};
