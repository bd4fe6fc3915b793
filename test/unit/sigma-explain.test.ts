import { describe, expect, test } from 'vitest';
import { applies, compileRules, parseRules, type UnknownDimension } from '../../src/sigma/index.ts';
import { ruleText, withCondition } from './sigma-rows.ts';

function explain(detection: string, fields: Record<string, unknown>) {
  const { rules } = parseRules(ruleText(withCondition(detection)), 'f.yml');
  const event = { fields, logsource: { product: 'windows', categories: [], services: [] } };
  return compileRules(rules).explain(0, event);
}

describe('explain', () => {
  test.each<readonly [string, Record<string, unknown>, unknown]>([
    ['sel: { a: foo }', { a: 'FOO' }, [['a', 'FOO', 'sel', 'equals', [[0, 3]]]]],
    ['sel: { a|contains: foo }', { a: 'a Foo' }, [['a', 'a Foo', 'sel', 'contains', [[2, 3]]]]],
    ['sel: { a|startswith: foo }', { a: 'Foo b' }, [['a', 'Foo b', 'sel', 'startswith', [[0, 3]]]]],
    ['sel: { a|endswith: foo }', { a: 'foo Foo' }, [['a', 'foo Foo', 'sel', 'endswith', [[4, 3]]]]],
    [
      'sel: { a: "x*y*z" }',
      { a: 'x-y-z' },
      [
        [
          'a',
          'x-y-z',
          'sel',
          'wildcard',
          [
            [0, 1],
            [2, 1],
            [4, 1],
          ],
        ],
      ],
    ],
    ['sel: { a|re: "b+" }', { a: 'abbc' }, [['a', 'abbc', 'sel', 're', [[1, 2]]]]],
    ['sel: { a|cidr: 10.0.0.0/8 }', { a: ['1.1.1.1', '10.0.0.1'] }, [['a', '10.0.0.1', 'sel', 'cidr', [[0, 8]]]]],
    ['sel: { a|gt: 3 }', { a: 5 }, [['a', '5', 'sel', 'gt', [[0, 1]]]]],
    ['sel: { a|exists: true }', { a: null }, [['a', '', 'sel', 'exists', []]]],
    ['sel: { a: null }', { b: 1 }, [['a', '', 'sel', 'null', []]]],
    ['sel: { a|fieldref|contains: b }', { a: 'xFoo', b: 'foo' }, [['a', 'xFoo', 'sel', 'fieldref', [[1, 3]]]]],
    ['sel: [needle]', { a: 1, m: 'a needle' }, [['m', 'a needle', 'sel', 'contains', [[2, 6]]]]],
    ['sel: { a: [x, y] }', { a: 'y' }, [['a', 'y', 'sel', 'equals', [[0, 1]]]]],
    [
      'sel: { a: x }\nf: { b: y }\ncondition: sel and not f',
      { a: 'x', b: 'z' },
      [['a', 'x', 'sel', 'equals', [[0, 1]]]],
    ],
    ['sel: { a: x }\nf: { b: y }\ncondition: (sel and f) or sel', { a: 'x' }, [['a', 'x', 'sel', 'equals', [[0, 1]]]]],
    ['s1: { a: x, b: y }\ns2: { a: x }\ncondition: 1 of s*', { a: 'x' }, [['a', 'x', 's2', 'equals', [[0, 1]]]]],
    ['sel: { a|neq: x }', { a: 'y' }, []],
    ['sel: { a: x }', { a: 'y' }, []],
  ])('%s on %j', (detection, fields, expected) => {
    const details = explain(detection, fields);
    expect(details.map((d) => [d.field, d.value, d.selection, d.how, d.spans])).toEqual(expected);
  });
  test('a long value is cut to a window around the match', () => {
    const [detail] = explain('sel: { a|contains: needle }', { a: `${'x'.repeat(5000)}needle${'y'.repeat(5000)}` });
    const [start = 0, length = 0] = detail?.spans[0] ?? [];
    expect(detail?.value.length).toBe(1024);
    expect(detail?.value.slice(start, start + length)).toBe('needle');
  });
  test('the number of details is bounded', () => {
    const values = Array.from({ length: 500 }, (_, i) => `v${i}`);
    expect(explain(`sel: { a: [${values.join(', ')}] }`, { a: values })).toHaveLength(64);
  });
});

describe('which rules apply', () => {
  const event = (product: string | null, categories: string[] = [], services: string[] = []) => ({
    product,
    categories,
    services,
  });
  const source = (product: string | null, category: string | null = null, service: string | null = null) => ({
    product,
    category,
    service,
  });
  test.each<readonly [ReturnType<typeof source>, ReturnType<typeof event>, boolean, boolean]>([
    // rule, event, closed, open
    [source('windows'), event('windows'), true, true],
    [source('windows'), event('Windows'), true, true],
    [source('windows'), event('linux'), false, false],
    [source('windows'), event(null), false, true],
    [source('windows', 'process_creation'), event('windows', ['process_creation'], ['sysmon']), true, true],
    [source('windows', 'process_creation'), event('windows', ['file_event'], ['sysmon']), false, false],
    [source('windows', null, 'security'), event('windows', ['process_creation'], ['security']), true, true],
    [source('windows', null, 'security'), event('windows', ['process_creation']), false, true],
    [source(null, 'webserver'), event('apache', ['webserver', 'proxy']), true, true],
    [source(null), event(null), true, true],
  ])('%j on %j', (rule, tags, closed, open) => {
    const answers = (['closed', 'open'] satisfies UnknownDimension[]).map((unknown) => applies(rule, tags, unknown));
    expect(answers).toEqual([closed, open]);
  });
});
