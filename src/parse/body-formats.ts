import { accessLogBody } from './access-log.ts';
import { accountsBody } from './accounts.ts';
import { auditdBody } from './auditd.ts';
import { deviceBodies } from './device-formats.ts';
import { evtxXmlBody } from './evtx-xml.ts';
import type { BodyFormat } from './format.ts';
import { jsonBody } from './json-formats.ts';
import { keyValueBody } from './key-value.ts';
import { pamBody } from './pam.ts';
import { serverBodies } from './server-formats.ts';
import { sshdBody } from './sshd.ts';
import { pkexecBody, suBody, sudoBody } from './sudo.ts';
import { cronBody, systemdBody } from './system-words.ts';

/**
 * What may stand inside a syslog message. The program decides when it is one of a format's; otherwise they are asked in
 * this order whether the text looks like theirs. One line a format.
 */
export const bodyFormats: readonly BodyFormat[] = [
  jsonBody,
  evtxXmlBody,
  auditdBody,
  keyValueBody,
  accessLogBody,
  ...deviceBodies,
  ...serverBodies,
  sshdBody,
  sudoBody,
  suBody,
  pkexecBody,
  pamBody,
  accountsBody,
  cronBody,
  systemdBody,
];
