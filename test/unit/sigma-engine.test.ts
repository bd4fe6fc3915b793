import { describe, expect, test } from 'vitest';
import { compileRules, explainRule, meets, parseRules, type Rule } from '../../src/sigma/index.ts';
import { LineTokens } from '../../src/sigma/match/bytes/line-tokens.ts';
import { ValueCache as LineValueCache } from '../../src/sigma/match/bytes/value-cache.ts';
import { compileImage } from '../../src/sigma/match/compile-image.ts';
import { Marks } from '../../src/sigma/match/marks.ts';
import { regexLiterals } from '../../src/sigma/match/regex-literal.ts';
import { Run } from '../../src/sigma/match/run.ts';
import { ValueCache } from '../../src/sigma/match/value-cache.ts';
import { ruleText, withCondition } from './sigma-rows.ts';

function ruleOf(detection: string): Rule {
  const [rule] = parseRules(ruleText(withCondition(detection)), 'f.yml').rules;
  if (rule === undefined) throw new Error('the rule is refused');
  return rule;
}

const nowhere = { product: null, categories: [], services: [] };
const unrouted = { routing: false };

describe('generations', () => {
  test('begin anew before they pass 31 bits, and old stamps with them', () => {
    const marks = new Marks(3, 3);
    marks.mark(1);
    marks.generation = 0x7fff_fffe;
    expect(marks.next()).toBe(false);
    marks.mark(2);
    expect(marks.next()).toBe(true);
    expect([...marks.stamps]).toEqual([0, 0, 0]);
    expect(marks.generation).toBe(1);
    marks.mark(2);
    expect(marks.queued).toBe(1);
  });
  test('a run forgets what it decided and what slow tests said', () => {
    const { ir } = ruleOf('sel: { a|re: "b+c" }');
    const run = new Run(compileImage([{ index: 0, ir }]));
    const decide = (text: string) => {
      const begun = run.begin();
      for (let truth = 0; truth < run.image.truths; truth++) run.marks.mark(truth);
      const met = run.decide({ textsOf: () => [text], textsNamed: () => [], leaves: () => [], mayCompare: () => true });
      return [begun, met];
    };
    expect(decide('bc')).toEqual([false, [0]]);
    run.marks.generation = 0x7fff_ffff;
    expect(decide('x')).toEqual([true, []]);
    expect(decide('bbc')).toEqual([false, [0]]);
  });
});

describe('values nested deep', () => {
  const rules = [ruleOf('sel: [needle]'), ruleOf('sel: { a: needle }'), ruleOf('sel: { a.b|contains: needle }')];
  const inLists = (levels: number) => {
    let value: unknown = 'needle';
    for (let i = 0; i < levels; i++) value = [value];
    return { a: value };
  };
  const inObjects = (levels: number) => {
    let value: unknown = 'needle';
    for (let i = 0; i < levels; i++) value = { b: value };
    return { a: value };
  };
  test.each([
    [63, 0],
    [64, 1],
    [65, 1],
    [10_000, 1],
  ])('%i levels: as the reference says, and told of when it is too deep', (levels, cut) => {
    for (const fields of [inLists(levels), inObjects(levels)]) {
      const set = compileRules(rules);
      const wanted = rules.flatMap((rule, index) => (meets(rule.ir, fields) ? [index] : []));
      expect(set.match({ fields, logsource: nowhere }, unrouted)).toEqual(wanted);
      expect(set.eventsCut()).toBe(cut);
    }
  });
});

test('a text of millions of units meets what the reference says', () => {
  const rules = [
    ruleOf('sel: { a|contains: needle }'),
    ruleOf('sel: { a|endswith: end }'),
    ruleOf('sel: { a|contains: đá }'),
    ruleOf('sel: [needle]'),
  ];
  const fields = { a: `${'needl'.repeat(600_000)}needle Đá${'x'.repeat(1_000_000)}end` };
  const set = compileRules(rules);
  expect(set.match({ fields, logsource: nowhere }, unrouted)).toEqual([0, 1, 2, 3]);
});

