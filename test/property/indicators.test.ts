import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { expect, it } from 'vitest';
import { createBook } from '../../src/indicators/book.ts';
import { readCsv } from '../../src/indicators/csv.ts';
import { defaultIndicatorLimits } from '../../src/indicators/limits.ts';
import { huntSearch } from '../../src/indicators/needles.ts';
import { atOnce } from '../../src/indicators/turns.ts';
import type { Indicator, IndicatorList } from '../../src/model/indicator.ts';

const list: IndicatorList = {
  id: 'l',
  name: 'l',
  description: '',
  source: '',
  severity: 'high',
  tags: [],
  historyDays: 0,
  feed: null,
  retired: false,
  revision: 1,
  count: 0,
};

/** Few labels and numbers, so that what is looked for is often there, or nearly. */
const label = fc.constantFrom('a', 'ab', 'evil', 'x-1', 'vn', 'com', '7', 'b_c');
const name = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join('.'));
const octet = fc.constantFrom(1, 11, 20, 113, 203, 255);
const address4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
const address6 = fc
  .tuple(fc.constantFrom('2405', '2a00'), fc.constantFrom('0', '4800', '1f'), fc.constantFrom('0', '1', 'ffff'))
  .map(([a, b, c]) => `${a}:${b}::${c}`);
const hash = fc.constantFrom('44d88612fea8a8f36de82e1278abb02f', 'a'.repeat(40), 'b1'.repeat(32));
const bits = fc.integer({ min: 8, max: 32 });
const indicator = fc.oneof(
  name,
  address4,
  address6,
  hash,
  fc.tuple(address4, bits).map(([a, n]) => `${a}/${n}`),
  fc.tuple(address6, fc.integer({ min: 20, max: 128 })).map(([a, n]) => `${a}/${n}`),
);
const between = fc.constantFrom(
  ' ',
  ',',
  ':',
  '"',
  '/',
  '(',
  '=',
  '\n',
  '..',
  '. ',
  '@',
  '“',
  ';',
  '|',
  '-',
  '.',
  'g',
  '',
);
const text = fc
  .array(fc.tuple(between, fc.oneof(name, address4, address6, hash, label)), { maxLength: 12 })
  .map((parts) => parts.flat().join(''));

/** What a person would do with regular expressions, one indicator after another. */
function stands({ type, value }: Indicator, line: string): boolean {
  const words = line.match(/[A-Za-z0-9_.\u0080-\uffff-]+/g) ?? [];
  const names = words
    .flatMap((word) => word.split(/\.{2,}/))
    .map((word) => word.replace(/^\.+|\.+$/g, '').toLowerCase());
  const addresses4 = names
    .flatMap((word) => word.split(/[-_\u0080-\uffff]/))
    .map((word) => word.replace(/^\.+|\.+$/g, ''))
    .filter((word) => isAddress4(word));
  const addresses6 = (line.match(/[0-9A-Fa-f:]+/g) ?? []).filter(
    (word) => /::|(?::.*){7}/.test(word) && ipaddr.IPv6.isValid(word),
  );
  const all = [...addresses4, ...addresses6].map((word) => ipaddr.parse(word));
  if (type === 'hash') return (line.match(/[0-9A-Fa-f]+/g) ?? []).some((run) => run.toLowerCase() === value);
  if (type === 'ip') return all.some((address) => address.toString() === value);
  if (type === 'cidr') {
    const [base, length] = ipaddr.parseCIDR(value);
    return all.some((address) => address.kind() === base.kind() && address.match(base, length));
  }
  // Quotes beyond ASCII are no part of a name.
  return names.some((word) => word.split('“').some((part) => part === value || part.endsWith(`.${value}`)));
}

function isAddress4(word: string): boolean {
  return /^(?:(?:0|[1-9]\d{0,2})(?:\.(?!$)|$)){4}$/.test(word) && word.split('.').every((part) => Number(part) <= 255);
}

it('sees what a naive reading sees, and nothing else; and what it sees holds a needle of the search', () => {
  fc.assert(
    fc.property(fc.array(indicator, { minLength: 1, maxLength: 8 }), text, (wanted, line) => {
      const { indicators } = readCsv(wanted.join('\n'), defaultIndicatorLimits);
      const seen = new Set<Indicator>();
      createBook([{ list, indicators }]).sight({ f: line }, null, ({ entry, start, length }) => {
        seen.add(entry.indicator);
        expect(line.slice(start, start + length)).not.toBe('');
      });
      expect([...seen].map(({ value }) => value).sort()).toEqual(
        indicators
          .filter((each) => stands(each, line))
          .map(({ value }) => value)
          .sort(),
      );
      const { needles } = atOnce(huntSearch([...seen], { list: 'l', after: 0, until: 1 }));
      for (const each of seen)
        expect(
          atOnce(huntSearch([each], { list: 'l', after: 0, until: 1 })).needles.some((needle) =>
            line.toLowerCase().includes(needle),
          ),
          `${each.value} in ${JSON.stringify(line)}, needles ${needles.join(' ')}`,
        ).toBe(true);
    }),
    { numRuns: 20_000 },
  );
});
