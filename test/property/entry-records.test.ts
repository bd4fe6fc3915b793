import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinEntries } from '../../src/collect/entry-records.ts';

interface Entry {
  readonly text: string | null;
  readonly key: number;
}

const text = fc.oneof(
  fc.constantFrom<string | null>(
    '2026-11-22 10:00:00,000 ERROR [main] vn.gov.App - failed',
    '2026-11-22 10:00:01,000 INFO [main] vn.gov.App - two\n\tat once',
    '\tat vn.gov.App.run(App.java:1)',
    'Caused by: java.io.IOException: x',
    '# Time: 2026-11-22T10:00:00',
    '',
    null,
  ),
  fc.string({ maxLength: 20 }).filter((each) => !/[\r\n]/.test(each)),
);
const entries = fc.array(fc.record({ text, key: fc.nat({ max: 2 }) }), { maxLength: 60 });

it('every entry is in one record, in order, with those that are alike, whatever is sent', () => {
  fc.assert(
    fc.property(entries, fc.constantFrom('auto', 'java', 'mysql-slow', 'postgresql', 'raw'), (sent, parser) => {
      const records = [
        ...joinEntries<Entry>(sent, parser, {
          textOf: (entry) => entry.text,
          isAlike: (a, b) => a.key === b.key,
          withText: (first, joined) => ({ ...first, text: joined }),
        }),
      ];
      let at = 0;
      for (const { entry, entries: count } of records) {
        const own = sent.slice(at, at + count);
        at += count;
        expect(new Set(own.map(({ key }) => key))).toEqual(new Set([entry.key]));
        if (count === 1) expect(entry).toBe(own[0]);
        else expect(entry.text).toBe(own.map((each) => each.text).join('\n'));
        expect(count === 1 || own.every((each) => each.text !== null)).toBe(true);
      }
      expect(at).toBe(sent.length);
    }),
  );
});
