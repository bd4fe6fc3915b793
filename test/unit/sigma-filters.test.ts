import { describe, expect, test } from 'vitest';
import {
  compileRules,
  defaultSigmaLimits,
  linkRules,
  lintRules,
  meets,
  parsePlaceholders,
  parseRules,
} from '../../src/sigma/index.ts';
import { baseRules, correlation, idOf, link } from './sigma-correlation-rows.ts';

/** A rule on windows/process_creation with two selections of names that filters use as well. */
const rule = `title: rule
id: ${idOf('a')}
name: first
logsource: { product: windows, category: process_creation }
detection:
  selection: { Image|endswith: '\\x.exe' }
  selection_b: { User: bob }
  condition: 1 of selection*
`;
const filter = (lines: string, logsource = '{ product: windows }') =>
  `title: filter
id: ${idOf('f')}
logsource: ${logsource}
filter:
${lines.replaceAll(/^/gm, '  ')}
`;
const notAdmin = filter('rules: any\nselection: { User|startswith: adm_ }\ncondition: not selection');

const event = (fields: Record<string, unknown>) => ({
  fields,
  logsource: { product: 'windows', categories: ['process_creation'], services: [] },
});
/** Whether the first rule is met; the reference and the fast engine must say the same. */
function met(documents: readonly string[], fields: Record<string, unknown>): boolean {
  const { rules, all } = link(documents);
  expect(all.filter(({ severity }) => severity === 'refused')).toEqual([]);
  const [first] = rules;
  const slow = first !== undefined && meets(first.ir, fields);
  expect(compileRules(rules).match(event(fields)).includes(0)).toBe(slow);
  return slow;
}

describe('what a filter does', () => {
  const admin = { Image: 'c:\\x.exe', User: 'adm_1' };
  const other = { Image: 'c:\\x.exe', User: 'eve' };
  test.each([
    ['is added with and', [rule, notAdmin], false, true],
    ['stands before the rule', [notAdmin, rule], false, true],
    ['is for any rule when its list is empty', [rule, notAdmin.replace('rules: any', 'rules: []')], false, true],
    ['is for all rules', [rule, notAdmin.replace('rules: any', 'rules: All')], false, true],
    ['names the rule by id', [rule, notAdmin.replace('any', `[${idOf('a')}]`)], false, true],
    ['names the rule by name', [rule, notAdmin.replace('any', 'first')], false, true],
    [
      'names another rule',
      [rule, baseRules.replaceAll(idOf('a'), idOf('e')), notAdmin.replace('any', 'b')],
      true,
      true,
    ],
    ['condition as written: without not it keeps', [rule, notAdmin.replace('not selection', 'selection')], true, false],
    [
      'patterns see the selections of the filter only',
      [rule, filter('rules: any\nselection: { User: adm_1 }\nother: { User: adm_2 }\ncondition: not 1 of them')],
      false,
      true,
    ],
    [
      'all of them of the filter',
      [rule, filter('rules: any\nselection: { User: adm_1 }\nother: { User: adm_2 }\ncondition: not all of them')],
      true,
      true,
    ],
    [
      'several filters add up',
      [
        rule,
        notAdmin,
        filter('rules: any\nselection: { User: eve }\ncondition: not selection').replace(idOf('f'), idOf('e')),
      ],
      false,
      false,
    ],
    ['of another product', [rule, notAdmin.replace('product: windows', 'product: linux')], true, true],
    [
      'of the same category',
      [rule, filter('rules: any\nx: { User: adm_1 }\ncondition: not x', '{ category: process_creation }')],
      false,
      true,
    ],
    [
      'of a service that the rule does not name',
      [rule, filter('rules: any\nx: { User: adm_1 }\ncondition: not x', '{ product: windows, service: security }')],
      true,
      true,
    ],
  ] as const)('%s', (_name, documents, admins, others) => {
    expect(met(documents, admin)).toBe(admins);
    expect(met(documents, other)).toBe(others);
  });

  test('names of its selections meet no name of the rule, even one made to', () => {
    const hostile = rule.replace(
      'selection_b: { User: bob }',
      "selection_b: { User: bob }\n  'filter 1: selection': { User: eve }",
    );
    expect(met([hostile, notAdmin], admin)).toBe(false);
    expect(met([hostile, notAdmin], other)).toBe(true);
    expect(met([hostile, notAdmin], { User: 'bob' })).toBe(true);
  });

  test('says in explain which selection let the event through', () => {
    const { rules } = link([rule, notAdmin.replace('not selection', 'selection')]);
    const details = compileRules(rules).explain(0, event(admin));
    expect(details.map(({ selection }) => selection)).toEqual(['selection', 'filter 1: selection']);
  });

  test('changes hash and version of the rules it touches, of no others', () => {
    const plain = link([rule, baseRules.replaceAll(idOf('a'), idOf('e'))]).rules;
    const one = notAdmin.replace('rules: any', 'rules: first');
    const filtered = link([rule, baseRules.replaceAll(idOf('a'), idOf('e')), one]).rules;
    expect(filtered[0]?.hash).not.toBe(plain[0]?.hash);
    expect(filtered.slice(1)).toEqual(plain.slice(1));
    expect(compileRules(filtered).version).not.toBe(compileRules(plain).version);
    const second = filter('rules: any\ny: { User: eve }\ncondition: not y', '{ category: process_creation }');
    const hashOf = (documents: string[]) => link(documents).rules[0]?.hash;
    expect(hashOf([rule, one, second])).toBe(hashOf([rule, second, one]));
  });

  test('leaves correlations alone', () => {
    const counted = correlation(
      'type: event_count\nrules: [first]\ngroup-by: [User]\ntimespan: 1m\ncondition: { gte: 2 }',
    );
    const ir = (documents: string[]) => link(documents).correlations[0]?.ir;
    const { all } = link([rule, counted, notAdmin.replace('any', '[corr1]')]);
    expect(all.map(({ code }) => code)).toEqual(['filter-rule-unknown', 'filter-without-effect']);
    expect(ir([rule, counted, notAdmin])).toEqual(ir([rule, counted]));
  });

  test('takes placeholders', () => {
    const { placeholders, problems } = parsePlaceholders('admins: [adm_1, adm_2]\n', 'p.yml');
    expect(problems).toEqual([]);
    const lines = "rules: any\nx: { User|expand: '%admins%' }\ncondition: not x";
    const { rules, all } = link([rule, filter(lines)], { placeholders });
    expect(all).toEqual([]);
    const [first] = rules;
    expect(first && meets(first.ir, admin)).toBe(false);
    expect(first && meets(first.ir, other)).toBe(true);
  });
});

