import type { FieldValue } from '../model/event.ts';
import type { BodyFormat } from './format.ts';
import { readSentence, type Sentence, sentence } from './words.ts';

const queueId = /^([0-9A-F]{6,16}|[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,20}|NOQUEUE): /;
const pair = /(?:^|[,;] ?| )([a-z][a-z_-]{1,30})=(?:<([^>]*)>|([^,; ]*))/g;
const pairsMax = 40;
const remote = /^(\S{1,255})\[([0-9a-fA-F.:]{2,45}|unknown)\](?::(\d{1,5}))?/;
const names: Readonly<Record<string, string>> = {
  from: 'mail_from',
  to: 'mail_to',
  sasl_username: 'user',
  'message-id': 'message_id',
};

const sentences: readonly Sentence[] = [
  sentence(
    'connect from ',
    /^connect from (?<src_host>[^[\s]*)\[(?<src_ip>[^\]]*)\](?::(?<src_port>\d{1,5}))?/,
    'smtp_connect',
  ),
  sentence(
    'disconnect from ',
    /^disconnect from (?<src_host>[^[\s]*)\[(?<src_ip>[^\]]*)\](?::(?<src_port>\d{1,5}))?/,
    'smtp_disconnect',
  ),
  sentence(
    'lost connection ',
    /^lost connection after (?<stage>\S+)(?: \(.{0,80}\))? from (?<src_host>[^[\s]*)\[(?<src_ip>[^\]]*)\]/,
    'smtp_disconnect',
  ),
  sentence(
    'warning: ',
    /^warning: (?<src_host>[^[\s]*)\[(?<src_ip>[^\]]*)\](?::\d{1,5})?: SASL (?<auth_method>\S+) authentication failed(?:: (?<why>[^,]*))?(?:, sasl_username=(?<user>\S+))?/,
    'smtp_login',
    'failure',
  ),
  sentence(
    'warning: non-SMTP',
    /^warning: non-SMTP command from (?<src_host>[^[\s]*)\[(?<src_ip>[^\]]*)\]: (?<command>.*)/,
    'smtp_probe',
    'failure',
  ),
  sentence(
    'Anonymous TLS',
    /^Anonymous TLS connection established from (?<src_host>[^[\s]*)\[(?<src_ip>[^\]]*)\]/,
    'smtp_tls',
  ),
];

/** `status=sent` and its like, in ECS's words for an outcome. */
const statuses: Readonly<Record<string, 'success' | 'failure'>> = {
  sent: 'success',
  bounced: 'failure',
  deferred: 'failure',
  expired: 'failure',
  undeliverable: 'failure',
};

/** Postfix: connections, logins, refusals, and `queue-id: name=<value>, …` of every hop. */
function words(body: string): Record<string, FieldValue> | null {
  const queued = queueId.exec(body);
  if (queued === null) return readSentence(sentences, body);
  const fields: Record<string, FieldValue> = { queue_id: queued[1] ?? '' };
  const rest = body.slice(queued[0].length);
  const isRefusal = /^(?:milter-)?reject(?:_warning)?: /.test(rest);
  if (isRefusal) {
    const from = rest.indexOf(' from ');
    const who = from < 0 ? null : remote.exec(rest.slice(from + 6));
    if (who !== null) {
      fields.src_host = who[1] ?? '';
      fields.src_ip = who[2] ?? '';
    }
    fields.action = 'mail_rejected';
    fields.outcome = 'failure';
    const code = /: ([245]\d\d) ([245]\.\d{1,3}\.\d{1,3} )?/.exec(rest);
    if (code !== null) fields.smtp_code = code[1] ?? '';
  }
  const pairs = isRefusal ? rest.slice(Math.max(0, rest.lastIndexOf('; from='))) : rest;
  let count = 0;
  for (const [, name = '', quoted, bare] of pairs.matchAll(pair)) {
    if (++count > pairsMax) break;
    const field = names[name] ?? name;
    if (fields[field] === undefined) fields[field] = quoted ?? bare ?? '';
  }
  const client = typeof fields.client === 'string' ? remote.exec(fields.client) : null;
  if (client !== null) {
    fields.src_host = client[1] ?? '';
    fields.src_ip = client[2] ?? '';
    fields.action = 'mail_received';
  }
  if (typeof fields.status === 'string') {
    fields.action = 'mail_delivery';
    const outcome = statuses[fields.status];
    if (outcome !== undefined) fields.outcome = outcome;
  }
  return Object.keys(fields).length > 1 ? fields : null;
}

export const postfixBody: BodyFormat = { id: 'postfix', programs: ['postfix'], looksLike: null, words };
