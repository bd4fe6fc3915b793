import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClickHouseBacking } from '../../src/backing/index.ts';
import { startClickHouse } from '../harness/clickhouse.ts';
import { createSqlEngine, type SqlEngine } from '../harness/sigma-sql.ts';
import { caseBatch } from '../property/sigma-cases.ts';
import { type Contender, differences, reference, shrunk } from '../property/sigma-contenders.ts';

let backing: ClickHouseBacking;
let engine: SqlEngine;
beforeAll(async () => {
  backing = await startClickHouse();
  engine = createSqlEngine(backing);
});
afterAll(async () => {
  await engine?.close();
  await backing?.close();
});

const sql: Contender = {
  name: 'sql',
  verdicts: ({ rules, events }) =>
    engine.verdicts(
      rules,
      events.map((event) => event.fields),
    ),
};

const batches = Number(process.env.SIGMA_SQL_SEEDS ?? 3);

describe('SQL says what the reference says', () => {
  test.each(Array.from({ length: batches }, (_, i) => i + 1))('generated rules and events, batch %i', async (seed) => {
    const batch = caseBatch(seed, { rules: 50, events: 100 });
    const wanted = await reference.verdicts(batch);
    const [first, ...more] = await differences(batch, sql, wanted);
    if (first !== undefined) expect.fail(`${more.length + 1} differences; ${await shrunk(first, sql, 150)}`);
  });
});
