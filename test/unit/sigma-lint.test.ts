import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { lintRules, parseRules, problemCodes } from '../../src/sigma/index.ts';
import { allChecks } from '../../src/sigma/lint/all-checks.ts';

const id = '5f3bde0c-4d59-4b36-8c3f-0d2b7a3e9a11';
const head: Readonly<Record<string, string>> = {
  title: 'title: Row of a table',
  id: `id: ${id}`,
  status: 'status: test',
  description: 'description: What a row of the table is about',
  author: 'author: Vọng Gác',
  date: 'date: 2026-11-22',
  logsource: 'logsource: { product: windows, category: process_creation }',
  level: 'level: low',
};

/** A rule without a finding, but for what is put in the place of its lines; null takes a line out. */
function rule(lines: Readonly<Record<string, string | null>>): string {
  const merged = { ...head, detection: 'detection: { sel: { Image: x }, condition: sel }', ...lines };
  return `${Object.values(merged)
    .filter((line) => line !== null)
    .join('\n')}\n`;
}

const detection = (text: string) =>
  rule({
    detection: `detection:\n${text
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n')}`,
  });
const items = (text: string) =>
  detection(
    `sel:\n${text
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n')}\ncondition: sel`,
  );

const found = (text: string, file = 'some_rule_name.yml') => lintRules([{ file, text }]).map(({ code }) => code);

