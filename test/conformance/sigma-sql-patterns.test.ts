import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClickHouseBacking } from '../../src/backing/index.ts';
import { meets, type Pattern, type RuleIr } from '../../src/sigma/index.ts';
import { compileRegex } from '../../src/sigma/lower/regex.ts';
import { startClickHouse } from '../harness/clickhouse.ts';
import { createSqlEngine, type SqlEngine } from '../harness/sigma-sql.ts';
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
