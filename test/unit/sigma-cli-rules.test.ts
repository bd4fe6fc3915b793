import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { runRulesDiff } from '../../src/cli/rules-diff.ts';
import { runRulesExplain } from '../../src/cli/rules-explain.ts';
import { runRulesFmt } from '../../src/cli/rules-fmt.ts';
import { runRulesLint } from '../../src/cli/rules-lint.ts';

const root = mkdtempSync(join(tmpdir(), 'sigma-cli-rules-'));
let dir = root;
let count = 0;
let out: string[] = [];
let err: string[] = [];
const io = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };

beforeEach(() => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  out = [];
  err = [];
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function put(name: string, text: string): string {
  const path = join(dir, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}
const idOf = (n: number) => `5f3bde0c-4d59-4b36-8c3f-0d2b7a3e9a0${n}`;
const rule = (n: number, detection: string, level = 'high') =>
  `title: Rule number ${n}\nid: ${idOf(n)}\nstatus: test\ndescription: What the rule is about\nauthor: Vọng Gác\nlogsource:\n  product: windows\ndetection:\n${detection}\nlevel: ${level}\ndate: 2026-11-22\n`;
const selection = (item: string) => `  sel:\n    ${item}\n  condition: sel`;
const text = (lines: readonly string[]) => lines.join('\n').replaceAll(dir, 'DIR');

describe('rules lint', () => {
  const lint = (o: Partial<Parameters<typeof runRulesLint>[0]> = {}) =>
    runRulesLint({ paths: [dir], json: false, fix: false, severity: 'info', disable: [], ...io, ...o });

  test('line, caret, advice and what may be mended; a warning is exit code 1', async () => {
    put('a_rule_of_ours.yml', rule(1, selection('CommandLine: [a, b, a]')));
    expect(await lint()).toBe(1);
    expect(text(out)).toBe(
      [
        'DIR/a_rule_of_ours.yml:10:25: warning value-duplicate: the value stands in line 10 already',
        '10 |     CommandLine: [a, b, a]',
        '   |                         ^',
        '  Take one of them out.',
      ].join('\n'),
    );
    expect(err).toEqual(['1 files: 0 errors, 1 warnings, 0 infos']);
  });
  test('--fix writes the file, leaves the rest, and says how many', async () => {
    const path = put('a_rule_of_ours.yml', rule(1, selection('CommandLine|contains|all: "*x*" # why')));
    const other = put('another_rule.yml', rule(2, selection('CommandLine: x')));
    const before = readFileSync(other, 'utf8');
    expect(await lint({ fix: true })).toBe(0);
    expect(readFileSync(path, 'utf8')).toContain('    CommandLine|contains: "x" # why\n');
    expect(readFileSync(other, 'utf8')).toBe(before);
    expect(err).toEqual(['2 files: 0 errors, 0 warnings, 0 infos, 2 fixed in 1 files']);
  });
  test('--json, --severity, --disable; infos alone are exit code 0', async () => {
    put('a_rule_of_ours.yml', rule(1, selection("CommandLine: '*x'")));
    expect(await lint({ json: true })).toBe(0);
    expect(out.map((line) => JSON.parse(line))).toMatchObject([
      { severity: 'info', code: 'wildcard-for-modifier', line: 10, column: 5, fixable: true },
    ]);
    out = [];
    await lint({ severity: 'warning' });
    await lint({ disable: ['wildcard-for-modifier'] });
    expect(out).toEqual([]);
    expect(await lint({ disable: ['wildcard-for-modifer'] })).toBe(2);
    expect(text(err)).toContain('there is no check wildcard-for-modifer');
  });
  test('what cannot be read is told and is exit code 1; the rest is looked at', async () => {
    writeFileSync(join(dir, 'no_utf8_at_all.yml'), Buffer.from([0x74, 0xff, 0xfe]));
    put('a_rule_of_ours.yml', rule(1, selection("CommandLine: '*x'")));
    expect(await lint({ paths: [dir, join(dir, 'nowhere')] })).toBe(1);
    expect(text(out)).toContain('wildcard-for-modifier');
    expect(text(err)).toContain('DIR/no_utf8_at_all.yml: the file is no UTF-8 text');
    expect(text(err)).toContain('DIR/nowhere');
  });
});

describe('rules fmt', () => {
  test('--check names files and writes nothing; without it they are written; twice is once', async () => {
    const path = put('a.yml', 'level: low\ntitle: a\n');
    put('b.yml', 'title: b\n');
    expect(await runRulesFmt({ paths: [dir], check: true, ...io })).toBe(1);
    expect(text(out)).toBe('DIR/a.yml');
    expect(readFileSync(path, 'utf8')).toBe('level: low\ntitle: a\n');
    expect(await runRulesFmt({ paths: [dir], check: false, ...io })).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('title: a\nlevel: low\n');
    expect(await runRulesFmt({ paths: [dir], check: true, ...io })).toBe(0);
  });
  test('other YAML of a folder is left alone', async () => {
    const path = put('mapping.yml', 'level: low\nid: sysmon\n');
    expect(await runRulesFmt({ paths: [dir], check: false, ...io })).toBe(1);
    expect(readFileSync(path, 'utf8')).toBe('level: low\nid: sysmon\n');
    expect(text(err)).toContain('DIR/mapping.yml: left alone: it holds no rule');
  });
  test('a file that is no YAML is shown and left alone', async () => {
    const path = put('a.yml', 'title: [\n');
    expect(await runRulesFmt({ paths: [dir], check: false, ...io })).toBe(1);
    expect(readFileSync(path, 'utf8')).toBe('title: [\n');
    expect(text(err)).toContain('yaml-syntax');
  });
});

describe('rules explain', () => {
  const event = '{"product":"windows","CommandLine":"x -enc AA","User":"a","list":["p","q"],"none":null}';
  const explain = (ruleFile: string, at: string, o: { json?: boolean; stdin?: string } = {}) =>
    runRulesExplain({
      rule: ruleFile,
      event: at,
      json: o.json ?? false,
      stdin: Readable.from([o.stdin ?? '']),
      ...io,
    });

  test('item by item: what was looked for, what the event holds, what met it', async () => {
    const path = put(
      'r.yml',
      rule(
        1,
        "  sel:\n    CommandLine|contains: ['-enc', '-dec']\n    list: q\n  filter:\n    commandline: y\n    none: null\n  condition: sel and not filter",
      ),
    );
    const events = put('e.ndjson', `\n${event}\n`);
    const code = await explain(path, `${events}:2`);
    expect([code, text(out), err]).toEqual([
      0,
      [
        '✓ KHỚP · hit: Rule number 1',
        `luật · rule: DIR/r.yml:1 ${idOf(1)}`,
        'sự kiện · event: DIR/e.ndjson:2, bộ đọc · parser json',
        '✓ nguồn log · log source',
        '  ✓ product: luật cần · rule names windows; sự kiện · event: windows',
        '✓ điều kiện · condition',
        '  ✓ và · and',
        '    ✓ sel',
        '      ✓ CommandLine  DIR/r.yml:10:5',
        '        tìm · looked for (một trong · any 2):',
        '          ✓ contains "-enc" ← "x -enc AA"',
        '          ✗ contains "-dec"',
        '        sự kiện có · event has: "x -enc AA"',
        '      ✓ list  DIR/r.yml:11:5',
        '        tìm · looked for:',
        '          ✓ equals "q" ← "q"',
        '        sự kiện có · event has: "p", "q"',
        '    ✓ không · not',
        '      ✗ filter',
        '        ✗ commandline  DIR/r.yml:13:5',
        '          tìm · looked for:',
        '            ✗ equals "y"',
        '          sự kiện có · event has: không có trường này · no such field; có trường · it has CommandLine (phân biệt hoa thường · names have case)',
        '        ✓ none  DIR/r.yml:14:5',
        '          tìm · looked for:',
        '            ✓ trống hoặc không có · null or missing',
        '          sự kiện có · event has: trường rỗng (null) · the field holds null',
      ].join('\n'),
      [],
    ]);
  });
  test('the log source has a say: content alone is no hit', async () => {
    const path = put('r.yml', rule(1, selection('User: a')).replace('product: windows', 'product: linux'));
    expect(await explain(path, '-', { stdin: `${event}\n` })).toBe(1);
    expect(text(out)).toContain('✗ KHÔNG KHỚP · no hit');
    expect(text(out)).toContain('✗ product: luật cần · rule names linux; sự kiện · event: windows');
    expect(text(out)).toContain('the content meets the rule, the log source does not');
  });
  test('--json has the whole tree', async () => {
    const path = put('r.yml', rule(1, selection('User: b')));
    const events = put('e.json', JSON.stringify(JSON.parse(event), null, 2));
    expect(await explain(path, events, { json: true })).toBe(1);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({
      hit: false,
      applies: true,
      rule: { id: idOf(1), line: 1 },
      explained: { met: false, condition: { kind: 'selections', met: false } },
    });
  });
  test.each([
    ['several rules', (path: string) => path, 'holds several rules: name one of them'],
    ['an id that is not there', (path: string) => `${path}#nothing`, 'holds no rule nothing'],
    ['a refused one', (path: string) => `${path}#${idOf(3)}`, 'regex-unsupported'],
  ])('%s', async (_, ruleOf, said) => {
    const path = put(
      'r.yml',
      [rule(1, selection('a: b')), rule(2, selection('a: b')), rule(3, selection("a|re: '(?=x)'"))].join('---\n'),
    );
    expect(await explain(ruleOf(path), '-', { stdin: event })).toBe(1);
    expect(text(err)).toContain(said);
  });
  test('one of several is named by its id', async () => {
    const path = put('r.yml', [rule(1, selection('User: b')), rule(2, selection('User: a'))].join('---\n'));
    expect(await explain(`${path}#${idOf(2)}`, '-', { stdin: event })).toBe(0);
  });
  test('a folder is searched for the id, and its filters are applied', async () => {
    put('rules/a.yml', rule(1, selection('User: a')));
    put('rules/b.yml', rule(2, selection('User: a')));
    expect(await explain(`${join(dir, 'rules')}#${idOf(1)}`, '-', { stdin: event })).toBe(0);
    put(
      'rules/c.yml',
      `title: Ours\nlogsource: { product: windows }\nfilter:\n  rules: [${idOf(1)}]\n  own: { User: a }\n  condition: not own\n`,
    );
    expect(await explain(`${join(dir, 'rules')}#${idOf(1)}`, '-', { stdin: event })).toBe(1);
    expect(await explain(`${join(dir, 'rules')}#${idOf(2)}`, '-', { stdin: event })).toBe(0);
    expect(err).toEqual([]);
  });
  test('what stands in the other field, and which dashes count, is shown', async () => {
    const items =
      "  sel:\n    CommandLine|windash|contains: ' /enc '\n    CommandLine|fieldref|endswith: list\n    CommandLine|fieldref: gone\n  condition: sel";
    await explain(put('r.yml', rule(1, items)), '-', { stdin: event });
    expect(out.filter((line) => /contains|fieldref/.test(line)).map((line) => line.trim())).toEqual([
      '✓ contains " -enc " (windash: - / – — ―) ← "x -enc AA"',
      '✗ fieldref "endswith list" (trường kia có · the other holds: "p", "q")',
      '✗ fieldref "gone" (trường kia có · the other holds: không có gì · nothing)',
    ]);
  });
  test('a correlation is met by no event: its rules are named', async () => {
    const correlation = `title: Several\nid: ${idOf(9)}\nlevel: low\ncorrelation: { type: event_count, rules: [${idOf(1)}], group-by: [User], timespan: 1h, condition: { gte: 2 } }\n`;
    const path = put('r.yml', `${rule(1, selection('User: b'))}---\n${correlation}`);
    expect(await explain(`${path}#${idOf(9)}`, '-', { stdin: event })).toBe(1);
    expect(text(err)).toBe(
      `Several is a correlation; an event meets the rules it is built on:\n  DIR/r.yml#${idOf(1)}  Rule number 1`,
    );
  });
  test.each([
    ['FILE:9', 'has no line 9'],
    ['FILE', 'has several lines'],
    ['nowhere.json', 'is no file'],
    ['-', 'standard input is empty'],
  ])('an event that is not to be had: %s', async (at, said) => {
    const path = put('r.yml', rule(1, selection('User: b')));
    const events = put('e.ndjson', `${event}\nno json\n`);
    expect(await explain(path, at.replace('FILE', events))).toBe(1);
    expect(text(err)).toContain(said);
  });
});

describe('rules diff', () => {
  const diff = (
    before: string,
    after: string,
    over: string[],
    json = false,
    more: { correlatedHitsMax?: number } = {},
  ) => runRulesDiff({ before, after, over, routing: true, json, stdin: Readable.from([]), ...io, ...more });
  const events = (...users: string[]) => users.map((user) => `{"product":"windows","User":"${user}"}`).join('\n');

  test('hits gained and lost, rules added and removed', async () => {
    put('old/a.yml', rule(1, selection('User: [a, b]')));
    put('old/b.yml', rule(2, selection('User: c')));
    put('new/a.yml', rule(1, selection('User: [b, d]')));
    put('new/c.yml', rule(3, selection('User: a')));
    const log = put('log.ndjson', events('a', 'b', 'c', 'd', 'd', 'e'));
    expect(await diff(join(dir, 'old'), join(dir, 'new'), [log])).toBe(1);
    expect(text(out)).toBe(
      [
        `Rule number 1 (${idOf(1)}, rule changed)`,
        '  2 -> 3 hits: 2 gained, 1 lost',
        '    + DIR/log.ndjson:4: {"product":"windows","User":"d"}',
        '    + DIR/log.ndjson:5: {"product":"windows","User":"d"}',
        '    - DIR/log.ndjson:1: {"product":"windows","User":"a"}',
        `Rule number 2 (${idOf(2)}, rule removed)`,
        '  1 -> 0 hits: 0 gained, 1 lost',
        '    - DIR/log.ndjson:3: {"product":"windows","User":"c"}',
        `Rule number 3 (${idOf(3)}, rule added)`,
        '  0 -> 1 hits: 1 gained, 0 lost',
        '    + DIR/log.ndjson:1: {"product":"windows","User":"a"}',
      ].join('\n'),
    );
    expect(err).toEqual(['6 lines: 3 -> 4 hits, 3 gained and 2 lost by 3 rules']);
  });
  test('the same hits are exit code 0, however the rules are written', async () => {
    put('old/a.yml', rule(1, selection('User: [a, b]')));
    put('new/x.yml', rule(1, selection('User|startswith: [a, b]')));
    const log = put('log.ndjson', events('a', 'b', 'c'));
    expect(await diff(join(dir, 'old'), join(dir, 'new'), [log], true)).toBe(0);
    expect(out.map((line) => JSON.parse(line))).toEqual([
      { totals: { lines: 3, before: 2, after: 2, gained: 0, lost: 0, rules: 0 } },
    ]);
  });
  test('correlations too, where they turn true; what only serves them has no hits', async () => {
    const correlation = (gte: number) =>
      `title: Several\nid: ${idOf(9)}\nlevel: low\ncorrelation: { type: event_count, rules: [${idOf(1)}], group-by: [User], timespan: 1h, condition: { gte: ${gte} } }\n`;
    put('old/a.yml', `${rule(1, selection('User: [a, b]'))}---\n${correlation(2)}`);
    put('new/a.yml', `${rule(1, selection('User: [a, b]'))}---\n${correlation(3)}`);
    const timed = ['a', 'a', 'b', 'b', 'b'].map(
      (user, i) => `{"product":"windows","User":"${user}","@timestamp":"2026-11-22T03:0${i}:00Z"}`,
    );
    const log = put('log.ndjson', timed.join('\n'));
    expect(await diff(join(dir, 'old'), join(dir, 'new'), [log])).toBe(1);
    expect(text(out)).toBe(
      [
        `Several (${idOf(9)}, rule changed)`,
        '  2 -> 1 hits: 1 gained, 2 lost',
        '    + DIR/log.ndjson:5: {"User":"b"}',
        '    - DIR/log.ndjson:2: {"User":"a"}',
        '    - DIR/log.ndjson:4: {"User":"b"}',
      ].join('\n'),
    );
    expect(err).toEqual(['5 lines: 2 -> 1 hits, 1 gained and 2 lost by 1 rules']);
    [out, err] = [[], []];
    expect(await diff(join(dir, 'old'), join(dir, 'old'), [log], false, { correlatedHitsMax: 1 })).toBe(1);
    expect(text(err)).toContain('DIR/old: 2 hits of correlations; over 1 they are not compared');
  });
  test('examples are bounded, counts are not; what cannot be read is exit code 1', async () => {
    put('old/a.yml', rule(1, selection('User: a')));
    put('new/a.yml', rule(1, selection('User: b')));
    const log = put('log.ndjson', events(...Array.from({ length: 40 }, () => 'a')));
    expect(await diff(join(dir, 'old'), join(dir, 'new'), [log, join(dir, 'nowhere')], true)).toBe(1);
    const [first] = out.map((line) => JSON.parse(line));
    expect(first).toMatchObject({ lost: 40, gained: 0 });
    expect(first.lostExamples).toHaveLength(5);
    expect(text(err)).toContain('DIR/nowhere: ');
    expect(await diff(join(dir, 'none'), join(dir, 'new'), [log])).toBe(1);
  });
});
