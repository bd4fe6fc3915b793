import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadMappings } from '../../src/compose/mappings.ts';
import { loadRuleDirs } from '../../src/detect/rule-files.ts';
import { readLine } from '../harness/read-line.ts';

const corpora = new URL('../../../shared/corpora/', import.meta.url).pathname;
const isThere = existsSync(corpora);
if (!isThere) console.log('skipped: ../shared/corpora is not on this machine');

const receivedTimeMs = Date.UTC(2026, 10, 22, 5);

interface Pair {
  readonly raw: string;
  readonly expected: Readonly<Record<string, unknown>>;
}

function pairs(module: string): readonly Pair[] {
  const file = path.join(corpora, 'beats_filebeat_oss_apache2/pairs', `${module}.jsonl`);
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Pair);
}

/** `product/categories/services` → how many lines; those of which nothing is known are left out. */
function tagsOf(lines: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of lines) {
    const { product, categories, services } = readLine(line, 'auto', receivedTimeMs).logsource;
    const key = `${product ?? '-'}/${categories.join('+')}/${services.join('+')}`;
    if (key !== '-//') counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

describe.skipIf(!isThere)('what the lines of others come to', () => {
  type Row = readonly [module: string, raw: Record<string, number>, ecs: Record<string, number>];
  const rows: readonly Row[] = [
    [
      'apache',
      { '-/webserver/': 23, 'apache/webserver/apache': 2, 'apache//apache': 14 },
      { 'apache/webserver/apache': 25, 'apache//apache': 14 },
    ],
    ['auditd', { 'linux//auditd': 245 }, { 'linux//auditd': 244, 'linux/driver_load/auditd': 1 }],
    ['iis', { '-/webserver/iis': 43 }, { '-/webserver/iis': 30, '-//iis': 13 }],
    ['nginx', { '-/webserver/': 58, 'nginx//nginx': 4 }, { 'nginx/webserver/nginx': 58, 'nginx//nginx': 4 }],
    [
      'system',
      {
        'linux//syslog+sshd+auth': 131,
        'linux//syslog': 108,
        'linux//syslog+sudo+auth': 79,
        'linux//syslog+auth': 2,
      },
      { 'linux//auth+sshd': 131, 'linux//syslog': 108, 'linux//auth+sudo': 78, 'linux//auth': 3 },
    ],
    ['traefik', { '-/webserver/': 7 }, { '-/webserver/': 7 }],
    ['haproxy', { 'haproxy/webserver/haproxy': 13, 'haproxy//haproxy': 2 }, { '-/proxy/': 15 }],
    ['mysql', { 'mysql/database/mysql': 251, 'mysql/database/mysql+slow-query': 42 }, { '-/database/mysql': 293 }],
    ['postgresql', { 'postgresql/database/postgresql': 450 }, { '-/database/postgresql': 450 }],
    ['mongodb', {}, { '-/database/mongodb': 44 }],
    ['santa', {}, { 'macos/process_creation/': 9, 'macos//': 1 }],
  ];
  it.each(rows)('%s: raw lines, and the ECS documents Filebeat makes of them', (module, raw, ecs) => {
    const all = pairs(module);
    expect(tagsOf(all.map((pair) => pair.raw))).toEqual(raw);
    expect(tagsOf(all.map((pair) => JSON.stringify(pair.expected)))).toEqual(ecs);
  });

  it('a raw web line and its ECS document say the same in Sigma’s words', () => {
    let compared = 0;
    for (const module of ['apache', 'nginx', 'iis', 'traefik']) {
      for (const { raw, expected } of pairs(module)) {
        const own = readLine(raw, 'auto', receivedTimeMs);
        if (!own.logsource.categories.includes('webserver') || own.parseStatus !== 'parsed') continue;
        const ecs = readLine(JSON.stringify(expected), 'auto', receivedTimeMs).fields;
        if (ecs['cs-method'] === undefined) continue;
        for (const name of ['cs-method', 'sc-status']) expect([raw, ecs[name]]).toEqual([raw, own.fields[name]]);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(90);
  });

  it('a raw audit record and its ECS document have the type and the program under the same names', () => {
    for (const { raw, expected } of pairs('auditd')) {
      const own = readLine(raw, 'auto', receivedTimeMs).fields;
      const ecs = readLine(JSON.stringify(expected), 'auto', receivedTimeMs).fields;
      expect([raw, ecs.type]).toEqual([raw, own.type]);
      if (own.exe !== undefined && ecs.exe !== undefined) expect([raw, ecs.exe]).toEqual([raw, own.exe]);
    }
  });

  it('nearly every SigmaHQ rule names only tags that some mapping yields', { timeout: 60_000 }, async () => {
    const { rules } = await loadRuleDirs([path.join(corpora, 'sigmahq')]);
    const all = (await loadMappings()).all.flatMap((mapping) => mapping.rules);
    const products = new Set(all.flatMap(({ product }) => product ?? []));
    const categories = new Set(all.flatMap((rule) => rule.categories ?? []));
    const services = new Set(all.flatMap((rule) => rule.services ?? []));
    const beyond = rules.filter(({ logsource: { product, category, service } }) => {
      const known = [
        product === null || products.has(product),
        category === null || categories.has(category),
        service === null || services.has(service),
      ];
      return known.includes(false);
    });
    expect(rules).toHaveLength(3_755);
    expect(beyond).toHaveLength(15);
    // Languages and frameworks whose logs have no form of their own, and a few devices.
    expect([...new Set(beyond.map(({ logsource }) => logsource.product))].toSorted()).toEqual([
      ...['cisco', 'django', 'fortios', 'huawei', 'juniper', 'nodejs', 'paloalto', 'python', 'qualys'],
      ...['ruby_on_rails', 'spring', 'sql', 'velocity'],
    ]);
  });

  it('IIS lines with attacks meet SigmaHQ’s webserver rules', { timeout: 60_000 }, async () => {
    const { set, rules } = await loadRuleDirs([path.join(corpora, 'sigmahq/rules/web')]);
    const hits = new Set<string>();
    for (const name of ['iis7_sqli.log', 'iis6.log', 'iis10_edge_cases.log']) {
      const lines = readFileSync(path.join(corpora, 'plaso_testlogs_apache2/iis', name), 'utf8').split('\n');
      for (const line of lines)
        for (const index of set.match(readLine(line, 'auto', receivedTimeMs))) hits.add(rules[index]?.title ?? '');
    }
    for (const { raw } of pairs('iis'))
      for (const index of set.match(readLine(raw, 'auto', receivedTimeMs))) hits.add(rules[index]?.title ?? '');
    expect([...hits]).toEqual(['Java Payload Strings']);
  });
});
