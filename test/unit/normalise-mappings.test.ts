import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadMappings, MappingsRefused } from '../../src/compose/mappings.ts';
import { createLineReader } from '../../src/ingest/read-line.ts';
import type { FieldValue } from '../../src/model/event.ts';
import { parseMapping } from '../../src/normalise/parse-mapping.ts';
import { recordParserIds } from '../../src/parse/index.ts';

const head = 'mapping: own\nabout: x\nparsers: [json]\n';

/** `line:column: message` of each problem. */
function problemsOf(text: string): string[] {
  return parseMapping(text, 'm.yml', recordParserIds).problems.map((p) => `${p.line}:${p.column}: ${p.message}`);
}

describe('a mapping file that is wrong is refused, with the place', () => {
  const rows: readonly (readonly [name: string, text: string, problem: string])[] = [
    ['no YAML', `${head}rules: [`, '4:9: '],
    ['empty', '', '1:1: the file is empty'],
    ['no map', '- a', '1:1: a mapping file must be a map'],
    ['no id', 'about: x\nparsers: json\nrules: []', '1:1: "mapping" is missing'],
    ['a wrong id', 'mapping: My Own\nabout: x\nparsers: json\nrules: []', '1:10: "My Own" is no id'],
    ['an unknown key', `${head}rule: []\nrules: []`, '4:1: a mapping file has no "rule"'],
    ['an unknown parser', 'mapping: own\nabout: x\nparsers: [jsonx]\nrules: []', '3:10: there is no parser "jsonx"'],
    ['rules that are no list', `${head}rules: { a: b }`, '4:8: "rules" must be a list'],
    ['a rule that says nothing', `${head}rules:\n  - when: { channel: A }`, '5:5: the rule says nothing'],
    ['an unknown key of a rule', `${head}rules:\n  - produkt: a`, '5:5: a rule has no "produkt"'],
    ['an unknown selector', `${head}rules:\n  - { when: { chanel: A }, product: a }`, '5:15: "chanel" selects nothing'],
    ['an empty condition', `${head}rules:\n  - { when: {}, product: a }`, '5:13: "when" is empty'],
    [
      'has that is no yes or no',
      `${head}rules:\n  - { when: { has:a: 1 }, product: a }`,
      '5:22: "has:a" is true or false',
    ],
    ['a tag in upper case', `${head}rules:\n  - product: Windows`, '5:14: the tag "Windows" must be in lower case'],
    ['a table without rows', `${head}rules:\n  - { by: channel, product: a }`, '5:7: the table has no rows'],
    [
      'a table that makes fields',
      `${head}rules:\n  - { by: channel, services: { A: a }, copy: { a: b } }`,
      '5:5: a table',
    ],
    ['a key without a value', `${head}rules:\n  - product:`, '5:5: "product" has no value'],
    [
      'a key that stands twice',
      `${head}rules:\n  - { product: a, product: b }`,
      '5:19: "product" stands here a second time',
    ],
    ['a value map without from', `${head}rules:\n  - map: { a: { values: { x: y } } }`, '5:15: "from" is missing'],
    ['an alias', `${head}rules:\n  - &a { product: a }\n  - *a`, 'aliases are not allowed'],
    ['a billion laughs', `a: &a [x]\nb: &b [*a, *a]\n${head}rules: [*b]`, 'aliases are not allowed'],
    ['nested too deeply', `${head}rules: ${'['.repeat(5_000)}`, ''],
    ['too large', `# ${'x'.repeat(300_000)}`, '1:1: the file has 300002 characters'],
  ];
  it.each(rows)('%s', (_name, text, problem) => {
    const found = problemsOf(text);
    expect(found.length).toBeGreaterThan(0);
    expect(found.join('\n')).toContain(problem);
    expect(parseMapping(text, 'm.yml', recordParserIds).mapping).toBeNull();
  });
  it('all problems of a file at once', () => {
    expect(problemsOf(`${head}rules:\n  - product: A\n  - when: { x: y }\n    product: b`)).toHaveLength(2);
  });
});

