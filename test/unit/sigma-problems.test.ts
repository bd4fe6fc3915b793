import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileRules, parseRules, problemCodes, renderProblem } from '../../src/sigma/index.ts';
import { sha256 } from '../../src/sigma/sha256.ts';
import { ruleText } from './sigma-rows.ts';

const good = ruleText('sel: { a: x }\ncondition: sel');
const codesOf = (text: string) => parseRules(text, 'f.yml').problems.map((problem) => problem.code);

describe('documents', () => {
  test('a sound rule has no problems and keeps what it says', () => {
    const text = `${good}tags: [attack.t1059]\nvonggac: { title_vi: Dòng lệnh lạ, family: intrusion }\n`;
    const { rules, problems, documents } = parseRules(text, 'f.yml');
    expect(problems).toEqual([]);
    expect(documents).toMatchObject([{ outcome: 'ok', title: 'row', line: 1 }]);
    expect(rules).toMatchObject([
      {
        id: '5f3bde0c-4d59-4b36-8c3f-0d2b7a3e9a11',
        title: 'row',
        level: 'low',
        tags: ['attack.t1059'],
        logsource: { product: 'windows', category: null, service: null },
        custom: { vonggac: { title_vi: 'Dòng lệnh lạ', family: 'intrusion' } },
        file: 'f.yml',
        line: 1,
      },
    ]);
  });
  test.each([
    ['a list', '- a\n- b\n', ['document-type']],
    ['a text', 'hello\n', ['document-type']],
    ['nothing', '', []],
    ['a comment', '# nothing\n', []],
    ['action: global', 'action: global\ntitle: x\n', ['document-action']],
    [
      'a correlation that is none',
      'title: x\nid: 5f3bde0c-4d59-4b36-8c3f-0d2b7a3e9a11\ncorrelation: [a]\n',
      ['correlation-type'],
    ],
    ['a filter that is none', 'title: x\nlogsource: { product: x }\nfilter: 1\n', ['filter-type']],
    [
      'no detection',
      'title: x\nid: 5f3bde0c-4d59-4b36-8c3f-0d2b7a3e9a11\nlogsource: { product: x }\n',
      ['detection-missing'],
    ],
    ['no logsource', good.replace('logsource: { product: windows }\n', ''), ['logsource-missing']],
    ['a list as logsource', good.replace('{ product: windows }', '[x]'), ['logsource-missing']],
    ['a number as product', good.replace('{ product: windows }', '{ product: 1 }'), ['logsource-type']],
    ['an empty logsource', good.replace('{ product: windows }', '{}'), ['logsource-empty']],
    ['no title', good.replace('title: row\n', ''), ['title-missing']],
    ['no id', good.replace(/id: .*\n/, ''), ['id-missing']],
    ['an odd id', good.replace(/id: .*\n/, 'id: seven\n'), ['id-invalid']],
    ['an odd level', good.replace('level: low', 'level: severe'), ['level-unknown']],
    ['a map as tags', `${good}tags: { a: b }\n`, ['metadata-type']],
    ['no condition', good.replace(/ {2}condition: sel\n/, ''), ['condition-missing']],
    ['broken YAML', 'title: "x\n', ['yaml-syntax']],
    ['a tab', 'title: x\n\tlevel: low\n', ['yaml-syntax']],
    ['a NUL', `${good}# \0\n`, ['yaml-nul']],
    ['a map as key', `${good}? { a: b }\n: c\n`, ['yaml-key']],
    [
      'a rule inside a correlation',
      good + 'correlation: { type: temporal, rules: [a], timespan: 1h, group-by: [b] }\n',
      ['document-mixed'],
    ],
    ['a filter inside a rule', good + 'filter: { rules: any, f: { b: x }, condition: not f }\n', ['document-mixed']],
    ['a merge key', good.replace('{ a: x }', '{ <<: { a: x } }'), ['value-type']],
    ['an alias to nothing', `${good}x: *nobody\n`, ['yaml-alias']],
  ])('%s', (_name, text, expected) => {
    expect(codesOf(text)).toEqual(expected);
  });
  test('the other documents of a file stand', () => {
    const second = good.replace('3e9a11', '3e9a12').replace('a: x', 'a|nothing: x');
    const third = good.replace('3e9a11', '3e9a13');
    const { rules, documents, problems } = parseRules(`${good}---\n${second}---\n${third}`, 'f.yml');
    expect(rules.map((rule) => [rule.id.slice(-2), rule.line])).toEqual([
      ['11', 1],
      ['13', 17],
    ]);
    expect(documents.map((document) => document.outcome)).toEqual(['ok', 'refused', 'ok']);
    expect(problems).toMatchObject([{ code: 'modifier-unknown', line: 14 }]);
  });
  test('a rule without id has the same one wherever its text stands, and another when the text changes', () => {
    const [a, b, c] = [good, good.replaceAll('\n', '\r\n'), good.replace('a: x', 'a: y')].map(
      (text) => parseRules(text.replace(/id: .*\r?\n/, ''), 'f.yml').rules[0]?.id,
    );
    expect(a).toMatch(/^content-[0-9a-f]{16}$/);
    expect(b).toBe(a);
    expect(c).not.toBe(a);
  });
  test('all problems of a file at once, in the order of places', () => {
    const text = ruleText('sel:\n  a|contian: x\n  b|cidr: nowhere\n  c: []\ncondition: sel or nobody and (');
    expect(parseRules(text, 'f.yml').problems.map(({ code, line, column }) => [code, line, column])).toEqual([
      ['modifier-unknown', 7, 7],
      ['cidr-invalid', 8, 13],
      ['value-list-empty', 9, 8],
      ['condition-syntax', 10, 33],
    ]);
    const lowered = ruleText('sel:\n  a|contian: x\n  b|cidr: nowhere\n  c|re: "["\ncondition: sel or nobody');
    expect(parseRules(lowered, 'f.yml').problems.map(({ code, line, column }) => [code, line, column])).toEqual([
      ['modifier-unknown', 7, 7],
      ['cidr-invalid', 8, 13],
      ['regex-syntax', 9, 12],
      ['condition-undefined', 10, 21],
    ]);
  });
});