test('a long literal is found behind near misses of it, whatever differed where in texts before', () => {
  const long = 'a'.repeat(90);
  const period = 'ab'.repeat(20);
  const rules = [
    ruleOf(`sel: { a|contains: ${long} }`),
    ruleOf(`sel: { a|contains: ${period}c }`),
    ruleOf(`sel: { a|contains: [x, ${long}b${long}] }`),
    ruleOf(`sel: { b|startswith: ${period} }`),
    ruleOf(`sel: { b|endswith: ${period} }`),
    ruleOf(`sel: [c${long}]`),
  ];
  const set = compileRules(rules);
  const misses = [`${'a'.repeat(89)}b`, `${period}ab`, `${'a'.repeat(80)}c`, 'ba'.repeat(30)];
  for (const [i, found] of [long, `${period}c`, `${long}b${long}`, period, `c${long}`, ''].entries()) {
    for (const times of [0, 1, 7, 40]) {
      const text = `${misses.map((miss) => miss.repeat(times)).join('')}${found}${misses[i % 4]?.repeat(times)}`;
      const line = Buffer.from(JSON.stringify({ a: text, b: text.slice(times) }));
      const fields = { a: text, b: text.slice(times) };
      const expected = rules.flatMap(({ ir }, index) => (meets(ir, fields) ? [index] : []));
      expect(set.match({ fields, logsource: nowhere }, unrouted)).toEqual(expected);
      expect(set.matchLine(line, 0, line.length, unrouted)).toEqual(expected);
    }
  }
});

describe('a value cache', () => {
  /** What the cache marks for a text; null when it does not know it. */
  function marked(cache: ValueCache, text: string): number[] | null {
    const marks = new Marks(100, 100);
    return cache.mark(text, marks) ? [...marks.queue.subarray(0, marks.queued)] : null;
  }
  test('rests while values do not repeat, and takes no long ones', () => {
    const cache = new ValueCache();
    expect(cache.takes('x'.repeat(10_000))).toBe(false);
    let lookups = 0;
    while (cache.takes(`value ${lookups}`) && lookups < 1_000_000) {
      expect(marked(cache, `value ${lookups}`)).toBeNull();
      cache.keep(`value ${lookups}`, Int32Array.of(1), 1);
      lookups++;
    }
    expect(lookups).toBeLessThan(10_000);
  });
  test('keeps on while they do, and forgets what was not asked for', () => {
    const cache = new ValueCache();
    for (let i = 0; i < 20_000; i++) {
      const text = i % 4 === 0 ? `new ${i}` : 'old';
      expect(cache.takes(text)).toBe(true);
      const known = marked(cache, text);
      if (known === null) cache.keep(text, Int32Array.of(7, 9, 5), text === 'old' ? 2 : 3);
      else expect(known).toEqual([7, 9]);
    }
    expect(marked(cache, 'new 0')).toBeNull();
    expect(marked(cache, 'old')).toEqual([7, 9]);
    expect(marked(cache, 'new 19996')).toEqual([7, 9, 5]);
  });
});

test('of values of lines that share a pair of places the one not met for longer gives way', () => {
  const line = new LineTokens();
  const cache = new LineValueCache();
  const find = (value: string): number => {
    const bytes = new TextEncoder().encode(`{"a":"${value}"}    `);
    expect(line.read(bytes, 0, bytes.length - 4)).toBe(true);
    return cache.find(line, 0);
  };
  const keep = (value: string): void => {
    expect(find(value)).toBe(-1);
    cache.put(line, 0, Int32Array.of(1), 1);
  };
  const pairs = new Map<number, string[]>();
  for (let i = 0; i < 400; i++) {
    const value = `value ${i}`;
    find(value);
    pairs.set(cache.place >> 1, [...(pairs.get(cache.place >> 1) ?? []), value]);
  }
  const [first = '', second = '', third = ''] = [...pairs.values()].find((values) => values.length > 2) ?? [];
  keep(first);
  keep(second);
  expect(find(first)).not.toBe(-1);
  expect(find(second)).not.toBe(-1);
  expect(find(first)).not.toBe(-1);
  keep(third);
  expect(find(first)).not.toBe(-1);
  expect(find(third)).not.toBe(-1);
  expect(find(second)).toBe(-1);
});

