import { describe, expect, test } from 'vitest';
import { applyFixes, type EventFields, lintRules, meets, parseRules, type Rule } from '../../src/sigma/index.ts';
import { allChecks } from '../../src/sigma/lint/all-checks.ts';
import { createRandom, type Random, repeat } from '../property/sigma-case-random.ts';
import { eventFor } from '../property/sigma-cases.ts';

const file = 'some_rule_name.yml';
const lint = (text: string) => lintRules([{ file, text }]);

/** Text before, text after all fixes. */
const rows: readonly (readonly [string, string, string])[] = [
  ['all on one value', 'a|contains|all: x', 'a|contains: x'],
  ['all on one value, quoted key', "'a|contains|all': x", "'a|contains': x"],
  ['two wildcards', "a: 'x**y\\**z'", "a: 'x*y\\**z'"],
  ['a comment beside a value keeps it', 'a:\n  - x\n  - X # why\n  - y', 'a:\n  - x\n  - X # why\n  - y'],
  ['a value twice', 'a:\n  - x # why\n  - y\n  - "x"\n  - z', 'a:\n  - x # why\n  - y\n  - z'],
  ['a flow list is left alone', 'a: [x, y, x]', 'a: [x, y, x]'],
  ['a number and its text', "a:\n  - 11\n  - '11'", 'a:\n  - 11'],
  ['wildcards that a modifier says', "a:\n  - '*x*'\n  - \"*y'*\"", "a|contains:\n  - 'x'\n  - \"y'\""],
  ['a plain value that becomes a number', 'a: 11*', "a|startswith: '11'"],
  ['an escaped star at the end', "a: '*x\\*'", "a|endswith: 'x\\*'"],
  ['needless wildcards', "a|startswith: 'x**'", "a|startswith: 'x'"],
  ['text as a number', "a: '4688' # logon", 'a: 4688 # logon'],
  ['a plain regex', "a|re: 'x\\.y\\*z'", "a|contains|cased: 'x.y\\*z'"],
  ['a backslash of a regex', "a|re: 'c:\\\\x'", "a|contains|cased: 'c:\\\\x'"],
  ['any before and after', "a|re: '.*x+.*?.*'", "a|re: 'x+'"],
  ['flags inside', "a|re|all:\n  - '(?im)x+'\n  - '(?im)y+'", "a|re|i|m|all:\n  - 'x+'\n  - 'y+'"],
  ['unlike flags', "a|re:\n  - '(?i)x+'\n  - 'y+'", "a|re:\n  - '(?i)x+'\n  - 'y+'"],
  ['starts and ends', 'a|startswith|endswith: x', 'a|contains: x'],
  ['contains twice', 'a|contains|contains: x', 'a|contains: x'],
  ['contains after a regex', 'a|re|contains: x+', 'a|re: x+'],
  ['no flag for windash', 'a|windash|contains: x', 'a|contains: x'],
  ['covered values', 'a|contains:\n  - xyz\n  - xy\n  - ab', 'a|contains:\n  - xy\n  - ab'],
  ['covered values under all', 'a|contains|all:\n  - xyz\n  - xy\n  - ab', 'a|contains|all:\n  - xyz\n  - ab'],
  ['CRLF stays', 'a:\r\n  - x\r\n  - x\r\n  - y', 'a:\r\n  - x\r\n  - y'],
  ['a byte order of characters outside the plane', "a:\n  - '😀x'\n  - 'y'\n  - '😀x'", "a:\n  - '😀x'\n  - 'y'"],
];

const around = (lines: string, condition = 'sel') =>
  `title: Row of a table\nid: 5f3bde0c-4d59-4b36-8c3f-0d2b7a3e9a11\nlogsource: { product: windows }\ndetection:\n  sel:\n${lines
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}\n  condition: ${condition}\nlevel: low\n`;

describe('fixes', () => {
  test.each(rows)('%s', (_, before, after) => expect(fixed(around(before))).toBe(around(after)));
  test.each([
    ['them', '1 of them', 'sel'],
    ['a selector of one', 'not (all of s*)', 'not (sel)'],
    ['capitals', 'NOT  sel', 'not  sel'],
  ])('conditions: %s', (_, before, after) => expect(fixed(around('a: x', before))).toBe(around('a: x', after)));
  test('metadata: words that were meant, dates, doubled entries, attributes of filters', () => {
    const before = `status: experimentel\ndate: 2026/1/2\ntags:\n  - attack.impact\n  - attack.impact\n${around('a: x').replace('product: windows', 'product: Windows')}`;
    const after = `status: experimental\ndate: 2026-01-02\ntags:\n  - attack.impact\n${around('a: x')}`;
    expect(fixed(before)).toBe(after);
    const words = `Refrences:\n  - http://a.vn\ntags:\n  - Attack.Impact\n${around('a: x').replace('level: low', 'level: Low')}`;
    expect(fixed(words)).toBe(`references:\n  - http://a.vn\ntags:\n  - attack.impact\n${around('a: x')}`);
    const filter =
      'title: Ours\nlogsource: { product: x }\nlevel: low\nfilter:\n  rules: any\n  f: { a: b }\n  condition: not f\n';
    expect(fixed(filter)).toBe(filter.replace('level: low\n', ''));
  });
});