describe('a folder of mappings', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'mappings-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('is taken whole or refused whole, with every problem of every file', async () => {
    writeFileSync(path.join(dir, 'a.yml'), `${head}rules:\n  - product: a\n`);
    const { version, all } = await loadMappings(dir);
    expect(all).toHaveLength(1);
    writeFileSync(path.join(dir, 'b.yml'), `${head}rules:\n  - product: B\n`);
    writeFileSync(path.join(dir, 'c.yml'), `${head}rules:\n  - product: c\n`);
    const refusal = await loadMappings(dir).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(MappingsRefused);
    expect(String(refusal)).toContain(`${dir}/b.yml:5:14: `);
    expect(String(refusal)).toContain(`${dir}/c.yml:1:1: there is another mapping "own"`);
    rmSync(path.join(dir, 'b.yml'));
    rmSync(path.join(dir, 'c.yml'));
    writeFileSync(path.join(dir, 'a.yml'), `${head}rules:\n  # a comment\n  - product: a\n`);
    expect((await loadMappings(dir)).version).toBe(version);
    writeFileSync(path.join(dir, 'a.yml'), `${head}rules:\n  - product: b\n`);
    expect((await loadMappings(dir)).version).not.toBe(version);
  });
  it('with too many mappings that have needs is refused', async () => {
    const many = mkdtempSync(path.join(dir, 'many-'));
    for (let i = 0; i < 32; i++) {
      const text = `mapping: m${i}\nabout: x\nparsers: [json]\nneeds: [[f${i}]]\nrules:\n  - product: p${i}\n`;
      writeFileSync(path.join(many, `m${i}.yml`), text);
    }
    await expect(loadMappings(many)).rejects.toThrow(/more than 31 mappings with "needs" speak of json/);
    rmSync(path.join(many, 'm0.yml'));
    const { readLine } = createLineReader(await loadMappings(many));
    // The last one has the sign bit of a 32-bit number.
    for (const i of [1, 9, 31]) expect(readLine(`{"f${i}":1}`, 'auto', 0).logsource.product).toBe(`p${i}`);
  });
  it('that is empty or not there is an error', async () => {
    await expect(loadMappings(path.join(dir, 'nowhere'))).rejects.toThrow(MappingsRefused);
    const empty = mkdtempSync(path.join(dir, 'empty-'));
    await expect(loadMappings(empty)).rejects.toThrow(/there are no mappings/);
  });
});

describe('rules of a mapping', () => {
  function read(rules: string, line: object): { tags: unknown[]; fields: Readonly<Record<string, FieldValue>> } {
    const { mapping, problems } = parseMapping(`${head}${rules}`, 'm.yml', recordParserIds);
    expect(problems).toEqual([]);
    const { readLine } = createLineReader({ version: '', all: mapping === null ? [] : [mapping] });
    const { logsource, fields } = readLine(JSON.stringify(line), 'auto', 0);
    // A second time, out of what is remembered: the same tags, and the same object.
    expect(readLine(JSON.stringify(line), 'auto', 0).logsource).toBe(logsource);
    return { tags: [logsource.product, logsource.categories, logsource.services], fields };
  }
  const kinds = `rules:
  - when: { field:kind: [A, b] }
    categories: one
  - when: [{ field:kind: b }, { has:flag: 'true' }]
    categories: two
  - by: field:kind
    product: p
    services: { a: [x, y], c: z, '': none }
`;
  const rows: readonly (readonly [line: object, tags: unknown[]])[] = [
    [{ kind: 'a' }, ['p', ['one'], ['x', 'y']]],
    [{ kind: 'B' }, [null, ['one', 'two'], []]],
    [{ kind: ['c', 'b', 'q'] }, ['p', ['one', 'two'], ['z']]],
    [{ kind: ['q'] }, [null, [], []]],
    [{ kind: [], flag: null }, ['p', ['two'], ['none']]],
    [{ x: 1 }, ['p', [], ['none']]],
    [{ kind: null }, ['p', [], ['none']]],
    [{ kind: 'constructor' }, [null, [], []]],
  ];
  it.each(rows)('%j', (line, tags) => {
    expect(read(kinds, line).tags).toEqual(tags);
  });

  it('fields: strip, copy, join, map, in this order; nothing is overwritten', () => {
    const rules = `rules:
  - strip: [p., q.]
    copy: { one: [none, a], two: [b], keep: a }
    join: { full: ['{a}/{gone}', '{a}/{c}'], no: '{a}/{dash}' }
    map:
      yes: { from: d, values: { '%%1': 'true' } }
      path: { from: a, prefixes: { '\\reg\\': 'HK\\' } }
      nothing: { from: a, values: { q: r } }
`;
    const line = { 'p.a': '\\REG\\x', 'q.b': [1], c: 5, keep: 'mine', dash: '-', d: '%%1' };
    expect(read(rules, line).fields).toEqual({
      ...line,
      a: '\\REG\\x',
      b: [1],
      one: '\\REG\\x',
      two: [1],
      full: '\\REG\\x/5',
      yes: 'true',
      path: 'HK\\x',
    });
  });
  it('a condition sees the record as it was parsed, not what another rule added', () => {
    const rules = 'rules:\n  - { copy: { b: a } }\n  - { when: { has:b: "true" }, product: p }\n';
    expect(read(rules, { a: 1 })).toEqual({ tags: [null, [], []], fields: { a: 1, b: 1 } });
  });
  it('a field may be called anything', () => {
    const line = JSON.parse('{"__proto__":"x","a":1}');
    expect(Object.hasOwn(read('rules:\n  - copy: { b: __proto__ }\n', line).fields, 'b')).toBe(true);
    expect(Object.hasOwn(read('rules:\n  - copy: { __proto__: a }\n', { a: 1 }).fields, '__proto__')).toBe(true);
  });
});

