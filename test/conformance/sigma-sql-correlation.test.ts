import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClickHouseBacking } from '../../src/backing/index.ts';
import { evaluateCorrelations, jsonTable, linkRules, parseRules, sqlOfCorrelation } from '../../src/sigma/index.ts';
import { startClickHouse } from '../harness/clickhouse.ts';
import { clientParams } from '../harness/sigma-sql.ts';
import { createRandom } from '../property/sigma-case-random.ts';
import { type CorrelationBatch, correlationBatch } from '../property/sigma-correlation-cases.ts';

let backing: ClickHouseBacking;
let client: ClickHouseClient;
beforeAll(async () => {
  backing = await startClickHouse();
  const { url, username, password, database } = backing;
  client = createClient({ url, username, password, database, use_multipart_params: true, request_timeout: 300_000 });
});
afterAll(async () => {
  await client?.close();
  await backing?.close();
});

const schema = jsonTable({
  table: 'cases',
  column: 'fields',
  id: 'event_order',
  timeMs: 'at_ms',
  logsource: { product: "''", categories: '[]', services: '[]' },
});

/** Rows in any order, and a tenth of them twice. */
async function store({ events }: CorrelationBatch, seed: number): Promise<void> {
  const random = createRandom(seed);
  const rows = events
    .flatMap((event) => (random.chance(0.1) ? [event, event] : [event]))
    .map((event) => [random.int(1_000_000), event] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, { fields, timeMs, order }]) => ({ fields: JSON.stringify(fields), at_ms: timeMs, event_order: order }));
  await client.command({
    query: 'CREATE OR REPLACE TABLE cases (fields String, at_ms Int64, event_order String) ENGINE = Memory',
  });
  await client.insert({ table: 'cases', values: rows, format: 'JSONEachRow' });
}

interface Turn {
  readonly group_key: readonly string[];
  readonly time_ms: string;
  readonly completing: string;
}

const seeds = Array.from({ length: Number(process.env.SIGMA_SQL_SEEDS ?? 4) }, (_, i) => i + 1);
const count = { correlations: 8, events: 80 };

/** The same story told so slowly that its timespans pass what ClickHouse's window frames can say. */
function slowed(batch: CorrelationBatch): CorrelationBatch {
  const factor = 10_000_000;
  return {
    ...batch,
    correlations: batch.correlations.map((c) => ({ ...c, ir: { ...c.ir, timespanMs: c.ir.timespanMs * factor } })),
    events: batch.events.map((e) => ({ ...e, timeMs: (e.timeMs - 1_700_000_000_000) * factor })),
  };
}

/** Holds every correlation of the batch against brute force; how often they turn. */
async function compare(batch: CorrelationBatch, seed: number): Promise<number> {
  const parts = {
    rules: new Map(batch.rules.map((rule) => [rule.id, rule])),
    correlations: new Map(batch.correlations.map((correlation) => [correlation.id, correlation])),
  };
  await store(batch, seed);
  const wanted = evaluateCorrelations(batch.correlations, batch.events);
  let turns = 0;
  for (const [index, correlation] of batch.correlations.entries()) {
    const made = sqlOfCorrelation(correlation, parts, schema, { routing: false });
    if (made.kind === 'refused') throw new Error(`${made.reason}\n${correlation.source}`);
    const query_params = clientParams(made.params);
    const answer = await client.query({ query: made.sql, query_params, format: 'JSONEachRow' });
    const said = (await answer.json<Turn>()).map((turn) =>
      JSON.stringify([turn.group_key, Number(turn.time_ms), turn.completing]),
    );
    const right = wanted
      .filter((group) => group.correlation === index)
      .flatMap(({ group, instants }) =>
        instants
          .filter(({ turned }) => turned)
          .map(({ timeMs, completing }) => JSON.stringify([group, timeMs, completing.order])),
      );
    expect(said.toSorted(), correlation.source).toEqual(right.toSorted());
    turns += right.length;
  }
  return turns;
}

test.each(seeds)('a correlation in SQL turns when brute force turns, seed %i', async (seed) => {
  const drawn = correlationBatch(seed, count);
  expect(await compare(seed % 3 === 0 ? slowed(drawn) : drawn, seed)).toBeGreaterThan(0);
});

/** Events of one second each, or all at once: what they hold under `kind` and `v`. */
const shared: readonly (readonly [
  string,
  string,
  readonly (readonly [at: number, kinds: string, v: number])[],
  number,
])[] = [
  ['one event does not stand twice in a chain', 'type: temporal_ordered, rules: [ra, rb]', [[0, 'ab', 1]], 0],
  [
    'two of one time do',
    'type: temporal_ordered, rules: [ra, rb]',
    [
      [0, 'ab', 1],
      [0, 'ab', 1],
    ],
    1,
  ],
  [
    'of three rules two events are not enough',
    'type: temporal_ordered, rules: [ra, rb, rc]',
    [
      [0, 'abc', 1],
      [0, 'abc', 1],
    ],
    0,
  ],
  [
    'two that only fit one place',
    'type: temporal_ordered, rules: [ra, rb]',
    [
      [0, 'a', 1],
      [1, 'a', 1],
    ],
    0,
  ],
  [
    'the wrong way round',
    'type: temporal_ordered, rules: [ra, rb]',
    [
      [0, 'b', 1],
      [1, 'a', 1],
    ],
    0,
  ],
  [
    'an event that met two rules counts once',
    'type: event_count, rules: [ra, rb], condition: { gte: 2 }',
    [[0, 'ab', 1]],
    0,
  ],
  [
    'and under the first of them',
    'type: value_sum, rules: [ra, rb], aliases: { n: { ra: v, rb: w } }, condition: { field: n, gte: 50 }',
    [[0, 'ab', 1]],
    0,
  ],
  [
    'the second, when only it has the field',
    'type: value_sum, rules: [ra, rb], aliases: { n: { ra: u, rb: w } }, condition: { field: n, gte: 50 }',
    [[0, 'ab', 1]],
    1,
  ],
];

test.each(shared)('%s', async (_name, body, given, turns) => {
  const id = (i: number) => `00000000-0000-4000-8000-00000000000${i}`;
  const rules = [...'abc'].map(
    (kind, i) =>
      `title: ${kind}\nname: r${kind}\nid: ${id(i)}\nlogsource: { product: p }\ndetection: { s: { kind: ${kind} }, condition: s }\n`,
  );
  const text = `title: c\nid: ${id(9)}\ncorrelation: { ${body}, group-by: [], timespan: 10s }\n`;
  const linked = linkRules(parseRules([...rules, text].join('---\n'), 'rows').documents);
  expect(linked.correlations, JSON.stringify(linked.problems)).toHaveLength(1);
  const events = given.map(([at, kinds, v], i) => ({
    fields: { kind: [...kinds], v, w: v * 100 },
    rules: [...kinds].map((kind) => id('abc'.indexOf(kind))),
    timeMs: at * 1000,
    order: String(i),
  }));
  expect(await compare({ text, rules: linked.rules, correlations: linked.correlations, events }, 1)).toBe(turns);
});