/** [check, a text it finds something in, a near one it does not]. Texts without a newline are item lines. */
const rows: readonly (readonly [string, string, string])[] = [
  // metadata
  ['text-too-long', rule({ title: `title: ${'a'.repeat(257)}` }), rule({ title: `title: ${'a'.repeat(256)}` })],
  ['title-form', rule({ title: 'title: Detects a row' }), rule({ title: 'title: A detective at work' })],
  ['title-form', rule({ title: 'title: A row.' }), rule({ title: 'title: A row' })],
  ['author-missing', rule({ author: null }), rule({})],
  ['description-missing', rule({ description: null }), rule({})],
  ['description-missing', rule({ description: 'description: short' }), rule({})],
  ['status-unknown', rule({ status: 'status: experimentel' }), rule({ status: 'status: stable' })],
  ['status-missing', rule({ status: null }), rule({})],
  ['level-missing', rule({ level: null }), rule({})],
  ['level-unknown', rule({ level: 'level: hihg' }), rule({ level: 'level: high' })],
  ['date-form', rule({ date: 'date: 2026/11/22' }), rule({ date: 'date: 2024-02-29' })],
  ['date-form', rule({ date: 'date: 2023-02-29' }), rule({ date: "date: '2026-11-22'" })],
  ['date-missing', rule({ date: null }), rule({})],
  [
    'description-link',
    rule({ description: 'description: See http://a.vn for more' }),
    rule({ description: 'description: See http://a.vn for more', x: 'references: [http://a.vn]' }),
  ],
  [
    'reference-branch',
    rule({ x: 'references: [https://github.com/a/b/blob/main/c.md]' }),
    rule({ x: 'references: [https://github.com/a/b/blob/0a1b2c/c.md]' }),
  ],
  ['level-case', rule({ level: 'level: High' }), rule({ level: 'level: hihg' })],
  ['modified-before-date', rule({ x: 'modified: 2026-11-21' }), rule({ x: 'modified: 2026-11-22' })],
  ['key-unknown', rule({ x: 'falsepositive: [a b]' }), rule({ x: 'vendor: { a: b }' })],
  ['key-unknown', rule({ x: 'References: [https://a.example]' }), rule({ x: 'references: [https://a.example]' })],
  ['tag-duplicate', rule({ x: 'tags: [attack.impact, attack.impact]' }), rule({ x: 'tags: [attack.impact]' })],
  [
    'reference-duplicate',
    rule({ x: 'references: [http://a.vn, http://a.vn]' }),
    rule({ x: 'references: [http://a.vn]' }),
  ],
  ['field-duplicate', rule({ x: 'fields: [a, a]' }), rule({ x: 'fields: [a, A]' })],
  ['reference-form', rule({ x: 'references: [internal]' }), rule({ x: 'references: [http://a.vn]' })],
  ['tag-format', rule({ x: 'tags: [Attack.Impact]' }), rule({ x: 'tags: [d3fend.d3f-WindowsNtOpenFile]' })],
  ['tag-namespace', rule({ x: 'tags: [mitre.t1059]' }), rule({ x: 'tags: [car.2016-04-005]' })],
  [
    'tag-attack',
    rule({ x: 'tags: [attack.lateral_movement]' }),
    rule({ x: 'tags: [attack.execution, attack.t1059.001]' }),
  ],
  ['tag-car', rule({ x: 'tags: [car.2016-4-5]' }), rule({ x: 'tags: [car.2016-04-005]' })],
  ['tag-cve', rule({ x: 'tags: [cve.2021.44228]' }), rule({ x: 'tags: [cve.2021-44228]' })],
  ['tag-d3fend', rule({ x: 'tags: [d3fend.whatever]' }), rule({ x: 'tags: [d3fend.d3-am]' })],
  ['tag-detection', rule({ x: 'tags: [detection.hunting]' }), rule({ x: 'tags: [detection.threat-hunting]' })],
  ['tag-stp', rule({ x: 'tags: [stp.6]' }), rule({ x: 'tags: [stp.3k]' })],
  ['tag-tlp', rule({ x: 'tags: [tlp.orange]' }), rule({ x: 'tags: [tlp.amber-strict]' })],
  ['tag-tlp-twice', rule({ x: 'tags: [tlp.red, tlp.green]' }), rule({ x: 'tags: [tlp.red]' })],
  ['tag-technique-without-tactic', rule({ x: 'tags: [attack.t1059]' }), rule({ x: 'tags: [attack.execution]' })],
  ['false-positive-text', rule({ x: 'falsepositives: [none]' }), rule({ x: 'falsepositives: [Unknown]' })],
  ['scope-short', rule({ x: 'scope: [a]' }), rule({ x: 'scope: [server]' })],
  [
    'related-form',
    rule({ x: 'related: [{ id: 1, type: similar }]' }),
    rule({ x: `related: [{ id: ${id.replace('5', '6')}, type: similar }]` }),
  ],
  ['related-form', rule({ x: `related: [{ id: ${id}, type: similar }]` }), rule({})],
  ['related-form', rule({ x: 'related: [{ type: similar }]' }), rule({})],
  ['deprecated-without-related', rule({ status: 'status: deprecated' }), rule({})],
  ['id-version', rule({ id: 'id: 3e2f1b2c-4d5e-11ee-be56-0242ac120002' }), rule({})],
  [
    'id-duplicate',
    `${rule({})}---\n${rule({ title: 'title: Another row' })}`,
    `${rule({})}---\n${rule({ title: 'title: Other', id: `id: ${id.replace('5', '6')}` })}`,
  ],
  ['title-duplicate', `${rule({})}---\n${rule({ id: `id: ${id.replace('5', '6')}` })}`, rule({})],
  ['vonggac-attributes', rule({ x: 'vonggac: { family: intrusion }' }), rule({ x: 'vonggac: { title_vi: Một dòng }' })],
  ['vonggac-attributes', rule({ x: 'vonggac: { title_vi: Một dòng, family: other }' }), rule({})],
  ['text-not-nfc', items(`Image: '${'Cà phê'.normalize('NFD')}'`), items(`Image: '${'Cà phê'.normalize('NFC')}'`)],
  ['text-mixed-scripts', items("Image|endswith: '\\p\u0430ypal.exe'"), items("Image|endswith: 'привет'")],
  ['text-invisible', items("Image: 'a\u202eb'"), items('Image: "a\\u202eb"')],
  // log sources
  ['logsource-case', rule({ logsource: 'logsource: { product: Windows, category: process_creation }' }), rule({})],
  ['logsource-key', rule({ logsource: 'logsource: { product: windows, catgory: process_creation }' }), rule({})],
  ['logsource-unknown', rule({ logsource: 'logsource: { product: windows, category: proces_creation }' }), rule({})],
  [
    'logsource-generic',
    rule({
      logsource: 'logsource: { product: windows, service: sysmon }',
      detection: 'detection: { sel: { EventID: 1 }, condition: sel }',
    }),
    rule({
      logsource: 'logsource: { product: windows, service: security }',
      detection: 'detection: { sel: { EventID: 1 }, condition: sel }',
    }),
  ],
  ['event-id-category', items('EventID: 3'), items('EventID: 4688')],
  ['field-unknown', items('image: x'), items('Image: x')],
  ['field-space', items("'Image |endswith': '\\x.exe'"), items("Image|endswith: '\\x.exe'")],
  // conditions
  [
    'selection-unused',
    detection('sel: { Image: x }\nother: { Image: y }\ncondition: sel'),
    detection('sel: { Image: x }\n_o: { Image: y }\ncondition: sel or 1 of _o'),
  ],
  [
    'condition-keyword-case',
    detection('sel: { Image: x }\ncondition: NOT sel'),
    detection('sel: { Image: x }\nNOT1: { Image: y }\ncondition: sel or NOT1'),
  ],
  [
    'them-single',
    detection('sel: { Image: x }\ncondition: 1 of them'),
    detection('sel: { Image: x }\nb: { Image: y }\ncondition: 1 of them'),
  ],
  [
    'selector-of-one',
    detection('sel: { Image: x }\ncondition: 1 of s*'),
    detection('sel: { Image: x }\nfilter_a: { Image: y }\ncondition: sel and not 1 of filter_*'),
  ],
  [
    'all-of-them',
    detection('a: { Image: x }\nb: { CommandLine: y }\ncondition: all of them'),
    detection('a: { Image: x }\nb: { CommandLine: y }\ncondition: 1 of them'),
  ],
  [
    'condition-constant',
    detection('a: { Image: x }\ncondition: a and not a'),
    detection('a: { Image: x }\nb: { Image: y }\ncondition: a and not b'),
  ],
  [
    'condition-constant',
    detection('a: { Image: x }\ncondition: a or not a'),
    detection('a: { Image: x }\nb: { Image: y }\ncondition: a or b'),
  ],
  [
    'selection-without-effect',
    detection('a: { Image: x }\nb: { Image: y }\ncondition: a or (a and b)'),
    detection('a: { Image: x }\nb: { Image: y }\ncondition: a or b'),
  ],
  ['condition-repeated', detection('a: { Image: x }\ncondition: a or a'), detection('a: { Image: x }\ncondition: (a)')],
  [
    'condition-repeated',
    detection('a: { Image: x }\ncondition: not not a'),
    detection('a: { Image: x }\ncondition: a'),
  ],
  [
    'matches-empty-event',
    detection('a: { Image: x }\ncondition: not a'),
    detection("a: { Image: x }\nb: { CommandLine: '*' }\ncondition: b and not a"),
  ],
  ['matches-empty-event', items('Image: null'), items("Image: ''")],
  // what items say together
  [
    'items-contradict',
    items("Image: C:\\a.exe\nImage|endswith: '\\b.exe'"),
    items("Image: C:\\B.EXE\nImage|endswith: '\\b.exe'"),
  ],
  ['items-contradict', items('LogonId|gt: 5\nLogonId|lte: 5'), items('LogonId|gte: 5\nLogonId|lte: 5')],
  ['items-contradict', items('Image: null\nImage|contains: a'), items('Image: null\nCommandLine|contains: a')],
  [
    'item-implied',
    items("Image|endswith: '\\cmd.exe'\nImage|contains: cmd"),
    items("Image|endswith: '\\cmd.exe'\nImage|contains: temp"),
  ],
  [
    'selections-contradict',
    detection("a: { Image|endswith: '\\a.exe' }\nb: { Image|endswith: '\\b.exe' }\ncondition: all of *"),
    detection("a: { Image|endswith: '\\a.exe' }\nb: { Image|endswith: '\\b.exe' }\ncondition: 1 of *"),
  ],
  [
    'filter-cancels',
    detection("a: { Image|endswith: '\\a.exe' }\nf: { Image|contains: a.exe }\ncondition: a and not f"),
    detection("a: { Image|endswith: '\\a.exe' }\nf: { Image|contains: a.exe, CommandLine: x }\ncondition: a and not f"),
  ],
  [
    'selection-duplicate',
    detection('a: { Image: x }\nb: { Image: x }\ncondition: 1 of *'),
    detection('a: { Image: x }\nb: { Image: y }\ncondition: 1 of *'),
  ],
  [
    'selection-implied',
    detection('a: { Image: x, CommandLine: y }\nb: { Image: x }\ncondition: 1 of *'),
    detection('a: { Image: x, CommandLine: y }\nb: { Image: x }\ncondition: all of *'),
  ],
  [
    'selection-implied',
    detection(
      "a: { Image|endswith: '\\a.exe' }\nb: { Image|endswith: [.exe, .com] }\nc: { User: d }\ncondition: c and not (a or b)",
    ),
    detection('a: [Image]\nb: { Image: x }\ncondition: 1 of *'),
  ],
  [
    'field-case-variant',
    detection('a: { Image: x }\nb: { image: y }\ncondition: 1 of *'),
    detection('a: { Image: x }\nb: { Image: y }\ncondition: 1 of *'),
  ],
  // values
  ['value-duplicate', items('Image: [a, b, a]'), items('Image: [a, b]')],
  ['value-case-variant', items('Image: [cmd, CMD]'), items('Image|cased: [cmd, CMD]')],
  ['value-covered', items('Image|contains: [foo, foobar]'), items('Image|startswith: [foo, barfoo]')],
  ['value-covered', items('Image|contains|all: [foo, foobar]'), items('Image: [foo, foobar]')],
  ['value-number-text', items("LogonId: '11'"), items("LogonId: '011'")],
  ['value-control-character', items('Image: "C:\\temp"'), items("Image: 'C:\\temp'")],
  ['value-null-in-list', items('Image: [a, null]'), items('Image: null')],
  ['value-open', items("Image|contains: ''"), items("Image: '*'")],
  ['value-open', items("Image|re: '.*'"), items("Image|re: '.+'")],
  ['value-outer-space', items("Image: 'a '"), items("Image|contains: 'a '")],
  ['keyword-short', detection('sel: [ab]\ncondition: sel'), detection('sel: [abc]\ncondition: sel')],
  ['wildcard-double', items("Image: 'a**b'"), items("Image: 'a*\\*b'")],
  ['wildcard-for-modifier', items("Image: '*a*'"), items("Image: ['*a*', b]")],
  ['wildcard-for-modifier', items("Image: ['*a', '*b']"), items("Image: '*a*b'")],
  ['wildcard-for-modifier', items("Image: 'a*'"), items("Image: 'a\\*'")],
  ['wildcard-needless', items("Image|contains: '*a'"), items("Image|startswith: '*a'")],
  ['wildcard-escaped', items("Image|startswith: 'C:\\Temp\\*\\a'"), items("Image|startswith: 'C:\\Temp\\\\*\\a'")],
  [
    'value-unc-path',
    items("Image|startswith: '\\\\server\\share'"),
    items("Image|startswith: '\\\\\\\\server\\share'"),
  ],
  ['value-name-open', items('Image|endswith: cmd.exe'), items("Image|endswith: '\\cmd.exe'")],
  [
    'value-hash-length',
    items(`Hashes|contains: MD5=${'a'.repeat(31)}`),
    items(`Hashes|contains: MD5=${'a'.repeat(32)}`),
  ],
  ['value-time-part', items('UtcTime|hour: [8, 24]'), items("UtcTime|hour: [0, '23', null]")],
  ['value-time-part', items('UtcTime|day|gte: 0'), items('UtcTime|week: 53')],
  ['value-time-part', items("UtcTime|month: '13'"), items('UtcTime|year: 13')],
  // modifiers
  ['all-single-value', items('Image|contains|all: [a]'), items('Image|contains|all: [a, b]')],
  ['all-whole', items('Image|all: [a, b]'), items('Image|contains|all: [a, b]')],
  ['modifier-repeated', items('Image|contains|contains: a'), items('Image|base64|base64|contains: abcdef')],
  ['modifier-needless', items('Image|startswith|endswith: a'), items('Image|startswith: a')],
  ['modifier-needless', items('Image|re|contains: a+'), items('Image|re: a+')],
  ['base64offset-whole', items('Image|base64offset: abcdef'), items('Image|base64offset|contains: abcdef')],
  ['windash-needless', items('CommandLine|windash|contains: a b'), items("CommandLine|windash|contains: ' -b'")],
  ['windash-missing', items("CommandLine|contains: [' -x', ' /x']"), items("CommandLine|contains: [' -x', ' /y']")],
  [
    'windash-all',
    items("CommandLine|windash|contains|all: [' -x', ' -y']"),
    items("CommandLine|windash|contains: [' -x', ' -y']"),
  ],
  ['regex-literal', items("Image|re: 'a\\.b'"), items("Image|re: 'a.b'")],
  ['regex-needless-any', items("Image|re: 'a.b.*'"), items("Image|re: 'a.b\\.*'")],
  ['regex-inline-flag', items("Image|re: '(?i)a.b'"), items("Image|re: '(?:i)a.b'")],
  ['regex-dot', items("Image|re: '[a-c]x.exe'"), items("Image|re: '[a-c]x\\.exe'")],
  // other documents
  [
    'disable-unknown',
    `${rule({})}# vonggac-lint-disable title-from\n`,
    `${rule({})}# vonggac-lint-disable title-form\n`,
  ],
  [
    'filter-attribute',
    `${rule({})}---\ntitle: Ours\nlogsource: { product: windows }\nlevel: low\nfilter:\n  rules: [${id}]\n  own: { User: a }\n  condition: not own\n`,
    `${rule({})}---\ntitle: Ours\nlogsource: { product: windows }\nfilter:\n  rules: [${id}]\n  own: { User: a }\n  condition: not own\n`,
  ],
  ['correlation-trivial', correlation('gte: 1'), correlation('gte: 2')],
  ['level-missing', correlation('gte: 2').replace('level: high\n', ''), correlation('gte: 2')],
];

