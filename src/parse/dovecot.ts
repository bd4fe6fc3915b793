import type { FieldValue } from '../model/event.ts';
import type { BodyFormat } from './format.ts';

const head =
  /^(imap|pop3|managesieve|submission|lmtp|auth|auth-worker|lda|sieve)(?:-login)?(?:\([^)]{0,255}\))?(?:<[^>]{0,64}>)?(?:<[^>]{0,64}>)?: /;
const account = /^[a-z0-9-]{1,20}\(([^,)]{1,255})\)/;
const pair = /(?:^|, | )(user|method|rip|lip|rport|lport|mpid|session|service)=(?:<([^>]*)>|([^, ]*))/g;
const names: Readonly<Record<string, string>> = {
  rip: 'src_ip',
  lip: 'dst_ip',
  rport: 'src_port',
  lport: 'dst_port',
  method: 'auth_method',
};
const worker =
  /^(?:conn \S{1,80}: )?(?:auth-worker<\d{1,10}>: )?([a-z]{2,20})\(([^,)]{0,255})(?:,([0-9a-fA-F.:]{2,45}))?(?:,<[^>]{0,64}>)?\): (.*)/;

/** Dovecot: logins and failed ones of IMAP, POP3, ManageSieve, and what its password databases say. */
function words(body: string): Record<string, FieldValue> | null {
  const found = head.exec(body);
  if (found === null) return null;
  const rest = body.slice(found[0].length);
  const fields: Record<string, FieldValue> = { service: found[1] ?? '' };
  if (found[1] === 'auth' || found[1] === 'auth-worker') {
    const said = worker.exec(rest);
    if (said === null) return null;
    const [, database = '', user = '', ip, why = ''] = said;
    Object.assign(fields, { database, why });
    if (user !== '') fields.user = user;
    if (ip !== undefined) fields.src_ip = ip;
    if (/unknown user|fail|mismatch|expired|disabled/i.test(why))
      Object.assign(fields, { action: 'mail_login', outcome: 'failure' });
    return fields;
  }
  for (const [, name = '', quoted, bare] of rest.slice(0, 2_000).matchAll(pair)) {
    const value = quoted ?? bare ?? '';
    if (value !== '') fields[names[name] ?? name] = value;
  }
  const of = fields.user === undefined ? account.exec(body) : null;
  if (of !== null) fields.user = of[1] ?? '';
  if (rest.startsWith('Login: ')) Object.assign(fields, { action: 'mail_login', outcome: 'success' });
  else if (
    /^(?:Aborted login|Disconnected|Login aborted|Maximum number)/.test(rest) &&
    /auth failed|tried to use/.test(rest)
  )
    Object.assign(fields, { action: 'mail_login', outcome: 'failure' });
  else if (/^(?:Disconnected|Logged out|Connection closed)/.test(rest)) fields.action = 'mail_logout';
  return fields;
}

export const dovecotBody: BodyFormat = { id: 'dovecot', programs: ['dovecot'], looksLike: null, words };