describe('what is wrong with a filter', () => {
  test.each([
    ['no logsource', notAdmin.replace('logsource: { product: windows }\n', ''), ['logsource-missing 1:1']],
    ['an empty logsource', notAdmin.replace('{ product: windows }', '{}'), ['logsource-empty 3:1']],
    ['no title', notAdmin.replace('title: filter\n', ''), ['title-missing 1:1']],
    ['no rules', notAdmin.replace('  rules: any\n', ''), ['filter-rules 4:1']],
    ['a map as rules', notAdmin.replace('any', '{ a: b }'), ['filter-rules 5:10']],
    ['a map in rules', notAdmin.replace('any', '[{ a: b }]'), ['filter-rules 5:11']],
    ['no condition', notAdmin.replace('  condition: not selection\n', ''), ['condition-missing 4:1']],
    ['a list of conditions', notAdmin.replace('not selection', '[not selection]'), ['condition-type 7:14']],
    ['an unknown selection', notAdmin.replace('not selection', 'not nothing'), ['condition-undefined 7:18']],
    ['a selection of the rule', notAdmin.replace('not selection', 'not selection_b'), ['condition-undefined 7:18']],
    ['an unknown modifier', notAdmin.replace('startswith', 'startwith'), ['modifier-unknown 6:21']],
    ['no not', notAdmin.replace('not selection', 'selection'), ['filter-without-not 7:14']],
    ['an unknown rule', notAdmin.replace('any', '[first, nobody]'), ['filter-rule-unknown 5:18']],
    ['a logsource without rules', notAdmin.replace('windows', 'beos'), ['filter-without-effect 4:1']],
  ])('%s', (_name, text, expected) => {
    const { all } = link([text, rule]);
    expect(all.map(({ code, line, column }) => `${code} ${line}:${column}`)).toEqual(expected);
  });

  test('more filters on a rule than the limit', () => {
    const { all, rules } = link([rule, notAdmin, notAdmin], { limits: { ...defaultSigmaLimits, filtersOfRule: 1 } });
    expect(all.map(({ code }) => code)).toEqual(['filter-too-many']);
    expect([...(rules[0]?.ir.selections.keys() ?? [])]).toEqual(['selection', 'selection_b', 'filter 1: selection']);
  });
});