test.each<readonly [string, string, readonly (readonly string[])[]]>([
  ['net\\s+user\\s+', '', [['net'], ['user']]],
  ['-(W|R)\\s?x', '', [['-W', '-R'], ['x']]],
  ['(?i)(?:foo|bar)baz+', '', [['foobaz', 'barbaz']]],
  ['\\n\\n\\r\\t', '', [['\n\n\r\t']]],
  ['a|b', '', []],
  ['(a|b)?cd', '', [['cd']]],
  ['(a|b)*', '', []],
  ['(a|)bc', '', [['bc']]],
  ['ab{2}c', '', [['a'], ['c']]],
  ['kiss', 'i', [['i']]],
  ['(kiss|me)ab', 'i', [['ab']]],
  ['"(?:\\{\\d\\})+"\\s*-f', '', [['"{'], ['}'], ['"'], ['-f']]],
  ['a(b(c|d)e)f', '', [['abcef', 'abdef']]],
  ['a(b(c|d*)e)f', '', [['ab'], ['ef']]],
  ['a(b(c|d*)e)+f', '', [['ab'], ['e'], ['f']]],
  ['a(b|c.)d', '', [['a'], ['d']]],
  ['a(b.c)?d', '', [['a'], ['d']]],
  ['a(?P<name>b.)c', '', [['a'], ['c']]],
])('every match of %s (flags %j) holds one of each of %j', (source, flags, literals) => {
  expect(regexLiterals(source, flags)).toEqual(literals);
});

describe('explainRule', () => {
  const plain = { dashes: false, other: null };
  const rule = ruleOf(`
sel: { Image|endswith: ['\\cmd.exe', '\\pwsh.exe'], n|gt: 3, m|exists: true }
words: [needle]
filter: { User: [root, null], x|neq: y }
condition: (sel or words) and not filter`);

  test('says of every item whether it is met, by what, and what was looked for', () => {
    const told = explainRule(rule.ir, { Image: 'C:\\CMD.exe', n: 2, User: 'Root', x: ['a', 'b'] });
    expect(told).toEqual({
      met: false,
      condition: {
        kind: 'and',
        met: false,
        of: [
          {
            kind: 'or',
            met: false,
            of: [
              {
                kind: 'selections',
                link: 'all',
                met: false,
                of: [
                  {
                    name: 'sel',
                    met: false,
                    detection: {
                      kind: 'all',
                      met: false,
                      of: [
                        {
                          ...{ kind: 'item', met: true, field: 'Image', link: 'any', negated: false },
                          ...{ line: expect.any(Number), column: expect.any(Number) },
                          ...{ exists: true, present: true, values: ['C:\\CMD.exe'], valueCount: 1 },
                          wanted: [
                            [
                              {
                                ...{ met: true, how: 'endswith', text: '\\cmd.exe', cased: false, ...plain },
                                by: { value: 'C:\\CMD.exe', spans: [[2, 8]] },
                              },
                            ],
                            [{ met: false, how: 'endswith', text: '\\pwsh.exe', cased: false, ...plain, by: null }],
                          ],
                        },
                        expect.objectContaining({
                          ...{ field: 'n', met: false, values: ['2'] },
                          wanted: [[{ met: false, how: 'gt', text: '3', cased: false, ...plain, by: null }]],
                        }),
                        expect.objectContaining({
                          ...{ field: 'm', met: false, exists: false, present: false, valueCount: 0 },
                          wanted: [[{ met: false, how: 'exists', text: 'true', cased: false, ...plain, by: null }]],
                        }),
                      ],
                    },
                  },
                ],
              },
              {
                kind: 'selections',
                link: 'all',
                met: false,
                of: [
                  {
                    name: 'words',
                    met: false,
                    detection: expect.objectContaining({ field: null, met: false, valueCount: 5 }),
                  },
                ],
              },
            ],
          },
          {
            kind: 'not',
            met: false,
            of: {
              kind: 'selections',
              link: 'all',
              met: true,
              of: [
                {
                  name: 'filter',
                  met: true,
                  detection: {
                    kind: 'all',
                    met: true,
                    of: [
                      expect.objectContaining({
                        ...{ field: 'User', met: true },
                        wanted: [
                          [expect.objectContaining({ met: true, by: { value: 'Root', spans: [[0, 4]] } })],
                          [expect.objectContaining({ met: false, how: 'null', by: null })],
                        ],
                      }),
                      expect.objectContaining({ field: 'x', met: true, negated: true, values: ['a', 'b'] }),
                    ],
                  },
                },
              ],
            },
          },
        ],
      },
    });
  });
  test('agrees with the reference', () => {
    for (const fields of [
      {},
      { Image: '\\cmd.exe', n: 4, m: null },
      { w: 'a needle' },
      { w: 'needle', User: 'root' },
    ]) {
      expect(explainRule(rule.ir, fields).met).toBe(meets(rule.ir, fields));
    }
  });
});
