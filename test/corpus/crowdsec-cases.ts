import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FieldValue, NormalisedEvent } from '../../src/model/event.ts';
import { localZoneMinutes, monthOf } from '../../src/model/event-time.ts';
import { ecsOf } from '../../src/normalise/ecs.ts';
import { readLine } from '../harness/read-line.ts';

/** Test lines of CrowdSec's hub with what its own parsers must find in them. */
export const hub: string = join(import.meta.dirname, '../../../shared/corpora/crowdsec_hub_mit');
export const hubIsThere: boolean = existsSync(join(hub, 'parser_cases.jsonl'));

interface Case {
  readonly test: string;
  readonly parser: string;
  readonly expected: {
    readonly Parsed?: Readonly<Record<string, string>>;
    readonly Meta?: Readonly<Record<string, string>>;
  };
}

export interface HubMiss {
  readonly what: string;
  readonly want: string;
  readonly got: string;
  readonly line: string;
  readonly event: NormalisedEvent;
}

export interface HubResult {
  lines: number;
  /** Lines in which everything asserted is as asserted. */
  right: number;
  readonly compared: Record<string, number>;
  readonly misses: HubMiss[];
  /** Sources and users asked of the view under ECS names, and what it has otherwise. */
  ecsAsked: number;
  readonly ecsMisses: string[];
}

const receivedTimeMs = Date.UTC(2023, 6, 1);

/**
 * The families whose format is ours to read (docs/formats.md), by the hub's parser, with the parser a source of that kind
 * is pinned to; '' where a look at the line is enough.
 */
export const claimed: Readonly<Record<string, string>> = {
  'a1ad/mikrotik-logs': '',
  'bunkerity/bunkerweb-logs': '',
  'crowdsecurity/apache2-logs': '',
  'crowdsecurity/dovecot-logs': '',
  'crowdsecurity/haproxy-logs': '',
  'crowdsecurity/mariadb-logs': '',
  'crowdsecurity/modsecurity': '',
  'crowdsecurity/mysql-logs': 'mysql',
  'crowdsecurity/nginx-logs': '',
  'crowdsecurity/opnsense-gui-logs': '',
  'crowdsecurity/palo-alto-threat-log': '',
  'crowdsecurity/pkexec-logs': '',
  'crowdsecurity/sshd-logs': '',
  'crowdsecurity/sshd-success-logs': '',
  'crowdsecurity/supabase-docker-pgsql': '',
  'crowdsecurity/suricata-evelogs': '',
  'crowdsecurity/suricata-fastlogs': '',
  'firewallservices/pf-logs': '',
  'firewallservices/pf-logs-drop': '',
  'firewallservices/zimbra-logs': '',
  'mstilkerich/bind9': '',
  'vsftpd-logs': '',
};

/** Not nginx's own formats but those that nginx-proxy-manager sets; their lines are kept, not claimed. */
const otherFormats: ReadonlySet<string> = new Set(['nginx_http-catch-npm']);

export function linesOf(test: string): readonly string[] {
  const folder = join(hub, 'tests', test);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line.trim() !== '');
}

function first(fields: Readonly<Record<string, FieldValue>>, names: readonly string[]): string {
  for (const name of names) {
    const value = fields[name];
    if (value !== undefined && value !== null && value !== '') return String(Array.isArray(value) ? value[0] : value);
  }
  return '';
}

/** A time as an instant, or as the clock of the province when it has neither year nor zone. */
function timeMatches(want: string, gotMs: number): boolean {
  const clf = /^(\d\d)\/(\w{3})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)$/.exec(want);
  if (clf !== null)
    return (
      Date.parse(
        `${clf[3]}-${String(monthOf(clf[2] ?? '')).padStart(2, '0')}-${clf[1]}T${clf[4]}${clf[5]}:${clf[6]}`,
      ) === gotMs
    );
  const local = new Date(gotMs + localZoneMinutes * 60_000).toISOString();
  const bsd = /^(\w{3}) +(\d{1,2}) (\d\d:\d\d:\d\d)$/.exec(want);
  if (bsd !== null)
    return (
      local.slice(5, 19) ===
      `${String(monthOf(bsd[1] ?? '')).padStart(2, '0')}-${(bsd[2] ?? '').padStart(2, '0')}T${bsd[3]}`
    );
  const zoned = Date.parse(want);
  return Math.abs(zoned - gotMs) < 1;
}

