import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClickHouseBacking } from '../../src/backing/index.ts';
import { fold, meets, type Pattern, type RuleIr } from '../../src/sigma/index.ts';
import { parseAddress } from '../../src/sigma/lower/cidr.ts';
import { compileRegex } from '../../src/sigma/lower/regex.ts';
import { anyDash, anyText, normaliseParts, oneChar, type TextPart } from '../../src/sigma/parse/text-parts.ts';
import { allFoldPairs, foldPairsFor, lastFoldingPoint } from '../../src/sigma/sql/fold-pairs.ts';
import { startClickHouse } from '../harness/clickhouse.ts';
import { createSqlEngine, type SqlEngine, sigmaSqlClient } from '../harness/sigma-sql.ts';
import { createRandom, type Random, repeat } from '../property/sigma-case-random.ts';
import { anyRegex } from '../property/sigma-case-regex.ts';

let backing: ClickHouseBacking;
let engine: SqlEngine;
beforeAll(async () => {
  backing = await startClickHouse();
  engine = createSqlEngine(backing);
}, 60_000);
afterAll(async () => {
  await engine?.close();
  await backing?.close();
});

function ruleOf(pattern: Pattern): RuleIr {
  const item = { field: 'a', link: 'any', negated: false, values: [[pattern]], at: { line: 1, column: 1 } } as const;
  return {
    selections: new Map([['s', { kind: 'item', item }]]),
    condition: { kind: 'selections', link: 'all', names: ['s'] },
  };
}

/** Each pattern against each text, in SQL and by the reference; gives the share of hits. */
async function compare(patterns: readonly Pattern[], texts: readonly string[]): Promise<number> {
  const irs = patterns.map(ruleOf);
  const nowhere = { product: null, category: null, service: null };
  const events = texts.map((a) => ({ a }));
  const found = await engine.verdicts(
    irs.map((ir) => ({ ir, logsource: nowhere })),
    events,
  );
  const wrong = events.flatMap((event, e) =>
    irs.flatMap((ir, i) => {
      const wanted = meets(ir, event);
      return found[e]?.includes(i) === wanted ? [] : [{ pattern: patterns[i], text: event.a, wanted }];
    }),
  );
  expect(wrong.slice(0, 5), `${wrong.length} differences`).toEqual([]);
  return found.flat().length / (patterns.length * texts.length);
}

function pieces(random: Random, alphabet: readonly string[], max: number): string {
  return repeat(random.int(max + 1), () => random.pick(alphabet)).join('');
}

const letters = [...'abks1 /đé😀\n\t-7.*\\', 'a.b', 'cmd.exe', 'ab', 'abka', 'Σ', 'α', 'ſ', '\u212a', 'AB', 'Ab'];
const seeds = Array.from({ length: Number(process.env.SIGMA_SQL_SEEDS ?? 2) }, (_, i) => i + 1);

test.each(seeds)(
  'regular expressions: match() says what RE2JS says, seed %i',
  async (seed) => {
    const random = createRandom(seed);
    const patterns = repeat(100, () => anyRegex(random)).flatMap((source): Pattern[] => {
      const flags = random.pick(['', '', 'i', 'm', 's', 'im', 'ims']);
      try {
        compileRegex(source, flags);
        return [{ kind: 'regex', source, flags }];
      } catch {
        return [];
      }
    });
    const share = await compare(patterns, ['', ...repeat(150, () => pieces(random, letters, 7))]);
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.95);
  },
  120_000,
);

test.each(seeds)(
  'texts with wildcards, folding and escapes, seed %i',
  async (seed) => {
    const random = createRandom(seed);
    const units = [...'abkKsſ\u212aΣσςİiẞß\u1e9eđĐ😀𐐀𐐨-/–\\%_.*\n1', 'ΟΔΟΣ', 'Ω', '\u2126', 'Å', '\u212b', 'ǅ', 'ǆ'];
    const literal = () => pieces(random, units, 3);
    const patterns = repeat(150, (): Pattern => {
      const parts = repeat(
        1 + random.int(4),
        (): TextPart => random.pick([literal(), literal(), anyText, anyText, oneChar, anyDash]),
      );
      return { kind: 'text', parts: normaliseParts(parts), cased: random.chance(0.2) };
    });
    const share = await compare(patterns, ['', ...repeat(200, () => pieces(random, units, 6))]);
    expect(share).toBeGreaterThan(0.01);
  },
  120_000,
);

const numbers = [
  '',
  '+',
  '-',
  '0',
  '1',
  '5',
  '9',
  '11',
  '.',
  'e',
  'E',
  'e3',
  'e-3',
  'e999',
  'x',
  ' ',
  'inf',
  'nan',
  '1_0',
  '١',
];

