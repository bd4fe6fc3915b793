import { accessLogBody } from './access-log.ts';
import { auditdBody } from './auditd.ts';
import type { BodyFormat } from './format.ts';
import { jsonBody } from './json-formats.ts';
import { keyValueBody } from './key-value.ts';

/**
 * What may stand inside a syslog message. The program decides when it is one of a format's; otherwise they are asked in
 * this order whether the text looks like theirs. One line a format.
 */
export const bodyFormats: readonly BodyFormat[] = [jsonBody, auditdBody, keyValueBody, accessLogBody];
