import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { NormalisedEvent } from '../../src/model/event.ts';
import { readLine } from '../harness/read-line.ts';

const corpora = new URL('../../../shared/corpora/', import.meta.url).pathname;
const isThere = existsSync(corpora);
if (!isThere) console.log('skipped: ../shared/corpora is not on this machine');

const received = Date.UTC(2026, 10, 22, 5);

function files(folder: string, ending: string): string[] {
  const all: string[] = readdirSync(join(corpora, folder), { recursive: true, encoding: 'utf8' });
  const named = all.filter((name) => name.endsWith(ending)).map((name) => join(corpora, folder, name));
  return named.filter((file) => statSync(file).isFile());
}

function linesOf(file: string): string[] {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text.split('\n').filter((line) => line.trim() !== '');
}

function* eventsOf(folder: string, ending: string): Generator<{ line: string; event: NormalisedEvent; file: string }> {
  for (const file of files(folder, ending))
    for (const line of linesOf(file)) yield { line, event: readLine(line, 'auto', received), file };
}

/** What a line came to, counted. */
function count(folder: string, ending: string, key: (event: NormalisedEvent) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { event } of eventsOf(folder, ending)) counts[key(event)] = (counts[key(event)] ?? 0) + 1;
  return counts;
}

const outcome = (event: NormalisedEvent): string => `${event.parser} ${event.parseStatus}`;