describe('action: global, reset, repeat', () => {
  const read = (documents: readonly string[]) => parseRules(documents.join('---\n'), 'f.yml', { legacyActions: true });
  const global =
    'action: global\ntitle: both\nlevel: high\nlogsource: { product: windows }\ndetection:\n  condition: sel\n';
  const part = (letter: string, field: string) => `id: ${idOf(letter)}\ndetection:\n  sel: { ${field}: x }\n`;

  test('the template fills what follows; maps are merged, the template wins', () => {
    const { rules, problems, documents } = read([global, part('a', 'A'), `${part('b', 'B')}level: low\n`]);
    expect(problems).toEqual([]);
    expect(rules.map(({ id, title, level, line }) => [id, title, level, line])).toEqual([
      [idOf('a'), 'both', 'high', 8],
      [idOf('b'), 'both', 'high', 12],
    ]);
    expect(documents).toHaveLength(2);
    expect(rules.map(({ ir }) => meets(ir, { B: 'x' }))).toEqual([false, true]);
  });
  test('reset ends the template', () => {
    const { rules, problems } = read([global, part('a', 'A'), 'action: reset\n', part('b', 'B')]);
    expect(rules.map(({ id }) => id)).toEqual([idOf('a')]);
    expect(problems.map(({ code }) => code)).toEqual(['title-missing', 'logsource-missing', 'condition-missing']);
  });
  test('repeat is the rule before with changes: maps go together, the repetition wins', () => {
    const { rules, problems } = read([global, part('a', 'A'), `action: repeat\n${part('b', 'A').replace('x', 'y')}`]);
    expect(problems).toEqual([]);
    expect(rules.map(({ id }) => id)).toEqual([idOf('a'), idOf('b')]);
    expect(rules.map(({ ir }) => meets(ir, { A: 'y' }))).toEqual([false, true]);
    expect(rules[1]?.source).toContain('action: repeat');
  });
  test("a rule's own id stands; an inherited one is for the first alone, so that none is refused as a double", () => {
    const withId = `id: ${idOf('f')}\n${global}`;
    const plain = part('x', 'B').replace(/id: .*\n/, '');
    const { rules, problems } = read([
      withId,
      part('a', 'A'),
      plain,
      plain.replace('B', 'C'),
      `action: repeat\n${plain}`,
    ]);
    expect(rules.map(({ id }) => id.slice(0, 8))).toEqual(
      ['a', 'f', 'content-', 'content-'].map((id) => (id === 'content-' ? id : idOf(id).slice(0, 8))),
    );
    expect(new Set(rules.map(({ id }) => id)).size).toBe(4);
    expect(problems.map(({ code }) => code)).toEqual(['id-missing', 'id-missing']);
  });
  test('the linter asks a part for nothing that its template says', () => {
    const text = [global, part('a', 'A'), 'action: reset\n', part('b', 'B')].join('---\n');
    const found = lintRules([{ file: 'some_rules_here.yml', text }], { legacyActions: true });
    const missing = found.filter(({ code }) => ['level-missing', 'status-missing', 'author-missing'].includes(code));
    expect(missing.map(({ line }) => line)).toEqual([14, 14, 14]);
  });
  test('a change of the template changes the hash of what it fills', () => {
    const hash = (text: string) => read([text, part('a', 'A')]).rules[0]?.hash;
    expect(hash(global)).not.toBe(hash(global.replace('both', 'each')));
  });
  test('correlations and filters are not filled', () => {
    const { documents } = read([global, 'title: x\nfilter: { rules: any }\n']);
    expect(documents[0]?.problems.map(({ code }) => code)).toContain('logsource-missing');
  });
  test('an unknown action, and any without the option', () => {
    expect(read(['action: explode\ntitle: x\n']).problems.map(({ code }) => code)).toEqual(['document-action']);
    expect(parseRules(global, 'f.yml').problems.map(({ code }) => code)).toEqual(['document-action']);
  });
});

describe('files of placeholders', () => {
  test.each([
    ['lists and single values', 'a: [x, 1]\nb: y\n', { a: ['x', '1'], b: ['y'] }, []],
    ['an ordinary name', '__proto__: [x]\n', { ['__proto__']: ['x'] }, []],
    ['a list', '- a\n', {}, ['placeholder-file 1:1']],
    ['a map in a list', 'a: [{ b: c }]\nd: e\n', { d: ['e'] }, ['placeholder-file 1:4']],
    ['a name with percent signs', "'%a%': [x]\n", {}, ['placeholder-file 1:1']],
    ['broken YAML', 'a: [x\n', {}, ['yaml-syntax 2:1']],
    ['nothing', '', {}, []],
  ])('%s', (_name, text, expected, codes) => {
    const { placeholders, problems } = parsePlaceholders(text, 'p.yml');
    expect(Object.entries(placeholders)).toEqual(Object.entries(expected));
    expect(problems.map(({ code, line, column }) => `${code} ${line}:${column}`)).toEqual(codes);
  });
});

test('of two rules with one id the first stands, whatever case it is written in; a rule goes before a correlation', () => {
  const one = (title: string, id: string) =>
    `title: ${title}\nid: ${id}\nlevel: low\nlogsource: { product: windows }\ndetection: { sel: { a: x }, condition: sel }\n`;
  const correlation = `title: late\nid: ${idOf('a')}\ncorrelation: { type: event_count, rules: [${idOf('b')}], timespan: 1h, group-by: [b], condition: { gte: 2 } }\n`;
  const text = [
    correlation,
    one('first', idOf('a')),
    one('second', idOf('a').toUpperCase()),
    one('other', idOf('b')),
  ].join('---\n');
  const { rules, correlations, documents, problems } = linkRules(parseRules(text, 'f.yml').documents);
  expect(rules.map(({ title }) => title)).toEqual(['first', 'other']);
  expect(correlations).toEqual([]);
  expect(documents.map(({ outcome }) => outcome)).toEqual(['refused', 'ok', 'refused', 'ok']);
  expect(problems.map(({ code, line }) => [code, line])).toEqual([
    ['id-duplicate', 1],
    ['id-duplicate', 11],
  ]);
});

test('linking nothing gives nothing', () => {
  const empty = { rules: [], correlations: [], silent: new Set(), documents: [], problems: [] };
  expect(linkRules([])).toEqual(empty);
});