function correlation(condition: string): string {
  return `${rule({})}---\ntitle: Many rows\nid: ${id.replace('5', '6')}\ncorrelation:\n  type: event_count\n  rules: [${id}]\n  group-by: [User]\n  timespan: 5m\n  condition: { ${condition} }\nlevel: high\n`;
}

describe('checks', () => {
  test('the rule that rows begin with has nothing to find', () => expect(found(rule({}))).toEqual([]));
  test.each(rows)('%s', (code, bad, good) => {
    expect(found(bad)).toContain(code);
    expect(found(good)).not.toContain(code);
  });
  test('every check has a row; file names have their own', () => {
    const named = new Set([...rows.map(([code]) => code), 'file-name', 'file-name-duplicate']);
    expect(allChecks.map(({ id: code }) => code).filter((code) => !named.has(code))).toEqual([]);
  });
  test('ids are there once, and do not say twice what a problem says', () => {
    const ids = allChecks.map(({ id: code }) => code);
    expect(ids).toHaveLength(new Set(ids).size);
    const both = ids.filter((code) => code in problemCodes);
    expect(both.toSorted()).toEqual(['condition-keyword-case', 'id-duplicate']);
  });
});

describe('file names', () => {
  test.each([
    ['a_good_name.yml', []],
    ['A_Bad_Name.yml', ['file-name']],
    ['bad name.yml', ['file-name']],
    ['a_name_of_yaml.yaml', ['file-name']],
    ['short.yml', ['file-name']],
  ])('%s', (file, codes) => expect(found(rule({}), `rules/${file}`)).toEqual(codes));
  test('one name in two folders', () => {
    const other = rule({ title: 'title: Another row', id: `id: ${id.replace('5', '6')}` });
    const findings = lintRules([
      { file: 'a/some_rule_name.yml', text: rule({}) },
      { file: 'b/some_rule_name.yml', text: other },
    ]);
    expect(findings.map(({ file, code }) => [file, code])).toEqual([['b/some_rule_name.yml', 'file-name-duplicate']]);
  });
  test('our own rules want a Vietnamese title', () => {
    expect(found(rule({}), 'rules/detections/windows/some_rule_name.yml')).toEqual(['vonggac-attributes']);
  });
});

