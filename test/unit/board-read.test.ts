import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftOf, innerOf, targets } from '../../dashboards/board/src/read/draft.ts';
import { parseMapping } from '../../src/normalise/parse-mapping.ts';
import { recordParserIds } from '../../src/parse/index.ts';

const name = fc.oneof(
  fc.constantFrom(
    'nguoi_dung',
    'true',
    'null',
    'a b',
    'a: b',
    '"x"',
    '#x',
    'địa chỉ',
    '1',
    '-',
    '*a',
    '&a',
    '{',
    "it's",
  ),
  fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== '' && !/[\ud800-\udfff\0]/.test(text)),
);

describe('a mapping made out of choices', () => {
  it('is a mapping file that says what was chosen, whatever the source calls its fields', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 6 }), (own) => {
        const copies = own.map((from, i) => ({ from, target: targets[i] ?? 'message' }));
        const choices = {
          id: 'nguon-moi',
          about: own[0] ?? '',
          parser: 'json',
          product: 'tthc',
          category: '',
          service: 'audit',
        };
        const { mapping, problems } = parseMapping(
          draftOf({ ...choices, needs: own, copies }),
          'm.yml',
          recordParserIds,
        );
        expect(problems).toEqual([]);
        expect(mapping?.needs).toEqual([own]);
        expect(mapping?.rules[0]).toMatchObject({ product: 'tthc', services: ['audit'] });
        const { time = [], host = [] } = mapping?.identity ?? {};
        expect([time, host, ...Object.values(mapping?.rules[0]?.copy ?? {})].flat()).toEqual(own);
      }),
    );
  });

  it.each([
    ['json', 'json'],
    ['syslog-5424+sshd', 'sshd'],
  ])('the mapping of a record of %s speaks of %s', (parser, inner) => {
    expect(innerOf(parser)).toBe(inner);
  });
});