describe('rendering', () => {
  test('shows the line and a caret', () => {
    const text = ruleText('sel:\n  a|contian: x\ncondition: sel');
    const [problem] = parseRules(text, 'rules/f.yml').problems;
    expect(problem && renderProblem(problem, text)).toBe(
      [
        'rules/f.yml:7:7: refused modifier-unknown: "contian" is no modifier',
        '7 |     a|contian: x',
        '  |       ^',
        '  Did you mean contains?',
      ].join('\n'),
    );
  });
  test('cuts a very long line around the place', () => {
    const text = ruleText(
      `sel: { ${Array.from({ length: 500 }, (_, i) => `a${i}: x, `).join('')} z|nope: x }\ncondition: sel`,
    );
    const problem = parseRules(text, 'f.yml').problems.find(({ code }) => code === 'modifier-unknown');
    const [, line = '', caret = ''] = (problem ? renderProblem(problem, text) : '').split('\n');
    expect(line.length).toBeLessThan(200);
    expect(line.slice(caret.indexOf('^'))).toMatch(/^nope/);
  });
  test('a near miss is named', () => {
    const { problems } = parseRules(ruleText('sel: { a|contain: x }\ncondition: sel'), 'f.yml');
    expect(problems[0]?.advice).toBe('Did you mean contains?');
  });
});

test('docs/sigma.md lists exactly the codes there are', () => {
  const page = readFileSync(new URL('../../docs/sigma.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| `([a-z0-9-]+)` \| (refused|warning) \|/gm)].map(
    ([, code, severity]) => `${code} ${severity}`,
  );
  const known = Object.entries(problemCodes).map(([code, { severity }]) => `${code} ${severity}`);
  expect(listed.toSorted()).toEqual(known.toSorted());
});

test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
])('SHA-256 (FIPS 180-4 examples)', (text, digest) => expect(sha256(text)).toBe(digest));

/**
 * CPU time a hostile input may take, in µs: what it costs is tenths of a second, a slow or busy machine takes a few times
 * that, and what is quadratic takes minutes.
 */
const hostileUs = 20_000_000;

