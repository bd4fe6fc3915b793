import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCorrelationStream, defaultSigmaLimits, linkRules, parseRules } from '../../src/sigma/index.ts';
import { baseRule, baseRules, correlation, idOf, link } from './sigma-correlation-rows.ts';

const count = `type: event_count
rules: [a]
group-by: [User]
timespan: 5m
condition: { gte: 10 }`;
const temporal = `type: temporal
rules: [a, b, c]
group-by: [User]
timespan: 5m`;

/** Codes with their places, of a correlation that stands alone in its file. */
function problemsOf(lines: string) {
  const { all } = link([correlation(lines), baseRules]);
  return all.map(({ code, line, column }) => `${code} ${line}:${column}`);
}

describe('what is read', () => {
  test('an event count, its rule named in another file', () => {
    const { documents } = parseRules(correlation(count), 'c.yml');
    const base = parseRules(baseRules, 'r.yml').documents;
    const linked = linkRules([...documents, ...base]);
    expect(linked.problems).toEqual([]);
    expect(linked.correlations).toMatchObject([
      {
        id: idOf('1'),
        title: 'correlation 1',
        name: 'corr1',
        file: 'c.yml',
        line: 1,
        ir: {
          kind: 'event_count',
          references: [{ kind: 'rule', id: idOf('a') }],
          groupBy: [{ name: 'User', fields: ['User'] }],
          timespanMs: 300_000,
          condition: [{ operator: 'gte', number: 10 }],
          expression: null,
          fields: [],
          percentile: null,
          generate: false,
          carries: [],
        },
      },
    ]);
    expect([...linked.silent]).toEqual([idOf('a')]);
  });

  test.each([
    ['by id in capitals', 'rules: [a]', `rules: ${idOf('a').toUpperCase()}`],
    ['a single text', 'rules: [a]', 'rules: a'],
    ['group-by as a text', 'group-by: [User]', 'group-by: User'],
    ['a field named twice', 'group-by: [User]', 'group-by: [User, User]'],
  ])('%s means the same', (_name, from, to) => {
    const [plain] = link([correlation(count), baseRules]).correlations;
    const { correlations, all } = link([correlation(count.replace(from, to)), baseRules]);
    expect(all).toEqual([]);
    expect(correlations[0]?.ir).toEqual(plain?.ir);
  });

  test.each([
    ['30s', 30_000],
    ['90m', 5_400_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['1M', 2_592_000_000],
    ['1y', 31_536_000_000],
  ])('the timespan %s', (text, timespanMs) => {
    const { correlations } = link([correlation(count.replace('5m', text)), baseRules]);
    expect(correlations[0]?.ir.timespanMs).toBe(timespanMs);
  });

  test.each([
    [
      '{ gt: 100, lte: 200 }',
      [
        { operator: 'gt', number: 100 },
        { operator: 'lte', number: 200 },
      ],
    ],
    ['{ gte: 2.5 }', [{ operator: 'gte', number: 2.5 }]],
    ['{ eq: 3 }', [{ operator: 'eq', number: 3 }]],
    ['{ neq: 3 }', [{ operator: 'neq', number: 3 }]],
    ["{ gte: '7' }", [{ operator: 'gte', number: 7 }]],
  ])('the condition %s', (text, condition) => {
    const { correlations, all } = link([correlation(count.replace('{ gte: 10 }', text)), baseRules]);
    expect(all).toEqual([]);
    expect(correlations[0]?.ir.condition).toEqual(condition);
  });

  test('value_count over several fields, one of them an alias', () => {
    const { correlations, all } = link([
      correlation(`type: value_count
rules: [a, b]
group-by: [Host, who]
timespan: 1h
aliases:
  who: { a: User, b: Account }
  port: { a: DstPort, ${idOf('b')}: Port }
condition: { field: [Address, port], gte: 3 }`),
      baseRules,
    ]);
    expect(all).toEqual([]);
    expect(correlations[0]?.ir).toMatchObject({
      groupBy: [
        { name: 'Host', fields: ['Host', 'Host'] },
        { name: 'who', fields: ['User', 'Account'] },
      ],
      fields: [
        { name: 'Address', fields: ['Address', 'Address'] },
        { name: 'port', fields: ['DstPort', 'Port'] },
      ],
    });
  });

  test.each([
    ['value_percentile', ', percentile: 99.5', 99.5],
    ['value_median', '', 50],
    ['value_sum', '', null],
    ['value_avg', '', null],
  ])('%s', (kind, extra, percentile) => {
    const lines = count.replace('event_count', kind).replace('gte: 10', `field: Bytes, gt: 1000.5${extra}`);
    const { correlations, all } = link([correlation(lines), baseRules]);
    expect(all).toEqual([]);
    expect(correlations[0]?.ir).toMatchObject({ kind, percentile, fields: [{ name: 'Bytes' }] });
  });

  test('temporal kinds want all their rules when they say nothing', () => {
    for (const kind of ['temporal', 'temporal_ordered']) {
      const { correlations, all } = link([correlation(temporal.replace('temporal', kind)), baseRules]);
      expect(all).toEqual([]);
      expect(correlations[0]?.ir).toMatchObject({
        kind,
        condition: [{ operator: 'gte', number: 3 }],
        expression: null,
      });
    }
  });

  test('an expression over rule names, whose rules need no list', () => {
    const lines = `${temporal}\ncondition: (a or b) and not c`;
    const expression = {
      kind: 'and',
      of: [
        {
          kind: 'or',
          of: [
            { kind: 'reference', reference: 0 },
            { kind: 'reference', reference: 1 },
          ],
        },
        { kind: 'not', of: { kind: 'reference', reference: 2 } },
      ],
    };
    for (const text of [lines, lines.replace('rules: [a, b, c]\n', '')]) {
      const { correlations, all } = link([correlation(text), baseRules]);
      expect(all).toEqual([]);
      expect(correlations[0]?.ir).toMatchObject({ condition: [], expression });
      expect(correlations[0]?.ir.references.map(({ id }) => id)).toEqual(['a', 'b', 'c'].map(idOf));
    }
  });

  test('a pattern in an expression stands for the rules it fits', () => {
    const { correlations, all } = link([
      correlation(
        'type: temporal\nrules: [scan_a, scan_b, c]\ngroup-by: []\ntimespan: 1m\ncondition: 1 of scan_* and c',
      ),
      `${baseRule('a').replace('name: a', 'name: scan_a')}---\n${baseRule('b').replace('name: b', 'name: scan_b')}`,
      baseRule('c'),
    ]);
    expect(all).toEqual([]);
    expect(correlations[0]?.ir.expression).toEqual({
      kind: 'and',
      of: [
        { kind: 'or', of: [0, 1].map((reference) => ({ kind: 'reference', reference })) },
        { kind: 'reference', reference: 2 },
      ],
    });
  });

  test('a chain: the upper comes after the lower, which carries what the upper reads', () => {
    const { correlations, all, silent } = link([
      correlation(`type: temporal_ordered\nrules: [corr2, b]\ngroup-by: [User]\ntimespan: 1h`, '1'),
      correlation(count.replace('group-by: [User]', 'group-by: [Host]'), '2'),
      baseRules,
    ]);
    expect(all).toEqual([]);
    expect(correlations.map(({ name }) => name)).toEqual(['corr2', 'corr1']);
    expect(correlations[0]?.ir.carries).toEqual([{ name: 'User', fields: ['User'] }]);
    expect(correlations[1]?.ir.references[0]).toEqual({ kind: 'correlation', id: idOf('2') });
    expect([...silent].toSorted()).toEqual([idOf('2'), idOf('a'), idOf('b')]);
  });

  test('what the lowest carries goes up through the middle', () => {
    const { correlations } = link([
      correlation(
        'type: event_count\nrules: [corr2]\ngroup-by: [who]\naliases: { who: { corr2: User } }\ntimespan: 1h\ncondition: { gte: 2 }',
        '1',
      ),
      correlation('type: event_count\nrules: [corr3]\ngroup-by: [Host]\ntimespan: 1h\ncondition: { gte: 2 }', '2'),
      correlation('type: event_count\nrules: [a, b]\ngroup-by: [Host]\ntimespan: 1h\ncondition: { gte: 2 }', '3'),
      baseRules,
    ]);
    expect(correlations.map(({ name, ir }) => [name, ir.carries])).toEqual([
      ['corr3', [{ name: 'User', fields: ['User', 'User'] }]],
      ['corr2', [{ name: 'User', fields: ['User'] }]],
      ['corr1', []],
    ]);
  });
});

describe('generate', () => {
  test.each([
    ['not said', count, '', [idOf('a')]],
    ['false', `${count}\ngenerate: false`, '', [idOf('a')]],
    ['true in the correlation', `${count}\ngenerate: true`, '', []],
    ['true at the root', count, 'generate: true\n', []],
    ['the correlation goes before the root', `${count}\ngenerate: false`, 'generate: true\n', [idOf('a')]],
  ])('%s', (_name, lines, root, silent) => {
    const linked = link([correlation(lines) + root, baseRules]);
    expect(linked.all).toEqual([]);
    expect([...linked.silent]).toEqual(silent);
  });
  test('one that says true is enough', () => {
    const linked = link([correlation(`${count}\ngenerate: true`), correlation(count, '2'), baseRules]);
    expect([...linked.silent]).toEqual([]);
  });
  test('a refused correlation silences nothing', () => {
    expect([...link([correlation(count.replace('[a]', '[a, nobody]')), baseRules]).silent]).toEqual([]);
  });
});

describe('what is refused, and where', () => {
  test.each([
    ['no type', count.replace('type: event_count', 'x: y'), ['correlation-type 4:1', 'correlation-key 5:3']],
    ['an unknown type', count.replace('event_count', 'events'), ['correlation-type 5:9']],
    ['no rules', count.replace('[a]', '[]'), ['correlation-rules 6:3']],
    ['rules left out', count.replace('rules: [a]\n', ''), ['correlation-rules 4:1']],
    ['a map as rule', count.replace('[a]', '[{ a: b }]'), ['correlation-rules 6:11']],
    ['an unknown rule', count.replace('[a]', '[a, nobody]'), ['correlation-rule-undefined 6:14']],
    ['a rule twice', count.replace('[a]', `[a, ${idOf('a')}]`), ['correlation-rule-twice 6:14']],
    ['a name without its case', count.replace('[a]', '[A]'), ['correlation-rule-undefined 6:11']],
    ['itself', count.replace('[a]', '[corr1]'), ['correlation-cycle 6:11']],
    ['no group-by', count.replace('group-by: [User]\n', ''), ['correlation-group-missing 4:1']],
    ['group_by', count.replace('group-by', 'group_by'), ['correlation-group-missing 4:1', 'correlation-key 7:3']],
    ['a list in group-by', count.replace('[User]', '[[User]]'), ['correlation-group 7:14']],
    ['no timespan', count.replace('timespan: 5m\n', ''), ['correlation-timespan 4:1']],
    ['a timespan without unit', count.replace('5m', '300'), ['correlation-timespan 8:13']],
    ['a timespan of nothing', count.replace('5m', '0s'), ['correlation-timespan 8:13']],
    ['a timespan of a century', count.replace('5m', '100y'), ['correlation-timespan 8:13']],
    ['1h30m', count.replace('5m', '1h30m'), ['correlation-timespan 8:13']],
    ['no condition', count.replace('condition: { gte: 10 }', ''), ['correlation-condition 4:1']],
    ['a list as condition', count.replace('{ gte: 10 }', '[gte]'), ['correlation-condition 9:14']],
    ['no operator', count.replace('{ gte: 10 }', '{}'), ['correlation-condition 9:14']],
    ['an unknown operator', count.replace('gte: 10', 'gte: 10, more: 3'), ['correlation-condition 9:25']],
    ['a text as number', count.replace('gte: 10', 'gte: ten'), ['correlation-condition 9:21']],
    ['true as number', count.replace('gte: 10', 'gte: true'), ['correlation-condition 9:21']],
    ['an infinite number', count.replace('gte: 10', 'gte: .inf'), ['correlation-condition 9:21']],
    ['an expression for a count', count.replace('{ gte: 10 }', 'a and b'), ['correlation-condition 9:14']],
    ['no field', count.replace('event_count', 'value_sum'), ['correlation-field 9:3']],
    [
      'two fields of a sum',
      count.replace('event_count', 'value_sum').replace('gte: 10', 'gte: 10, field: [x, y]'),
      ['correlation-field 9:25'],
    ],
    [
      'an empty list of fields',
      count.replace('event_count', 'value_count').replace('gte: 10', 'gte: 10, field: []'),
      ['correlation-field 9:25'],
    ],
    [
      'a percentile beyond 100',
      count.replace('event_count', 'value_percentile').replace('gte: 10', 'field: x, percentile: 101, gte: 10'),
      ['correlation-condition 9:38'],
    ],
    ['an unknown name in an expression', `${temporal}\ncondition: a and b and c and z`, ['condition-undefined 9:32']],
    ['a broken expression', `${temporal}\ncondition: a and (b or c`, ['condition-syntax 9:27']],
    [
      'a pattern that fits nothing',
      `${temporal}\ncondition: a and b and c and 1 of z*`,
      ['condition-empty-selector 9:37'],
    ],
    ['aliases as a list', `${count}\naliases: [x]`, ['correlation-alias 10:3']],
    ['an alias as a text', `${count}\naliases: { User: x }`, ['correlation-alias 10:20']],
    ['an alias of another rule', `${count}\naliases: { User: { a: x, b: y } }`, ['correlation-alias 10:28']],
    ['generate: maybe', `${count}\ngenerate: maybe`, ['metadata-type 10:13']],
  ])('%s', (_name, lines, expected) => {
    expect(problemsOf(lines)).toEqual(expected);
  });

  test.each([
    ['an unused alias', `${count}\naliases: { x: { a: y } }`, ['correlation-alias-unused 10:14']],
    [
      'an alias that leaves a rule out',
      `${count.replace('[a]', '[a, b]').replace('[User]', '[x]')}\naliases: { x: { a: y } }`,
      ['correlation-alias-partial 10:14'],
    ],
    ['a rule the expression leaves out', `${temporal}\ncondition: a and b`, ['correlation-rule-unused 6:17']],
    ['a field of a count', count.replace('gte: 10', 'gte: 10, field: x'), ['correlation-field-unused 9:25']],
    [
      'no percentile',
      count.replace('event_count', 'value_percentile').replace('gte: 10', 'field: x, gt: 10'),
      ['correlation-percentile-missing 9:3'],
    ],
    ['bounds that cross', count.replace('gte: 10', 'gt: 10, lt: 5'), ['correlation-condition-never 9:3']],
    ['bounds with nothing between', count.replace('gte: 10', 'gt: 10, lt: 11'), ['correlation-condition-never 9:3']],
    ['fewer than one event', count.replace('gte: 10', 'lt: 1'), ['correlation-condition-never 9:3']],
    ['more than all rules', `${temporal}\ncondition: { gte: 4 }`, ['correlation-condition-never 9:3']],
  ])('only a warning: %s', (_name, lines, expected) => {
    const { correlations, documents } = link([correlation(lines), baseRules]);
    expect(problemsOf(lines)).toEqual(expected);
    expect(correlations).toHaveLength(1);
    expect(documents[0]?.outcome).toBe('warning');
  });

  test('all that is wrong at once: the type, the bounds, and the names that stand for nothing', () => {
    const lines = count
      .replace('event_count', 'events')
      .replace('[a]', '[a, nobody, a]')
      .replace('gte: 10', 'gte: ten, x: 1');
    const { all } = link([correlation(lines), baseRules]);
    expect(all.map(({ code, message }) => [code, message])).toEqual([
      ['correlation-type', '"events" is no correlation type'],
      ['correlation-condition', 'gte takes a number'],
      ['correlation-condition', '"x" has no meaning in a condition'],
      ['correlation-rule-undefined', 'no rule "nobody" is loaded'],
      ['correlation-rule-twice', '"a" stands here a second time'],
    ]);
  });
  test('a name that two rules have', () => {
    const { all } = link([correlation(count), baseRule('a'), baseRule('b').replace('name: b', 'name: a')]);
    expect(all.map(({ code }) => code)).toEqual(['correlation-rule-ambiguous']);
  });
  test('an id that a rule has', () => {
    const { all, correlations } = link([correlation(count, 'b'), baseRules]);
    expect(all.map(({ code, message }) => [code, message])).toEqual([
      ['id-duplicate', `the id ${idOf('b')} is already that of f.yml:19`],
    ]);
    expect(correlations).toEqual([]);
  });
  test('a circle of three, with what stands on it', () => {
    const on = (name: string, digit: string) => correlation(count.replace('[a]', `[${name}]`), digit);
    const { all, correlations, documents } = link([
      on('corr2', '1'),
      on('corr3', '2'),
      on('corr1', '3'),
      on('corr1', '4'),
      baseRules,
    ]);
    expect(correlations).toEqual([]);
    expect(documents.map(({ outcome }) => outcome)).toEqual([
      'refused',
      'refused',
      'refused',
      'refused',
      'ok',
      'ok',
      'ok',
      'ok',
    ]);
    expect(all.filter(({ code }) => code === 'correlation-cycle').map(({ message }) => message)).toEqual([
      'the correlation is built on itself: correlation 1 → correlation 2 → correlation 3 → correlation 1',
    ]);
  });
  test('a rule that was refused is named as such', () => {
    const { all } = link([
      correlation(count.replace('[a]', `[${idOf('a')}]`)),
      baseRule('a').replace('sel: {', 'sel: { x|nope: 1,'),
    ]);
    expect(all.map(({ message }) => message)).toContain(`"${idOf('a')}" was refused, and this is built on it`);
  });
  test('too many rules, too many in order, too many orders, too many levels', () => {
    const letters = ['a', 'b', 'c', 'd'];
    const limits = {
      ...defaultSigmaLimits,
      correlationRules: 3,
      orderedRules: 2,
      orderedAlternatives: 2,
      correlationLevels: 2,
    };
    const codes = (lines: string[]) =>
      link([...lines.map((text, i) => correlation(text, String(i + 1))), baseRules], { limits }).all.map(
        ({ code }) => code,
      );
    expect(codes([temporal.replace('[a, b, c]', `[${letters.join(', ')}]`)])).toEqual(['correlation-rules']);
    expect(codes([temporal.replace('temporal', 'temporal_ordered')])).toEqual(['correlation-rules']);
    const orders = `${temporal.replace('temporal', 'temporal_ordered').replace(', c', '')}\ncondition: (a or b) and (a or b) and (a or b)`;
    expect(codes([orders])).toEqual(['correlation-condition']);
    const on = (name: string) => count.replace('[a]', `[${name}]`);
    expect(codes([on('corr2'), on('corr3'), on('a')])).toEqual(['correlation-too-deep']);
  });
  test('a chain of thousands', () => {
    const many = Array.from({ length: 3000 }, (_, i) =>
      correlation(count.replace('[a]', `[c${i + 1}]`), '1', `c${i}`).replace(
        /id: .*/,
        `id: 5f3bde0c-4d59-4b36-8c3f-0000${String(i).padStart(8, '0')}`,
      ),
    );
    const parsed = many.flatMap((text) => parseRules(text, 'f.yml').documents);
    const { correlations, problems } = linkRules(parsed);
    expect(correlations).toEqual([]);
    expect(problems.length).toBe(3000);
  });
});

test('the hash follows the rules it is built on', () => {
  const hashes = (a: string) =>
    link([correlation(count), correlation(count.replace('[a]', '[corr1]'), '2'), a]).correlations.map(
      ({ hash }) => hash,
    );
  const [first, second] = hashes(baseRule('a'));
  const [changed, above] = hashes(baseRule('a').replace('rule: a', 'rule: x'));
  expect(first).not.toBe(changed);
  expect(second).not.toBe(above);
  expect(hashes(baseRule('a'))).toEqual([first, second]);
});

test('whatever stands in a correlation or filter, it is read or refused, never thrown over', () => {
  const value = fc.oneof(
    fc.constantFrom(
      '[]',
      '{}',
      '~',
      'a',
      '[a, a]',
      '[corr1]',
      '1',
      '.nan',
      '1e400',
      '-5m',
      '9999999999d',
      '"*"',
      'true',
      '{ a: {} }',
    ),
    fc.constantFrom(
      '{ gte: {} }',
      '{ field: [] , gte: 1 }',
      'not',
      'a and',
      '1 of *',
      'all of them',
      '((a))',
      '[[a]]',
      '*x',
      '!!set {}',
    ),
    fc.string({ maxLength: 12 }).map((text) => JSON.stringify(text)),
  );
  const kind = fc.constantFrom(
    'event_count',
    'value_count',
    'value_percentile',
    'temporal',
    'temporal_ordered',
    'filter',
  );
  const keys = ['rules', 'group-by', 'aliases', 'timespan', 'condition', 'generate', 'type', 'selection', '__proto__'];
  const sound = fc.constantFrom('rules: [a, b]', 'group-by: [User]', 'timespan: 5m', 'condition: { field: v, gte: 2 }');
  const written = fc.oneof(
    sound,
    fc.tuple(fc.constantFrom(...keys), value).map(([key, text]) => `${key}: ${text}`),
  );
  fc.assert(
    fc.property(
      kind,
      fc.uniqueArray(written, { maxLength: 7, selector: (line) => line.split(':')[0] }),
      (type, lines) => {
        const body = type === 'filter' ? lines : [...lines.filter((line) => !line.startsWith('type')), `type: ${type}`];
        const text = correlation(body.join('\n')).replace(
          'correlation:\n',
          type === 'filter' ? 'logsource: {}\nfilter:\n' : 'correlation:\n',
        );
        const { correlations, documents, all } = link([text, baseRules]);
        const [first] = documents;
        expect(first?.outcome === 'refused').toBe(all.some(({ severity }) => severity === 'refused'));
        if (type !== 'filter') expect(correlations.length).toBe(first?.outcome === 'refused' ? 0 : 1);
        createCorrelationStream(correlations, { onBegin: () => {} }).flush();
      },
    ),
    { numRuns: 400 },
  );
});