describe('findings', () => {
  test('places are those of the text, in order; problems of the loader are among them', () => {
    const text = items("Image|re: '(?=a)'\nCommandLine|contains:\n  - a\n  - b\n  - a");
    const findings = lintRules([{ file: 'some_rule_name.yml', text }]);
    expect(findings.map(({ line, column, severity, code }) => [line, column, severity, code])).toEqual([
      [11, 16, 'error', 'regex-unsupported'],
      [15, 9, 'warning', 'value-duplicate'],
    ]);
  });
  test('a file that is no YAML, or no rule, is an error and nothing else', () => {
    expect(found('a: [')).toEqual(['yaml-syntax']);
    expect(found('- a\n')).toEqual(['document-type']);
    expect(found('')).toEqual([]);
  });
  test('switched off for all, and for one document by a comment', () => {
    const text = rule({ author: null, status: null });
    const file = 'some_rule_name.yml';
    expect(found(text)).toEqual(['author-missing', 'status-missing']);
    expect(lintRules([{ file, text }], { disable: ['author-missing'] }).map(({ code }) => code)).toEqual([
      'status-missing',
    ]);
    expect(found(`# vonggac-lint-disable author-missing, status-missing: not ours\n${text}`)).toEqual([]);
    const other = rule({ author: null, title: 'title: Another row', id: `id: ${id.replace('5', '6')}` });
    expect(found(`${text}# vonggac-lint-disable author-missing\n---\n${other}`)).toEqual([
      'status-missing',
      'author-missing',
    ]);
    const inText = rule({ author: null, description: "description: 'it is # vonggac-lint-disabled here'" });
    expect(found(inText)).toEqual(['author-missing']);
  });
});

