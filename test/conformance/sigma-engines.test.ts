import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClickHouseBacking } from '../../src/backing/index.ts';
import { applies, compileRules, linkRules, parseRules, type Rule } from '../../src/sigma/index.ts';
import { startClickHouse } from '../harness/clickhouse.ts';
import { createSqlEngine, type SqlEngine } from '../harness/sigma-sql.ts';
import { type EventCase, eventOf } from '../property/sigma-cases.ts';
import { contenders, differences, reference, type Verdicts } from '../property/sigma-contenders.ts';
import { type ConformanceCase, casesOf, documentsOf, linesOf, sections } from './sigma-case-rows.ts';

/** Every engine answers every case; docs/sigma-conformance.md is the same rows for people to read. */
const engines = [reference, ...contenders];

const cases = sections.flatMap(({ rows }) =>
  rows.flatMap((row) => casesOf(row).map((one, i) => [`${row.id} ${i + 1}`, one] as const)),
);
const decided = cases.filter(([, one]) => one.met !== undefined || one.unmet !== undefined);

function eventsOf(block: string | undefined): EventCase[] {
  return linesOf(block).map((line) => {
    const event = eventOf(line);
    if (event === null) throw new Error(`no JSON object: ${line}`);
    return event;
  });
}

function linked(one: ConformanceCase) {
  const { documents } = parseRules(documentsOf(one), 'row.yml', { placeholders: one.placeholders ?? {} });
  const all = linkRules(documents);
  return { ...all, codes: all.documents.flatMap(({ problems }) => problems.map(({ code }) => code)) };
}

/** The rules of a case that is taken, with the warnings it says. */
function rulesOf(one: ConformanceCase): readonly Rule[] {
  const { rules, codes } = linked(one);
  expect(codes).toEqual(one.warned ?? []);
  return rules;
}

describe.each(engines.map((contender) => [contender.name, contender] as const))('%s', (_name, contender) => {
  test.each(decided)('%s', async (_id, one) => {
    const rules = rulesOf(one);
    expect(rules).toHaveLength(1);
    const met = eventsOf(one.met);
    const events = [...met, ...eventsOf(one.unmet)];
    const verdicts = await contender.verdicts({ rules, events });
    const told = (verdict: readonly number[] | undefined, i: number) => [events[i]?.line, verdict?.length === 1];
    expect(verdicts.map(told)).toEqual(events.map((event, i) => [event.line, i < met.length]));
  });
});

describe('all rules of all cases, on all of their events', () => {
  const rules = decided.flatMap(([, one]) => rulesOf(one));
  const events = decided.flatMap(([, one]) => [...eventsOf(one.met), ...eventsOf(one.unmet)]);
  const wanted = Promise.resolve(reference.verdicts({ rules, events }));

  test.each(contenders.map((contender) => [contender.name, contender] as const))('%s', async (_name, contender) => {
    const [first, ...more] = await differences({ rules, events }, contender, await wanted);
    expect([more.length, first?.rule.source, first?.event.line]).toEqual([0, undefined, undefined]);
  });

  describe('sql', () => {
    let backing: ClickHouseBacking;
    let engine: SqlEngine;
    let given: Verdicts = [];
    beforeAll(async () => {
      backing = await startClickHouse();
      engine = createSqlEngine(backing);
      given = await engine.verdicts(
        rules,
        events.map(({ fields }) => fields),
      );
    }, 300_000);
    afterAll(async () => {
      await engine?.close();
      await backing?.close();
    });

    test.each(decided.map(([id], rule) => [id, rule] as const))('%s', async (_id, rule) => {
      const right = await wanted;
      const wrong = events.filter((_, e) => right[e]?.includes(rule) !== given[e]?.includes(rule));
      // Ingest keeps events beyond the nesting bound out of the store, so SQL does not ask for it.
      expect(wrong.map(({ line }) => line).filter((line) => !/(\[|\{"d":){64}/.test(line))).toEqual([]);
    });
  });
});

test.each(cases.filter(([, one]) => one.refused !== undefined))('%s is refused', (_id, one) => {
  const { documents, codes } = linked(one);
  expect(codes).toEqual(one.refused);
  expect(documents.at(-1)?.outcome).toBe('refused');
});

test.each(cases.filter(([, one]) => one.routed !== undefined || one.routedOpen !== undefined))(
  '%s: which events',
  (_id, one) => {
    const rules = rulesOf(one);
    const [first] = rules;
    if (first === undefined) throw new Error('refused');
    for (const [unknown, rows] of [
      ['closed', one.routed ?? []],
      ['open', one.routedOpen ?? []],
    ] as const) {
      for (const [logsource, answer] of rows) {
        expect([logsource, applies(first.logsource, logsource, unknown)]).toEqual([logsource, answer]);
        const matched = compileRules(rules, { unknownDimension: unknown }).match({ fields: { a: 'x' }, logsource });
        expect([logsource, matched]).toEqual([logsource, answer ? [0] : []]);
      }
    }
  },
);

test('every row has a case, no two rows have one id', () => {
  const rows = sections.flatMap((section) => section.rows);
  expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
  for (const row of rows) {
    for (const one of casesOf(row)) {
      const asserts = linesOf(one.met).length + linesOf(one.unmet).length;
      const told = one.refused ?? one.begins ?? one.routed ?? one.routedOpen;
      expect([row.id, asserts > 0 || told !== undefined]).toEqual([row.id, true]);
    }
  }
});

test('docs/sigma-conformance.md is these rows (vitest -u writes it)', async () => {
  await expect(page()).toMatchFileSnapshot('../../docs/sigma-conformance.md');
});

function page(): string {
  const rows = sections.flatMap((section) => section.rows);
  const cell = (text: string | undefined) => (text ?? '').replaceAll('|', '\\|').replaceAll('\n', ' ');
  const tables = sections.map(({ section, rows: own }) => {
    const lines = own.map(
      ({ id, says, differs, why }) => `| \`${id}\` | ${cell(says)} | ${cell(differs)} | ${cell(why)} |`,
    );
    return `## ${section}\n| row | what we answer | who answers otherwise | why |\n|---|---|---|---|\n${lines.join('\n')}\n`;
  });
  const head = [
    '# Sigma conformance',
    '',
    `${rows.length} points on which readers of the Sigma specification 2.1 differ, or could, and what this platform answers. The meaning of`,
    'the language as a whole is in [sigma.md](sigma.md). Each row has its cases, rules with events that meet them and events that do not, in',
    '`test/conformance/sigma-cases.yml`; `test/conformance/sigma-engines.test.ts` runs them on every engine and keeps this page the same as they are.',
    '',
    '`npm run proof -- --cases 1000000 [--seed N]` holds the engines (objects, bytes, ClickHouse; correlations as a stream and in ClickHouse)',
    'against the reference on generated rules and events, and prints what differs as a small rule and event.',
    '',
    'Others are named as we found them: the specification 2.1.0, pySigma 0c15d53, rsigma 1d4f64e and 0.23, hayabusa, chainsaw, Zircolite in',
    'August 2026. Numbers such as (1.6, 5) are those of our list of edge cases.',
    '',
  ];
  return `${head.join('\n')}\n${tables.join('\n')}`;
}