describe('a fixed rule means the same', () => {
  const seen = new Set<string>();
  test.each(repeat(20, (i) => i))('untidy rules of seed %i', (seed) => {
    const random = createRandom(seed);
    for (const text of repeat(10, () => untidyRule(random))) {
      const [rule] = parseRules(text, file).rules;
      if (rule === undefined) continue;
      const events = repeat(25, () => eventFor(random, [rule]).fields);
      for (const finding of lint(text)) {
        if (finding.fix === null) continue;
        seen.add(finding.code);
        expectSame(rule, applyFixes(text, [finding]).text, events, finding.code);
      }
      expectSame(rule, fixed(text), events, 'all');
    }
  });
  test('the rules above came upon every fix of items and conditions', () => {
    const ofItems = allChecks.filter(({ fixes, item }) => fixes && item !== undefined).map(({ id }) => id);
    expect(
      [...ofItems, 'condition-keyword-case', 'them-single', 'selector-of-one'].filter((id) => !seen.has(id)),
    ).toEqual([]);
  });
});

function fixed(text: string): string {
  let now = text;
  for (let round = 0; round < 8; round++) {
    const next = applyFixes(now, lint(now)).text;
    if (next === now) return now;
    now = next;
  }
  throw new Error(`fixes do not settle:\n${text}`);
}

function expectSame(before: Rule, text: string, events: readonly EventFields[], code: string): void {
  const [after] = parseRules(text, file).rules;
  const unlike = events.filter((event) => after === undefined || meets(after.ir, event) !== meets(before.ir, event));
  expect(unlike, `${code}\n${before.source}\n${text}`).toEqual([]);
}

/** A rule as people write them late at night. */
function untidyRule(random: Random): string {
  const condition = random.pick(['sel', '1 of them', 'NOT sel', 'all of s*', 'sel AND sel', 'not 1 of sel']);
  const lines = repeat(1 + random.int(3), (i) =>
    untidyItem(random, `${random.pick(['Image', 'CommandLine', 'a.b', 'n'])}${i}`),
  );
  return around(lines.join('\n'), condition);
}

const chains = [
  '',
  'contains',
  'startswith',
  'endswith',
  'contains|all',
  'all',
  'contains|contains',
  'startswith|endswith',
  'contains|endswith|all',
  'windash|contains',
  'contains|windash|all',
  'cased',
  'contains|cased',
  'neq',
  'contains|neq',
  'endswith|all|neq',
  're',
  're|i',
  're|all',
  're|contains',
  're|neq',
  'base64offset|contains',
  'cidr',
];
const texts = [
  'a',
  'A',
  'ab',
  'abc',
  'k',
  '\\x',
  'x\\',
  '-a',
  ' /c',
  '*',
  '\\*',
  '\\\\*',
  '?',
  '\\?',
  '.',
  '11',
  '0',
  'ſ',
  'K',
  'Σ',
  'ç',
  '😀',
];
const regexes = [
  'a',
  'a\\.b',
  '.*a',
  'a.*',
  '.*?a.*?',
  '(?i)a',
  '(?i)k+',
  '(?s)a.b',
  'a|.*b.*',
  '\\.*',
  'a\\\\.*',
  '[.*]',
  'a+',
  '\\*',
  'x{2}',
];

function untidyItem(random: Random, field: string): string {
  const chain = random.pick(chains);
  const values: string[] = [];
  for (let left = 1 + random.int(4); left > 0; left--) {
    const [first] = values;
    const again = first !== undefined && random.chance(0.3);
    values.push(again ? random.pick([first, first.toUpperCase()]) : untidyValue(random, chain));
  }
  const key = chain === '' ? field : `${field}|${chain}`;
  const written = values.map((value) => writeValue(random, value));
  return values.length === 1
    ? `${key}: ${written[0]}`
    : `${key}:\n${written.map((value) => `  - ${value}`).join('\n')}`;
}

function untidyValue(random: Random, chain: string): string {
  if (chain === 'cidr') return random.pick(['10.0.0.0/8', '10.1.0.0/16', '10.0.0.0/8', '::/0']);
  if (chain.startsWith('re')) return random.pick(regexes);
  if (random.chance(0.1)) return String(random.int(12));
  const star = () => random.pick(['', '', '*', '**']);
  const text = repeat(1 + random.int(3), () => random.pick(texts)).join('');
  return chain.startsWith('base64') ? `base64 ${random.int(3)}` : `${star()}${text}${star()}`;
}

function writeValue(random: Random, value: string): string {
  if (/^\d+$/.test(value) && random.int(2) === 0) return value;
  return /^[a-z]+$/i.test(value) && random.int(2) === 0 ? value : `'${value.replaceAll("'", "''")}'`;
}
