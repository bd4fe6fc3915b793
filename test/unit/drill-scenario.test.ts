import { describe, expect, test } from 'vitest';
import { parseScenario } from '../../src/drill/scenario.ts';

const contact = '{ name: Nguyễn Thị Sen, email: sen@vpubnd.example.vn, phone: "" }';
const rule = '7e7b2a52-5b0e-4d0c-9a4e-3f1d5a0c9b11';
const base: Readonly<Record<string, string>> = {
  head: `schema_version: 1
id: thu
version: "1"
title: { vi: Thử, en: Try }
summary: { vi: Thử, en: Try }
authors: [Vọng Gác]
licence: Apache-2.0
classification: Công khai
difficulty: easy
mode: replay
duration_s: 60`,
  world: `world:
  organisation: { id: lam-giang, name: UBND tỉnh Lam Giang }
  systems:
    - { id: qlvb, name: QLVB, level: 3, hosts: [APP01], addresses: [192.0.2.10], owner: ${contact}, duty: ${contact}, notify_from: high }`,
  sources: `sources:
  - { id: web, name: Nginx, system: qlvb, parser: auto, route: http }`,
  records: `records:
  - { path: a.ndjson, sha256: "${'0'.repeat(64)}", records: 1 }`,
  phases: `phases:
  - { id: p1, title: { vi: a, en: a }, start_s: 0, situation: { vi: a, en: a } }`,
  injects: `injects:
  - { id: i1, phase: p1, title: { vi: a, en: a }, at_s: 5, ground_truth: { malicious: true, techniques: [T1190], severity: high, systems: [qlvb], entities: [], narrative: a, verdict: true_positive } }`,
  expectations: `expectations:
  - { id: e1, inject: i1, text: { vi: a, en: a }, rules: [${rule}] }`,
};

const file = (part: string, from: string, to: string): string => {
  const parts = { ...base, [part]: (base[part] ?? '').replace(from, to) };
  expect(parts[part], 'the row changes something').not.toBe(base[part]);
  return Object.values(parts).join('\n');
};

test('a whole scenario is read, seconds become milliseconds', () => {
  const read = parseScenario(Object.values(base).join('\n'), 'scenario.yml');
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  expect(read.scenario).toMatchObject({
    durationMs: 60_000,
    injects: [{ id: 'i1', atMs: 5000, groundTruth: { verdict: 'true_positive' } }],
    sources: [{ id: 'web', sendFrom: '' }],
    world: { systems: [{ id: 'qlvb', org: 'lam-giang', orgName: 'UBND tỉnh Lam Giang', webhookUrl: '' }] },
  });
});

describe('a scenario with a mistake is refused, and the place is named', () => {
  const rows: readonly (readonly [name: string, part: string, from: string, to: string, path: string, says: RegExp])[] =
    [
      ['unknown key', 'head', 'mode: replay', 'mode: replay\nspeed: 2', '', /speed/],
      ['mode not supported', 'head', 'mode: replay', 'mode: live_fire', 'mode', /replay/],
      ['missing key', 'sources', ', route: http', '', 'sources.0.route', /./],
      ['syslog without an address', 'sources', 'route: http', 'route: syslog-udp', 'sources.0', /send_from/],
      [
        'send_from outside loopback',
        'sources',
        'route: http',
        'route: syslog-udp, send_from: 192.0.2.1',
        'sources.0.send_from',
        /127\.0\.0\.0\/8/,
      ],
      ['unknown system', 'sources', 'system: qlvb', 'system: mail', 'sources.0.system', /no system "mail"/],
      ['unknown phase', 'injects', 'phase: p1', 'phase: p9', 'injects.0.phase', /no phase "p9"/],
      ['inject beyond the end', 'injects', 'at_s: 5', 'at_s: 61', 'injects.0.at_s', /beyond/],
      ['verdict contradicts', 'injects', 'true_positive', 'false_positive', 'injects.0.ground_truth.verdict', /contra/],
      ['rule id no uuid', 'expectations', rule, 'abc', 'expectations.0.rules.0', /UUID/i],
      ['unknown inject', 'expectations', 'inject: i1', 'inject: i7', 'expectations.0.inject', /no inject "i7"/],
      ['path that climbs', 'records', 'a.ndjson', '../../etc/a.ndjson', 'records.0.path', /file name/],
      ['bad address of a contact', 'world', 'sen@vpubnd.example.vn', 'sen', 'world.systems.0.owner.email', /email/i],
    ];
  test.each(rows)('%s', (_name, part, from, to, path, says) => {
    const read = parseScenario(file(part, from, to), 'scenario.yml');
    if (read.ok) throw new Error('was accepted');
    const [first] = read.problems;
    expect(first).toMatchObject({ file: 'scenario.yml', path });
    expect(first?.message).toMatch(says);
    expect(first?.line).toBeGreaterThan(0);
  });

  test('twice the same id', () => {
    const doubled = Object.values({ ...base, sources: `${base.sources}\n${base.sources?.split('\n')[1]}` }).join('\n');
    const read = parseScenario(doubled, 's.yml');
    expect(read.ok ? [] : read.problems.map((p) => p.message)).toEqual(['id "web" is used twice']);
  });

  test('broken YAML names line and column', () => {
    const read = parseScenario('id: thu\ntitle: [', 's.yml');
    if (read.ok) throw new Error('was accepted');
    expect(read.problems[0]?.line).toBe(2);
  });

  test('several mistakes come back together', () => {
    const text = file('injects', 'phase: p1', 'phase: p9').replace('inject: i1,', 'inject: i7,');
    const read = parseScenario(text, 's.yml');
    expect(read.ok ? 0 : read.problems.length).toBe(2);
  });

  test('an alias bomb is refused', () => {
    const bomb = ['a: &a [1,1,1,1,1,1,1,1,1]']
      .concat(['b', 'c', 'd', 'e', 'f', 'g'].map((k, i) => `${k}: &${k} [${`*${'abcdef'[i]},`.repeat(9)}]`))
      .join('\n');
    expect(parseScenario(bomb, 's.yml').ok).toBe(false);
  });
});