describe.skipIf(!isThere)('real logs', () => {
  it('evtx_to_mitre: every event is read, timed, hosted and tagged by its channel', () => {
    const services: Record<string, number> = {};
    const categories: Record<string, number> = {};
    let count = 0;
    for (const { event } of eventsOf('evtx_to_mitre_cc0', '.jsonl')) {
      count++;
      expect(event).toMatchObject({ parser: 'evtx-json', parseStatus: 'parsed', logsource: { product: 'windows' } });
      expect([event.eventTimeMs === null, event.host === '', event.message === '']).toEqual([false, false, false]);
      const service = event.logsource.services.join('/');
      services[service] = (services[service] ?? 0) + 1;
      for (const category of event.logsource.categories) categories[category] = (categories[category] ?? 0) + 1;
    }
    expect(count).toBe(10_015);
    expect(services).toMatchObject({
      security: 7_607,
      system: 843,
      windefend: 465,
      powershell: 329,
      'powershell-classic': 197,
      application: 145,
      sysmon: 113,
      openssh: 20,
      'printservice-operational': 16,
      'printservice-admin': 9,
      'bits-client': 11,
      'dns-server': 7,
      'firewall-as': 5,
      'msexchange-management': 4,
      capi2: 3,
    });
    // No Sigma service names these: a WinINet channel, and one event without a channel.
    expect(services['']).toBe(11);
    expect(Object.keys(categories).sort()).toEqual([
      'antivirus',
      'dns_query',
      'file_event',
      'image_load',
      'network_connection',
      'pipe_created',
      'process_access',
      'process_creation',
      'ps_classic_provider_start',
      'ps_classic_start',
      'ps_module',
      'ps_script',
      'registry_add',
      'registry_event',
      'registry_set',
      'wmi_event',
    ]);
    expect(categories.process_creation).toBeGreaterThan(100);
    expect(categories.ps_script).toBeGreaterThan(100);
  });

  it('regression positives: each event lies in the logsource of the rule it must hit', () => {
    const wanted = new Map<string, string>();
    for (const file of files('sigmahq', '.yml')) {
      const id = /^id: (\S+)/m.exec(readFileSync(file, 'utf8'))?.[1];
      if (id !== undefined) wanted.set(id, file);
    }
    let checked = 0;
    for (const line of linesOf(join(corpora, 'sigma_regression_drl/positives.jsonl'))) {
      const positive = JSON.parse(line) as { rule_id: string; event: unknown };
      const { logsource } = readLine(JSON.stringify(positive.event), 'auto', received);
      const rule = readFileSync(wanted.get(positive.rule_id) ?? '', 'utf8');
      const dimension = (name: string): string => new RegExp(`^ {4}${name}: *(\\S+)`, 'm').exec(rule)?.[1] ?? '';
      expect([dimension('product'), logsource.product]).toEqual(['windows', 'windows']);
      if (dimension('category') !== '') expect(logsource.categories).toContain(dimension('category'));
      if (dimension('service') !== '') expect(logsource.services).toContain(dimension('service'));
      checked++;
    }
    expect(checked).toBe(140);
  });

  it('otrf: NXLog events get provider, computer and tags', () => {
    for (const { event } of eventsOf('otrf_mit', '.jsonl.gz')) {
      expect(event.parseStatus).toBe('parsed');
      expect(event.logsource.product).toBe('windows');
      expect(event.logsource.services).not.toEqual([]);
      expect(event.fields.Computer).toBe(event.host);
      expect(event.eventTimeMs).not.toBeNull();
    }
    expect(count('otrf_mit', '.jsonl.gz', outcome)).toEqual({ 'nxlog-json parsed': 12_535, 'json parsed': 487 });
  });

  it('benign Windows logs and a whole host capture are read whole', () => {
    expect(count('evtx_rs_benign_mit', '.jsonl', outcome)).toEqual({ 'evtx-json parsed': 5_136 });
    expect(count('splunk_attack_data_apache2', '.jsonl', outcome)).toEqual({ 'evtx-json parsed': 3_102 });
    expect(count('splunk_attack_data_apache2', '.jsonl.gz', outcome)).toEqual({ 'nxlog-json parsed': 8_220 });
  });

  it('lanes: fields are exactly what the line holds', () => {
    let count = 0;
    for (const { line, event } of eventsOf('lanes', '.ndjson.gz')) {
      const object = JSON.parse(line) as Record<string, unknown>;
      const inner = object.userIdentity as Record<string, unknown> | undefined;
      const flat = Object.fromEntries(
        Object.entries(object).flatMap(([name, value]) =>
          name === 'userIdentity'
            ? Object.entries(inner ?? {}).map(([key, v]) => [`userIdentity.${key}`, v])
            : [[name, value]],
        ),
      );
      if (JSON.stringify(event.fields) !== JSON.stringify(flat)) expect(event.fields).toEqual(flat);
      if (event.logsource.product !== object.product) expect(event.logsource.product).toBe(object.product);
      count++;
    }
    expect(count).toBe(50_000);
  });

  it('an access log of ten thousand lines: one line, with a quote never closed, is partly understood', () => {
    const statuses: Record<string, number> = {};
    for (const { event } of eventsOf('elastic_examples_apache2', 'access_10k.log')) {
      statuses[outcome(event)] = (statuses[outcome(event)] ?? 0) + 1;
      expect(event.logsource.categories).toEqual(['webserver']);
      expect(typeof event.fields['sc-status']).toBe('number');
      expect(event.fields['c-ip']).toMatch(/^[\da-f.:]+$/);
      expect(event.fields['cs-method']).toMatch(/^(GET|POST|HEAD|OPTIONS)$/);
      expect(event.eventTimeMs).not.toBeNull();
    }
    expect(statuses).toEqual({ 'access parsed': 9_999, 'access partial': 1 });
  });

  it('an auth.log: every line is syslog, the logins are under sshd', () => {
    let failed = 0;
    let accepted = 0;
    for (const { event } of eventsOf('elastic_examples_apache2', 'auth_7k.log')) {
      expect(event.parser).toMatch(/^syslog-3164(?:$|\+)/);
      expect(event).toMatchObject({ host: 'ip-10-77-20-248', logsource: { product: 'linux' } });
      const text = String(event.fields.message);
      const isSshd = event.logsource.services.includes('sshd');
      if (isSshd && /^(?:Failed|Invalid user)/.test(text)) failed++;
      if (isSshd && text.startsWith('Accepted')) accepted++;
    }
    // Lines that begin so; another 84 stand inside sshd's "message repeated".
    expect([failed, accepted]).toEqual([810, 226]);
  });

  it('syslog edge cases: what is read is timed, the rest is kept raw, nothing throws', () => {
    const counts: Record<string, Record<string, number>> = {};
    for (const { event, file } of eventsOf('plaso_testlogs_apache2', '')) {
      const name = file.slice(file.lastIndexOf('/') + 1);
      const own = counts[name] ?? {};
      counts[name] = own;
      const header = event.parser.replace(/\+.*/, '');
      own[header] = (own[header] ?? 0) + 1;
      if (event.parser.startsWith('syslog')) expect([name, event.eventTimeMs === null]).toEqual([name, false]);
      if (event.parser === 'raw') expect(event.fields.message).not.toBe('');
    }
    expect(counts).toMatchObject({
      syslog_rsyslog_SyslogProtocol23Format: { 'syslog-5424': 9 },
      syslog_rsyslog_SysklogdFileFormat: { 'syslog-3164': 9 },
      syslog_rsyslog: { 'syslog-3164': 5 },
      'syslog_ssh.log': { 'syslog-3164': 9 },
      'syslog_cron.log': { 'syslog-3164': 9 },
      syslog_chromeos: { 'syslog-3164': 8 },
    });
    // Other formats that begin with a time, or with something like it, are not mistaken for syslog.
    for (const name of ['iis10.log', 'iis6.log', 'windows_firewall.log', 'dpkg.log', 'postgresql.log', 'cri.log']) {
      expect([name, counts[name]?.['syslog-3164']]).toEqual([name, undefined]);
    }
  });
});
