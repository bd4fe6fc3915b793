import type { FieldValue } from '../model/event.ts';
import type { BodyFormat } from './format.ts';
import { readSentence, type Sentence, sentence } from './words.ts';

/** What OpenSSH's server says of logins and connections (openssh-portable auth.c, auth2.c, packet.c, sshd.c). */
const sentences: readonly Sentence[] = [
  sentence(
    'Accepted ',
    /^Accepted (?<auth_method>\S+) for (?<user>.*) from (?<src_ip>\S+) port (?<src_port>\d{1,5})(?: ssh2)?(?:: (?<key>.*))?/,
    'ssh_login',
    'success',
  ),
  sentence(
    'Failed ',
    /^Failed (?<auth_method>\S+) for (?:invalid user |illegal user )?(?<user>.*) from (?<src_ip>\S+) port (?<src_port>\d{1,5})/,
    'ssh_login',
    'failure',
  ),
  sentence(
    'I',
    /^(?:Invalid|Illegal|input_userauth_request: invalid) user (?<user>.*) from (?<src_ip>\S+)(?: port (?<src_port>\d{1,5}))?/,
    'ssh_login',
    'failure',
  ),
  sentence('input_userauth_request: ', /^input_userauth_request: invalid user (?<user>\S*)/, 'ssh_login', 'failure'),
  sentence('User ', /^User (?<user>.*) (?:from (?<src_ip>\S+) )?not allowed because/, 'ssh_login', 'failure'),
  sentence(
    'ROOT LOGIN REFUSED',
    /^ROOT LOGIN REFUSED FROM (?<src_ip>\S+)(?: port (?<src_port>\d{1,5}))?/,
    'ssh_login',
    'failure',
  ),
  sentence(
    'error: ',
    /^error: (?:PAM: .{1,80}|maximum authentication attempts exceeded) for (?:invalid user |illegal user )?(?<user>.*) from (?<src_ip>\S+)(?: port (?<src_port>\d{1,5}))?/,
    'ssh_login',
    'failure',
  ),
  sentence(
    'Disconnecting',
    /^Disconnecting (?:authenticating |invalid )?user (?<user>.*) (?<src_ip>\S+) port (?<src_port>\d{1,5}): Too many/,
    'ssh_login',
    'failure',
  ),
  // Gone before the login came to an end: it failed. The tries before it have lines of their own.
  sentence(
    'Connection ',
    /^Connection (?:closed|reset) by authenticating user (?<user>.*) (?<src_ip>[0-9a-fA-F.:]+) port (?<src_port>\d{1,5}) \[preauth\]/,
    'ssh_disconnect',
    'failure',
  ),
  sentence(
    'Disconnected ',
    /^Disconnected from authenticating user (?<user>.*) (?<src_ip>[0-9a-fA-F.:]+) port (?<src_port>\d{1,5}) \[preauth\]/,
    'ssh_disconnect',
    'failure',
  ),
  sentence(
    'Connection ',
    /^Connection (?:closed|reset) by (?:(?:authenticating|invalid) user (?<user>.*) )?(?<src_ip>[0-9a-fA-F.:]+)(?: port (?<src_port>\d{1,5}))?/,
    'ssh_disconnect',
  ),
  sentence(
    'Disconnected ',
    /^Disconnected from (?:(?:(?:authenticating |invalid )?user) (?<user>.*) )?(?<src_ip>[0-9a-fA-F.:]+) port (?<src_port>\d{1,5})/,
    'ssh_disconnect',
  ),
  sentence(
    'Received disconnect ',
    /^Received disconnect from (?<src_ip>[0-9.]+|[0-9a-fA-F:.]+?)(?: port (?<src_port>\d{1,5}))?:/,
    'ssh_disconnect',
  ),
  sentence('Connection from ', /^Connection from (?<src_ip>\S+) port (?<src_port>\d{1,5})/, 'ssh_connect'),
  sentence(
    'Did not receive identification string',
    /^Did not receive identification string from (?<src_ip>\S+)(?: port (?<src_port>\d{1,5}))?/,
    'ssh_probe',
    'failure',
  ),
  sentence(
    'Bad protocol version',
    /^Bad protocol version identification .* from (?<src_ip>\S+)(?: port (?<src_port>\d{1,5}))?/,
    'ssh_probe',
    'failure',
  ),
  sentence(
    'reverse mapping checking',
    /^reverse mapping checking getaddrinfo for \S+ \[(?<src_ip>[^\]]*)\]/,
    'ssh_connect',
  ),
  sentence('subsystem request', /^subsystem request for (?<subsystem>\S+) by user (?<user>\S+)/, 'ssh_subsystem'),
  sentence('Server listening', /^Server listening on (?<dst_ip>\S+) port (?<dst_port>\d{1,5})/, 'ssh_listen'),
];

const repeated = /^message repeated (\d{1,9}) times: \[ (.*)\]$/;

function words(body: string): Record<string, FieldValue> | null {
  const again = body.startsWith('message repeated ') ? repeated.exec(body) : null;
  if (again === null) return readSentence(sentences, body);
  const said = readSentence(sentences, again[2] ?? '');
  return said === null ? null : { ...said, repeated: Number(again[1]) };
}

/** Messages of OpenSSH's server. */
export const sshdBody: BodyFormat = { id: 'sshd', programs: ['sshd', 'sshd-session'], looksLike: null, words };