test('docs/sigma-lint.md lists exactly the checks there are', () => {
  const page = readFileSync(new URL('../../docs/sigma-lint.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| `([a-z0-9-]+)` \| (\w+) \| (yes|) \| (.*) \| (.*) \|$/gm)].map(
    ([, ...cells]) => cells,
  );
  const escaped = (text: string) => text.replaceAll('|', '\\|');
  const wanted = allChecks
    .map((check) => [check.id, check.severity, check.fixes ? 'yes' : '', escaped(check.finds), escaped(check.advice)])
    .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1));
  expect(listed).toEqual(wanted);
});

describe('a refused regex is shown at the place in it, with what RE2 has instead', () => {
  test.each([
    ["'it''s (?=x)y'", 18, 'look-around', '`re|all`'],
    ['"\\\\d(a)\\\\1"', 18, 'backreferences', '(aa|bb)'],
    ['a(?<!x)', 12, 'negative look-around', 'selection and not filter'],
    ['a(?>x)', 12, 'atomic groups', 'Leave them out'],
    ['a++', 12, 'possessive', 'Leave them out'],
    ["'\\(?=['", 16, 'missing closing ]', 'RE2'],
    ['abc[x', 14, 'missing closing ]', 'RE2'],
    ['"\\\\x41[b"', 17, 'missing closing ]', 'RE2'],
  ])('%s', (value, column, message, advice) => {
    const { problems } = parseRules(items(`f|re: ${value}`), 'f.yml');
    expect(problems).toMatchObject([{ line: 11, column }]);
    expect(problems[0]?.message).toContain(message);
    expect(problems[0]?.advice).toContain(advice);
  });
  test('a text over several lines is shown at its beginning', () => {
    const { problems } = parseRules(items('f|re: |\n  a\n  (?=x)'), 'f.yml');
    expect(problems).toMatchObject([{ line: 11, column: 11 }]);
  });
});

