import { describe, expect, test } from 'vitest';
import { formatRules, parseRules } from '../../src/sigma/index.ts';
import { createRandom, repeat } from '../property/sigma-case-random.ts';
import { casePlaceholders, ruleText } from '../property/sigma-case-rules.ts';

function format(text: string): string {
  const formatted = formatRules(text, 'f.yml');
  return formatted.outcome === 'formatted' ? formatted.text : `left alone: ${formatted.reason}`;
}

/** [what, before, after]; what is after stays as it is. */
const rows: readonly (readonly [string, string, string])[] = [
  ['keys come into order', 'level: low\ntitle: a\ntags: [b]\n', 'title: a\ntags:\n  - b\nlevel: low\n'],
  ['own attributes come last', 'vonggac: { a: 1 }\ntitle: a\nlevel: low\n', 'title: a\nlevel: low\nvonggac:\n  a: 1\n'],
  [
    'selections keep their order, the condition is last',
    'detection:\n    condition: b or a\n    b: {x: 1}\n    a: {z: 2}\n',
    'detection:\n  b:\n    x: 1\n  a:\n    z: 2\n  condition: b or a\n',
  ],
  [
    'the log source',
    'logsource: { service: c, category: b, product: a }',
    'logsource:\n  product: a\n  category: b\n  service: c\n',
  ],
  [
    'a correlation',
    'correlation: { condition: { gte: 2 }, timespan: 5m, rules: [a], type: event_count }',
    'correlation:\n  type: event_count\n  rules:\n    - a\n  timespan: 5m\n  condition:\n    gte: 2\n',
  ],
  [
    'comments go with their keys',
    '# of the level\nlevel: low # quite\n# of the title\ntitle: a\n',
    '# of the title\ntitle: a\n# of the level\nlevel: low # quite\n',
  ],
  ['comments at the end', 'title: a\n# end', 'title: a\n\n# end\n'],
  ['blank lines between parts stay', 'title: a\n\n\nlevel: low\n', 'title: a\n\nlevel: low\n'],
  ['quotes that nothing needs', 'title: "a b"\nid: \'c\'\n', 'title: a b\nid: c\n'],
  [
    'quotes that YAML 1.1 needs',
    "a: 'yes'\nb: \"0x1F\"\nc: '1:30'\nd: '2026-11-22'\n",
    "a: 'yes'\nb: '0x1F'\nc: '1:30'\nd: '2026-11-22'\n",
  ],
  ['a date is plain', "title: a\ndate: '2026-11-22'\n", 'title: a\ndate: 2026-11-22\n'],
  ['numbers and null stay what they are', 'a: 0011\nb: 1.50\nc: ~\nd: True\n', 'a: 11\nb: 1.50\nc: null\nd: true\n'],
  [
    'one quote in a list quotes the list',
    'detection:\n  s:\n    a:\n      - b\n      - "*c"\n  condition: s\n',
    "detection:\n  s:\n    a:\n      - 'b'\n      - '*c'\n  condition: s\n",
  ],
  [
    'an apostrophe',
    "detection:\n  s:\n    - 'it''s'\n    - '''a\\b'\n",
    "detection:\n  s:\n    - \"it's\"\n    - '''a\\b'\n",
  ],
  ['characters that are not shown are escaped', 'a: "x\\ty\\u202e"\n', 'a: "x\\ty\\u202e"\n'],
  [
    'a long text is folded',
    `description: ${'word '.repeat(30).trim()}\n`,
    `description: >-\n  ${'word '.repeat(23).trim()}\n  ${'word '.repeat(7).trim()}\n`,
  ],
  [
    'a long value is not',
    `detection:\n  s:\n    a: ${'word '.repeat(30).trim()}\n`,
    `detection:\n  s:\n    a: ${'word '.repeat(30).trim()}\n`,
  ],
  ['lines of a text stay lines', 'description: "a\\nb\\n"\n', 'description: |\n  a\n  b\n'],
  ['Windows line ends', 'title: a\r\nlevel: low\r\n', 'title: a\nlevel: low\n'],
  [
    'several documents',
    '---\ntitle: a\n---\n# of b\nlevel: low\ntitle: b\n',
    'title: a\n---\n# of b\ntitle: b\nlevel: low\n',
  ],
  ['anchors stay before their aliases', 'level: &a low\ntitle: *a\n', 'level: &a low\ntitle: *a\n'],
  ['nothing', '', ''],
];

describe('formatRules', () => {
  test.each(rows)('%s', (_, before, after) => {
    expect(format(before)).toBe(after);
    expect(format(after)).toBe(after);
  });
  test('what is no YAML is left alone, with its problems', () => {
    const formatted = formatRules('a: [\n', 'f.yml');
    expect(formatted).toMatchObject({ outcome: 'refused', problems: [{ code: 'yaml-syntax', line: 2 }] });
  });
  test.each(repeat(20, (i) => i))('generated rules of seed %i mean the same, and twice is once', (seed) => {
    const random = createRandom(seed);
    for (const text of repeat(15, (i) => ruleText(random, seed * 100 + i))) {
      const after = format(text);
      const irs = [text, after].map((one) =>
        parseRules(one, 'f.yml', { placeholders: casePlaceholders }).rules.map(({ ir }) => withoutPlaces(ir)),
      );
      expect(irs[1], `${text}\n${after}`).toEqual(irs[0]);
      expect(format(after)).toBe(after);
    }
  });
});

function withoutPlaces(ir: unknown): unknown {
  return JSON.parse(
    JSON.stringify(ir, (key, value: unknown) =>
      key === 'at' ? undefined : value instanceof Map ? [...value] : typeof value === 'bigint' ? String(value) : value,
    ),
  );
}
