import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClickHouseBacking } from '../../src/backing/index.ts';
import { evaluateCorrelations, jsonTable, sqlOfCorrelation } from '../../src/sigma/index.ts';
import { startClickHouse } from '../harness/clickhouse.ts';
import { clientParams } from '../harness/sigma-sql.ts';
import { createRandom } from '../property/sigma-case-random.ts';
import { type CorrelationBatch, correlationBatch } from '../property/sigma-correlation-cases.ts';

let backing: ClickHouseBacking;
let client: ClickHouseClient;
beforeAll(async () => {
  backing = await startClickHouse();
  const { url, username, password, database } = backing;
  client = createClient({ url, username, password, database, use_multipart_params: true });
}, 60_000);
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

test.each(seeds)(
  'a correlation in SQL turns when brute force turns, seed %i',
  async (seed) => {
    const batch = correlationBatch(seed, count);
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
      const answer = await client.query({
        query: made.sql,
        query_params: clientParams(made.params),
        format: 'JSONEachRow',
      });
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
    expect(turns).toBeGreaterThan(0);
  },
  120_000,
);