test.each(seeds)(
  'numbers: what is one and how they compare, seed %i',
  async (seed) => {
    const random = createRandom(seed);
    const double = (): string => String((random.int(2 ** 31) / 7) * 10 ** (random.int(40) - 20));
    const texts = [
      ...repeat(150, () => pieces(random, numbers, 4)),
      ...repeat(50, double),
      ...['5e-324', '1e-400', '1e400', '-1e999', '0x10', '9007199254740993', '0'.repeat(400), '1'.repeat(401), '-0'],
    ];
    const wanted = [0, -0, 1, 5, 11, 1e21, 0.1, 5e-324, 9007199254740992, ...texts.slice(150, 170).map(Number)];
    const operators = ['eq', 'lt', 'lte', 'gt', 'gte'] as const;
    const patterns = wanted.flatMap((number) =>
      operators.map((operator): Pattern => ({ kind: 'compare', operator, number, part: null })),
    );
    expect(await compare(patterns, texts)).toBeGreaterThan(0.05);
  },
  120_000,
);

test('dates: their parts, in any year and zone', async () => {
  const random = createRandom(7);
  const two = (n: number): string => String(n).padStart(2, '0');
  const texts = repeat(600, () => {
    const year = random.pick([
      '2026',
      '2024',
      '1999',
      '1900',
      '1899',
      '0000',
      '0050',
      '0000',
      '0050',
      '0100',
      '9999',
      '2299',
      '2300',
      '1600',
    ]);
    const month = random.pick([0, 1, 2, 2, 12, 12, 13, 6]);
    const day = random.pick([0, 1, 1, 2, 3, 28, 29, 30, 31, 31, 32, 99]);
    const clock = `${two(random.pick([0, 0, 12, 23, 24]))}:${two(random.pick([0, 30, 59, 60]))}`;
    const second = random.pick(['', ':00', ':59.5', ':60', ':61', ':7']);
    const zone = random.pick(['', 'Z', ' Z', '+07:00', '-0930', '+99:99', '-99:99', 'z', '+7']);
    const date = `${year}-${two(month)}-${two(day)}`;
    return random.chance(0.2) ? date : `${date}${random.pick(['T', ' ', 't'])}${clock}${second}${zone}`;
  });
  const parts = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;
  const patterns = parts.flatMap((part) =>
    ([0, 1, 5, 12, 23, 29, 31, 52, 53, 59, 1900, 2025] as const).flatMap((number): Pattern[] => [
      { kind: 'compare', operator: 'eq', number, part },
      { kind: 'compare', operator: 'gte', number, part },
    ]),
  );
  expect(await compare(patterns, texts)).toBeGreaterThan(0.02);
}, 120_000);

test.each(seeds)(
  'addresses: what is one and which network holds it, seed %i',
  async (seed) => {
    const random = createRandom(seed);
    const v4 = (): string =>
      repeat(4, () => random.pick(['0', '1', '10', '127', '192', '255', '256', '01', '1'])).join('.');
    const bits = [
      ':',
      '::',
      '0',
      '1',
      'ffff',
      'fe80',
      'abcd',
      '00001',
      'g',
      '1.2.3.4',
      '01.2.3.4',
      '10.1.1.1',
      '%eth0',
      ' ',
      '/8',
    ];
    const texts = [
      ...repeat(80, v4),
      ...repeat(200, () => pieces(random, bits, 9)),
      ...repeat(80, () => repeat(8, () => random.pick(['0', '1', 'ff', 'fe80', ''])).join(':')),
      ...[
        '::',
        '::1',
        '1:2:3:4:5:6:7::',
        '::2:3:4:5:6:7:8',
        '1:2:3:4:5:6:7:8::',
        '1:2:3:4:5:6:1.2.3.4',
        '::ffff:10.1.1.1',
        ' ::1',
      ],
    ];
    const networks = [
      '0.0.0.0/0',
      '10.0.0.0/8',
      '10.1.1.1/32',
      '192.0.0.0/3',
      '::/0',
      'fe80::/10',
      '::ffff:0:0/96',
      '::1/128',
    ];
    const patterns = networks.map((network): Pattern => {
      const [address = '', prefix] = network.split('/');
      return { kind: 'cidr', network, bytes: parseAddress(address) ?? [], prefix: Number(prefix) };
    });
    expect(await compare(patterns, texts)).toBeGreaterThan(0.02);
  },
  120_000,
);

test('every code point folds in SQL as fold.ts folds it, alone and beside a needle', async () => {
  const client = sigmaSqlClient(backing);
  const { from, to } = allFoldPairs();
  const points: string[] = [];
  for (let point = 1; point <= 0x10ffff; point++) {
    if (point < 0xd800 || point > 0xdfff) points.push(String.fromCodePoint(point));
  }
  const beyond = points.filter((c) => (c.codePointAt(0) ?? 0) > lastFoldingPoint && fold(c) !== c);
  expect(beyond).toEqual([]);
  const whole = points.join('');
  const answer = await client.query({
    query: 'SELECT translateUTF8(lower({text:String}), {from:String}, {to:String}) = {folded:String} AS same',
    query_params: { text: whole, from, to, folded: fold(whole) },
    format: 'JSONEachRow',
  });
  expect(await answer.json()).toEqual([{ same: 1 }]);
  await client.close();
  // For one letter alone, exactly those that fold into it need replacing.
  for (const c of points) {
    const folded = fold(c);
    if (folded === c || c <= '\u007f') continue;
    expect(foldPairsFor([folded])?.from.includes(c), c).toBe(true);
  }
}, 120_000);