describe('flat JSON without normalise', () => {
  const there = (names: readonly string[], line: object) => names.filter((name) => Object.hasOwn(line, name));

  it('has the same tags and the same fields', async () => {
    const { readLine, flatJson } = createLineReader(await loadMappings());
    const lines: readonly Readonly<Record<string, string | number>>[] = [
      { a: 1 },
      { product: 'Windows', category: 'process_creation', EventID: 1 },
      { Channel: 'Security', EventID: 4688 },
      { Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: '12', EventType: 'CreateKey', product: 'windows' },
      { Provider_Name: 'Linux-Sysmon', EventID: 3 },
      { service: 'sshd' },
      { awsRegion: 'r', eventSource: 's', product: 'aws', service: 'own' },
      { resourceId: 'r', operationName: 'o', category: 'Administrative' },
      { resourceId: 'r', category: 'Administrative' },
      { 'auditType.category': 'c', 'auditType.action': 'a' },
    ];
    for (const line of lines) {
      const event = readLine(JSON.stringify(line), 'auto', 0);
      expect(there(flatJson.otherShapes, line)).toEqual([]);
      expect(event.fields).toEqual(line);
      const plan = flatJson.planOf(there(flatJson.signs, line));
      for (const name of plan?.tagFields ?? []) expect(flatJson.tagFields).toContain(name);
      // The very same object.
      expect(plan?.tagsOf(plan.tagFields.map((name) => line[name]))).toBe(event.logsource);
    }
  });
  it('is left to normalise where a mapping adds fields or says what the event is', async () => {
    const { flatJson } = createLineReader(await loadMappings());
    for (const line of [
      { 'ecs.version': '1' },
      { _path: 'dns' },
      { flow_id: 1, event_type: 'dns' },
      { severity_text: '' },
    ]) {
      const plan = flatJson.planOf(there(flatJson.signs, line));
      expect(
        plan?.tagsOf(plan.tagFields.map((name) => Object.entries(line).find(([key]) => key === name)?.[1])),
      ).not.toEqual(expect.anything());
    }
    for (const name of ['winlog.channel', 'Hostname', 'resourceLogs']) expect(flatJson.otherShapes).toContain(name);
  });
});

describe('what senders cannot do', () => {
  it('fill the memory with new spellings, kinds and tags: what is beyond the bounds is still right', async () => {
    const { readLine } = createLineReader(await loadMappings());
    for (let i = 0; i < 30_000; i++) {
      const line = { Channel: `C${i}`, product: `p${i}`, category: `c${i % 7}`, EventID: i };
      readLine(JSON.stringify(line), 'auto', 0);
    }
    const late = { Channel: 'sEcUrItY', EventID: 4688, product: 'LATE', service: 'x' };
    expect(readLine(JSON.stringify(late), 'auto', 0).logsource).toEqual({
      product: 'late',
      categories: ['process_creation'],
      services: ['x', 'security'],
    });
  });
});
