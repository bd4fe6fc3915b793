import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClickHouseBacking } from '../../src/backing/index.ts';
import {
  type Correlation,
  compileRules,
  createCorrelationStream,
  defaultCorrelationStreamLimits,
  evaluateCorrelations,
  linkRules,
  type MatchedEvent,
  parseRules,
  type Rule,
} from '../../src/sigma/index.ts';
import { startClickHouse } from '../harness/clickhouse.ts';
import { type CorrelationSqlEngine, createCorrelationSqlEngine } from '../harness/sigma-sql-correlation.ts';
import { eventOf } from '../property/sigma-cases.ts';
import { type ConformanceCase, casesOf, documentsOf, linesOf, sections } from './sigma-case-rows.ts';

/** The correlations of the conformance page, by brute force, as a stream and in ClickHouse, events in both orders. */
const cases = sections.flatMap(({ rows }) =>
  rows.flatMap((row) =>
    casesOf(row).flatMap((one, i) => (one.begins === undefined ? [] : [[`${row.id} ${i + 1}`, one] as const])),
  ),
);

interface Read {
  readonly correlations: readonly Correlation[];
  readonly rules: readonly Rule[];
  readonly events: readonly MatchedEvent[];
}

function read(one: ConformanceCase): Read {
  const { rules, correlations, documents } = linkRules(parseRules(documentsOf(one), 'row.yml').documents);
  expect(documents.flatMap(({ problems }) => problems.map(({ code }) => code))).toEqual(one.warned ?? []);
  const set = compileRules(rules);
  const events = linesOf(one.events).map((line, i): MatchedEvent => {
    const fields = eventOf(line)?.fields ?? {};
    const met = set.match({ fields, logsource: { product: 'windows', categories: [], services: [] } });
    const ids = met.flatMap((index) => rules[index]?.id ?? []);
    return { rules: ids, fields, timeMs: Number(fields.t), order: String(i).padStart(3, '0') };
  });
  return { correlations, rules, events };
}

type Begin = (correlation: number, group: readonly string[], timeMs: number) => void;

const engines: Readonly<
  Record<string, (c: readonly Correlation[], events: readonly MatchedEvent[], begin: Begin) => void>
> = {
  'brute force'(correlations, events, begin) {
    for (const { correlation, group, instants } of evaluateCorrelations(correlations, events)) {
      for (const { turned, timeMs } of instants) if (turned) begin(correlation, group, timeMs);
    }
  },
  stream(correlations, events, begin) {
    const stream = createCorrelationStream(correlations, {
      limits: { ...defaultCorrelationStreamLimits, reorderMs: 10 ** 12 },
      onBegin: ({ correlation, group, timeMs }) => begin(correlation, group, timeMs),
    });
    for (const { rules, fields, timeMs, order } of events) {
      for (const rule of rules)
        if (stream.handleOf(rule) >= 0) stream.push(stream.handleOf(rule), fields, timeMs, order);
    }
    stream.flush();
  },
};

let backing: ClickHouseBacking;
let sql: CorrelationSqlEngine;
beforeAll(async () => {
  backing = await startClickHouse();
  sql = createCorrelationSqlEngine(backing);
});
afterAll(async () => {
  await sql?.close();
  await backing?.close();
});

test.each(cases)('sql: %s', async (_id, one) => {
  const { correlations, rules, events } = read(one);
  const turns = await sql.turns({ rules, correlations }, [...events.toReversed(), ...events.slice(0, 1)]);
  const begins = turns.map(
    ({ correlation, group, timeMs }) => `${correlations[correlation]?.title} ${group.join()} ${timeMs}`,
  );
  expect(begins.toSorted()).toEqual(one.begins?.toSorted());
});

describe.each(Object.entries(engines))('%s', (_name, evaluate) => {
  test.each(cases)('%s', (_id, one) => {
    const { correlations, events } = read(one);
    for (const given of [events, events.toReversed()]) {
      const begins: string[] = [];
      evaluate(correlations, given, (index, group, timeMs) => {
        begins.push(`${correlations[index]?.title} ${group.join()} ${timeMs}`);
      });
      expect(begins.toSorted()).toEqual(one.begins?.toSorted());
    }
  });
});