describe('hostile files end in a refusal, soon', () => {
  const laughs = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [i, c] of [...'bcdefghij'].entries()) {
    const before = 'abcdefghij'.charAt(i);
    laughs.push(`${c}: &${c} [${Array(9).fill(`*${before}`).join(', ')}]`);
  }
  test.each([
    ['billion laughs', `${good}${laughs.join('\n')}\n`, 'yaml-too-many-nodes'],
    ['an anchor within itself', `${good}x: &x [*x]\n`, 'yaml-too-deep'],
    ['20,000 modifiers', good.replace('a: x', `a${'|contains'.repeat(20_000)}: x`), 'modifier-too-many'],
    ['a scalar of 10 MB', `${good}x: ${'y'.repeat(10_000_000)}\n`, 'file-too-large'],
    ['100,000 open brackets', '['.repeat(100_000), null],
    ['deep flow nesting', `${good}x: ${'['.repeat(3000)}${']'.repeat(3000)}\n`, 'yaml-too-deep'],
    [
      'deep block nesting',
      `${good}${Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}k:`).join('\n')}\n`,
      'yaml-too-deep',
    ],
    [
      'a map of 60,000 keys',
      `${good}x:\n${Array.from({ length: 60_000 }, (_, i) => `  k${i}: 1`).join('\n')}\n`,
      'yaml-too-many-nodes',
    ],
    ['5,000 duplicate keys', `${good}x:\n${'  k: 1\n'.repeat(5_000)}`, 'problem-limit'],
    ['50,000 aliases', `${good}x: &x 1\ny: [${'*x,'.repeat(50_000)}]\n`, null],
    [
      'a condition of 100,000 tokens',
      ruleText(`sel: { a: x }\ncondition: ${'sel or '.repeat(50_000)}sel`),
      'condition-too-long',
    ],
    [
      '10,000 parentheses',
      ruleText(`sel: { a: x }\ncondition: ${'('.repeat(10_000)}sel${')'.repeat(10_000)}`),
      'condition-too-deep',
    ],
    [
      '6,000 patterns over 3,000 selections',
      ruleText(
        `${Array.from({ length: 3_000 }, (_, i) => `s${i}: { a: x }\n`).join('')}condition: ${'1 of s* or '.repeat(5_900)}s1`,
      ),
      'condition-too-many-names',
    ],
    ['10,000 times not', ruleText(`sel: { a: x }\ncondition: ${'not '.repeat(10_000)}sel`), 'condition-too-deep'],
    [
      'a regex of nested repetitions',
      ruleText('sel: { a|re: "((a{100}){100}){100}" }\ncondition: sel'),
      'regex-syntax',
    ],
    [
      'a regex of 20,000 parentheses',
      ruleText(`sel: { a|re: "${'('.repeat(20_000)}${')'.repeat(20_000)}" }\ncondition: sel`),
      'regex-syntax',
    ],
    ['a million commas', `x: [${'x,'.repeat(500_000)}]`, 'yaml-too-many-nodes'],
    ['a million empty lines', '\n'.repeat(1_000_000), 'yaml-too-many-nodes'],
    ['500,000 list dashes', '- '.repeat(500_000), 'yaml-too-many-nodes'],
    ['20,000 list dashes', '- '.repeat(20_000), 'yaml-too-deep'],
    ['250,000 documents', '---\n'.repeat(250_000), 'yaml-too-many-nodes'],
    ['control characters', '\u0000\u0001\u0002', null],
  ])('%s', (_name, text, code) => {
    const start = process.cpuUsage();
    const { problems, rules } = parseRules(text, 'f.yml');
    compileRules(rules);
    expect(process.cpuUsage(start).user).toBeLessThan(hostileUs);
    if (code !== null) expect(problems.map((problem) => problem.code)).toContain(code);
    expect(problems.length).toBeLessThanOrEqual(100);
  });
});

describe('hostile events are answered, soon', () => {
  const rules = parseRules(
    [
      'sel: { a|re: "(x+x+)+y" }',
      'sel: { a: "*a*a*a*a*a*a*b" }',
      'sel: { a: "*?a?a?a?a?a?a?b*" }',
      'sel: { a|contains|windash: "-a -a -a -a b" }',
      'sel: { b.b.b.b.b.b: x }',
      'sel: [needle]',
    ]
      .map((detection, i) => ruleText(`${detection}\ncondition: sel`).replace('3e9a11', `3e9a2${i}`))
      .join('---\n'),
    'f.yml',
  ).rules;
  const set = compileRules(rules);
  let deep: unknown = 'needle';
  for (let i = 0; i < 10_000; i++) deep = { b: [deep] };
  test.each<readonly [string, Record<string, unknown>]>([
    ['a long run for a regex', { a: 'x'.repeat(1_000_000) }],
    ['a long run for a glob', { a: 'a'.repeat(1_000_000) }],
    ['dashes', { a: '-a '.repeat(300_000) }],
    ['10,000 levels', { b: deep }],
    ['a list of 100,000 values', { a: Array(100_000).fill('aaaa') }],
    ['100,000 fields', Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`f${i}`, 'some text']))],
    ['half a surrogate pair', { a: '\ud800x\udc00' }],
  ])('%s', (_name, fields) => {
    const event = { fields, logsource: { product: null, categories: [], services: [] } };
    const start = process.cpuUsage();
    expect(rules).toHaveLength(6);
    expect(set.match(event, { routing: false })).toEqual([]);
    expect(process.cpuUsage(start).user).toBeLessThan(hostileUs);
  });
});

test.each([
  ['(?!x)y', /negative look-around/, /selection and not filter/],
  ['(?<!x)y', /negative look-around/, /selection and not filter/],
  ['(?=x)', /look-around/, /re\|all/],
  ['(?<=x)y', /look-around/, /re\|all/],
  ['(a|b)\\1', /backreferences/, /\(aa\|bb\)/],
  ['(?P<n>a)(?P=n)', /backreferences/, /alternatives/],
  ['(?>a+)b', /atomic/, /never backtracks/],
  ['a++b', /possessive/, /never backtracks/],
  ['a\\Z', /escape/, /\\z/],
  ['\\u0041', /escape/, /\\x\{0041\}/],
  ['(a)?(?(1)b|c)', /conditionals/, /alternatives/],
  ['(?x) a b', /free spacing/, /blanks/],
  ['a{1,2000}', /at most 1000/, /x\{500,\}/],
])('the expression %s is refused with what to write in RE2 instead', (source, message, advice) => {
  const text = ruleText(`sel: { a|re: '${source}' }\ncondition: sel`);
  const [problem, ...more] = parseRules(text, 'f.yml').problems;
  expect(more).toEqual([]);
  expect(problem).toMatchObject({ code: 'regex-unsupported', line: 6 });
  expect(problem?.message).toMatch(message);
  expect(problem?.advice).toMatch(advice);
  expect(problem && renderProblem(problem, text)).toMatch(/\n +\| +\^\n/);
});
