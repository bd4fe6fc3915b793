import type { FieldValue, NormalisedEvent } from '../model/event.ts';
import { auditdAction } from './ecs-auditd.ts';
import { ecsDnsSources, ecsSources } from './ecs-names.ts';
import { ownField } from './selector.ts';

/** The Elastic Common Schema's view of an event: what it has under ECS's names, never empty. */
export type EcsView = Record<string, FieldValue>;

const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]{1,45})$/;

/** Names that say success or failure, in the words of many sources. */
const succeeded: ReadonlySet<string> = new Set([
  ...['success', 'succeeded', 'successful', 'yes', 'ok', 'true', 'granted', 'accepted', 'allowed', 'sent'],
  ...['audit success', 'audit_success', 'pass', 'thanh-cong', 'thanh_cong'],
]);
const failed: ReadonlySet<string> = new Set([
  ...[
    'failure',
    'failed',
    'fail',
    'no',

    'false',
    'denied',
    'rejected',
    'refused',
    'error',
    'bounced',

    'deny',
  ],
  ...['audit failure', 'audit_failure', 'blocked', 'that-bai', 'that_bai'],
]);

/** Fields that hold an outcome, the plainest first. */
const outcomeNames: readonly string[] = ['outcome', 'event.outcome', 'result', 'res', 'Status', 'EventResult'];

function isGiven(value: FieldValue | undefined): value is FieldValue {
  return value !== undefined && value !== null && value !== '' && value !== '-' && value !== '?';
}

function first(fields: Readonly<Record<string, FieldValue>>, names: readonly string[]): FieldValue | undefined {
  for (const name of names) {
    const value = ownField(fields, name);
    if (isGiven(value)) return value;
  }
  return undefined;
}

/** An address without brackets and zone; '' when the value is none. */
function bareAddress(value: FieldValue | undefined): string {
  if (typeof value !== 'string' || value.length > 64) return '';
  const bare = value.replace(/^\[|\]$/g, '').replace(/%[\w.-]{1,32}$/, '');
  return address.test(bare) ? bare : '';
}

function firstAddress(fields: Readonly<Record<string, FieldValue>>, names: readonly string[]): string {
  for (const name of names) {
    const found = bareAddress(ownField(fields, name));
    if (found !== '') return found;
  }
  return '';
}

function httpOutcome(status: FieldValue | undefined): string {
  const code = Number(status);
  return Number.isInteger(code) && code >= 100 && code < 600 ? (code < 400 ? 'success' : 'failure') : '';
}

function outcomeOf(fields: Readonly<Record<string, FieldValue>>, eventId: string): string {
  for (const name of outcomeNames) {
    const value = ownField(fields, name);
    if (!isGiven(value) || typeof value === 'object') continue;
    const word = String(value).toLowerCase();
    // Only auditd's figures have a sense of their own: elsewhere 0 is as often success.
    if (succeeded.has(word) || (name === 'res' && word === '1')) return 'success';
    if (failed.has(word) || (name === 'res' && word === '0')) return 'failure';
  }
  const http = httpOutcome(first(fields, ecsSources['http.response.status_code'] ?? []));
  if (http !== '') return http;
  const keywords = String(ownField(fields, 'Keywords') ?? '').toLowerCase();
  if (keywords.startsWith('0x802')) return 'success';
  if (keywords.startsWith('0x801')) return 'failure';
  return eventId === '4624' ? 'success' : eventId === '4625' ? 'failure' : '';
}

/** ECS categories by Sigma's words for where an event comes from; the first that is among its tags counts. */
const categories: readonly (readonly [tag: string, category: string])[] = [
  ['process_creation', 'process'],
  ['network_connection', 'network'],
  ['file_event', 'file'],
  ['registry_set', 'registry'],
  ['webserver', 'web'],
  ['proxy', 'web'],
  ['dns', 'network'],
  ['dhcp', 'network'],
  ['firewall', 'network'],
  ['antivirus', 'malware'],
  ['database', 'database'],
  ['mail', 'email'],
  ['sshd', 'authentication'],
  ['sudo', 'authentication'],
  ['auth', 'authentication'],
  ['security', 'authentication'],
];

function categoryOf({ logsource }: NormalisedEvent): string {
  for (const [tag, category] of categories) {
    if (logsource.categories.includes(tag) || logsource.services.includes(tag)) return category;
  }
  return '';
}

/**
 * An event under the names of the Elastic Common Schema, for people who come from Elastic: an alias beside the event's own
 * names, made when asked and never stored. Only what the event has is there. Outcome and action are put into ECS's words.
 */
export function ecsOf(event: NormalisedEvent): EcsView {
  const { fields } = event;
  const view: EcsView = {};
  if (event.eventTimeMs !== null) view['@timestamp'] = new Date(event.eventTimeMs).toISOString();
  for (const name in ecsSources) {
    const sources = ecsSources[name] ?? [];
    if (name.endsWith('.ip')) {
      const found = firstAddress(fields, sources);
      if (found !== '') view[name] = found;
      continue;
    }
    const value = first(fields, sources);
    if (value === undefined) continue;
    view[name] = name.endsWith('.port') && /^\d{1,5}$/.test(String(value)) ? Number(value) : value;
  }
  if (event.logsource.categories.includes('dns')) {
    for (const name in ecsDnsSources) {
      const value = first(fields, ecsDnsSources[name] ?? []);
      if (value !== undefined) view[name] ??= value;
    }
  }
  if (event.parser === 'auditd' || event.parser.endsWith('+auditd')) view['event.action'] = auditdAction(fields);
  const outcome = outcomeOf(fields, String(ownField(fields, 'EventID') ?? ''));
  if (outcome !== '') view['event.outcome'] = outcome;
  const category = categoryOf(event);
  if (category !== '') view['event.category'] = category;
  if (event.logsource.product !== null) view['event.module'] = event.logsource.product;
  if (event.host !== '') view['host.name'] = event.host;
  if (event.message !== '') view.message = event.message;
  return view;
}