function isComparableTime(want: string): boolean {
  return (
    /^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}$/.test(want) ||
    /^\w{3} +\d{1,2} \d\d:\d\d:\d\d$/.test(want) ||
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?\d*(?:Z|[+-]\d\d:\d\d)$/.test(want)
  );
}

/** What the case says, under our words; only what it says. */
function wanted({ Parsed = {}, Meta = {} }: Case['expected']): Record<string, string> {
  const out: Record<string, string> = {
    time: Parsed.timestamp8601 ?? Parsed.time_local ?? Parsed.timestamp ?? '',
    source: Meta.source_ip ?? Parsed.src_ip ?? '',
    user: Meta.target_user ?? Meta.user ?? Meta.username ?? Meta.source_user ?? '',
    status: Meta.http_status ?? '',
    action: Meta.log_type?.startsWith('pf') === true ? (Parsed.action ?? '') : '',
  };
  if (!isComparableTime(out.time ?? '')) out.time = '';
  const type = `${Meta.log_type ?? ''} ${Meta.sub_type ?? ''}`;
  if (/fail/.test(type)) out.outcome = 'failure';
  else if (/success/.test(type)) out.outcome = 'success';
  return out;
}

function found(event: NormalisedEvent, want: Readonly<Record<string, string>>): Record<string, string> {
  const { fields } = event;
  // The hub calls whoever acts or is acted on the target; we have a name for each.
  const users = [fields.user, fields.target_user, fields['cs-username'], fields.acct].map((user) => String(user ?? ''));
  return {
    source: first(fields, ['src_ip', 'c-ip', 'src', 'SourceIp', 'IpAddress', 'id.orig_h', 'srcip']),
    user: users.find((user) => user === want.user) ?? users.find((user) => user !== '') ?? '',
    status: first(fields, ['sc-status']),
    action: first(fields, ['pf_action', 'action']),
    outcome: first(fields, ['outcome']),
  };
}

/** All cases by the hub's parser. */
export function compareHub(): ReadonlyMap<string, HubResult> {
  const results = new Map<string, HubResult>();
  const lines = new Map<string, readonly string[]>();
  for (const text of readFileSync(join(hub, 'parser_cases.jsonl'), 'utf8').trim().split('\n')) {
    const { test, parser, expected } = JSON.parse(text) as Case;
    if (!lines.has(test)) lines.set(test, linesOf(test));
    const message = expected.Parsed?.message ?? '';
    const times = [expected.Parsed?.timestamp8601, expected.Parsed?.timestamp].filter((time) => time !== undefined);
    const candidates = message === '' ? [] : (lines.get(test) ?? []).filter((each) => each.includes(message));
    // The same words may have been written more than once; the time tells them apart.
    const line = candidates.find((each) => times.some((time) => each.includes(time))) ?? candidates[0];
    if (line === undefined || otherFormats.has(test)) continue;
    const result = results.get(parser) ?? { lines: 0, right: 0, compared: {}, misses: [], ecsAsked: 0, ecsMisses: [] };
    results.set(parser, result);
    const event = readLine(line, claimed[parser] || 'auto', receivedTimeMs);
    const want = wanted(expected);
    const got = found(event, want);
    const ecs = ecsOf(event);
    for (const [name, value] of [
      ['source.ip', want.source],
      ['user.name', want.user],
    ] as const) {
      if (value === undefined || value === '') continue;
      result.ecsAsked += 1;
      if (ecs[name] !== value)
        result.ecsMisses.push(`${name} ${String(ecs[name])}, not ${value}: ${line.slice(0, 160)}`);
    }
    let isRight = true;
    for (const what in want) {
      const value = want[what] ?? '';
      if (value === '' || value === '-') continue;
      result.compared[what] = (result.compared[what] ?? 0) + 1;
      const same =
        what === 'time'
          ? event.eventTimeMs !== null && timeMatches(value, event.eventTimeMs)
          : value.toLowerCase() === got[what]?.toLowerCase();
      if (same) continue;
      isRight = false;
      result.misses.push({
        what,
        want: value,
        got: what === 'time' ? String(event.eventTimeMs) : (got[what] ?? ''),
        line,
        event,
      });
    }
    result.lines += 1;
    if (isRight) result.right += 1;
  }
  return results;
}