test('a selection that is not there: the one that was meant, or those there are', () => {
  const advice = (condition: string) =>
    parseRules(detection(`sel_a: { a: b }\nother: { a: c }\ncondition: ${condition}`), 'f.yml').problems[0]?.advice;
  expect(advice('sel_b and other')).toBe('Did you mean sel_a?');
  expect(advice('filter or other')).toBe('The rule has sel_a, other.');
});

describe('hostile files are looked at in bounded time and room', () => {
  const many = (count: number, make: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => make(i)).join('\n');
  test.each([
    ['thousands of documents', many(9000, (i) => `---\na: ${i}`)],
    ['thousands of items in a map', items(many(5000, (i) => `f${i}: x`))],
    ['one field under hundreds of chains', items(many(500, (i) => `f${'|contains'.repeat(i)}: x`))],
    ['thousands of values', items(`f|contains:\n${many(9000, (i) => `  - a${i}`)}`)],
    ['thousands of selections', detection(`${many(5000, (i) => `s${i}: { a: b${i} }`)}\ncondition: 1 of s*`)],
    ['a long condition', detection(`sel: { a: b }\ncondition: ${'sel or '.repeat(8000)}sel`)],
    ['a long word', rule({ status: `status: ${'a'.repeat(60_000)}`, x: `${'b'.repeat(60_000)}: c` })],
  ])('%s', (_, text) => {
    expect(lintRules([{ file: 'some_rule_name.yml', text }]).length).toBeLessThanOrEqual(500);
  });
  test('the last finding says that more were left out', () => {
    const text = items(`Image: [${Array.from({ length: 1000 }, () => 'a').join(', ')}]`);
    const findings = lintRules([{ file: 'some_rule_name.yml', text }]);
    expect(findings).toHaveLength(500);
    expect(findings.at(-1)).toMatchObject({ code: 'problem-limit', fix: null });
  });
});
