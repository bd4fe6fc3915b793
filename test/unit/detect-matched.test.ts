import { describe, expect, test } from 'vitest';
import { boundMatches } from '../../src/detect/matched.ts';
import type { MatchedField } from '../../src/model/finding.ts';

const limits = { matchedFieldsMax: 3, matchedValueChars: 20, matchedSpansMax: 2 };
const field = (value: string, ...spans: [number, number][]): MatchedField => ({
  field: 'CommandLine',
  value,
  selection: 'selection',
  how: 'contains',
  spans,
});
/** The texts a reader would see marked. */
const marked = ({ value, spans }: MatchedField): string[] => spans.map(([at, length]) => value.slice(at, at + length));

describe('what is kept of an explanation', () => {
  test('short ones stay as they are', () => {
    const all = [field('whoami /all', [0, 6])];
    expect(boundMatches(all, limits)).toEqual({ matched: all, cut: 0 });
  });

  test.each<[string, MatchedField, string, string[]]>([
    ['cut at the end', field(`whoami ${'x'.repeat(50)}`, [0, 6]), `whoami ${'x'.repeat(13)}…`, ['whoami']],
    [
      'cut around a match far in',
      field(`${'x'.repeat(50)}whoami${'y'.repeat(50)}`, [50, 6]),
      `…${'x'.repeat(5)}whoami${'y'.repeat(9)}…`,
      ['whoami'],
    ],
    ['cut at the front', field(`${'x'.repeat(50)}whoami`, [50, 6]), `…${'x'.repeat(14)}whoami`, ['whoami']],
    ['a match longer than what is kept', field('w'.repeat(100), [0, 100]), `${'w'.repeat(20)}…`, ['w'.repeat(20)]],
    ['no place at all', field('z'.repeat(30)), `${'z'.repeat(20)}…`, []],
    [
      'a second match out of sight goes',
      field(`ab${'x'.repeat(60)}cd`, [0, 2], [62, 2]),
      `ab${'x'.repeat(18)}…`,
      ['ab'],
    ],
  ])('%s', (_, given, value, marks) => {
    const { matched, cut } = boundMatches([given], limits);
    expect(matched[0]?.value).toBe(value);
    expect(matched.flatMap(marked)).toEqual(marks);
    expect(cut).toBe(1);
  });

  test('never halves a character', () => {
    for (let pad = 0; pad < 30; pad += 1) {
      const { matched } = boundMatches([field(`${'x'.repeat(pad)}${'😀'.repeat(30)}`, [pad, 4])], limits);
      expect(matched[0]?.value).not.toMatch(/(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
    }
  });

  test('fields and spans beyond the bounds are counted', () => {
    const { matched, cut } = boundMatches(
      Array.from({ length: 5 }, () => field('abc', [0, 1], [1, 1], [2, 1])),
      limits,
    );
    expect(matched.map((m) => m.spans.length)).toEqual([2, 2, 2]);
    expect(cut).toBe(5);
  });
});
