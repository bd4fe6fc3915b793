import { parseArgs } from 'node:util';
import { startClickHouse } from '../harness/clickhouse.ts';
import { createSqlEngine } from '../harness/sigma-sql.ts';
import { type CorrelationSqlEngine, createCorrelationSqlEngine } from '../harness/sigma-sql-correlation.ts';
import { createRandom } from '../property/sigma-case-random.ts';
import { caseBatch } from '../property/sigma-cases.ts';
import {
  type Contender,
  contenders,
  type Difference,
  differences,
  reference,
  shrunk,
} from '../property/sigma-contenders.ts';
import { correlationBatch } from '../property/sigma-correlation-cases.ts';
import { bruteForce, delayed, doubled, leaving, streamed } from '../property/sigma-correlation-contenders.ts';
import { proveCrashes } from './crash.ts';

/** npm run proof: generated rules on generated events, every engine beside the reference; or a platform under faults. */
const usage = `usage: npm run proof [-- --cases 1000000] [--seed 1] [--without sql]
       npm run proof -- crash [--moments 10] [--seed 1] [--kind 'disk full' …]`;
/** A query costs ClickHouse a second and a half whatever the number of events, so there are many; else more rules. */
const sizeWithSql = { rules: 40, events: 400 };
const sizeWithout = { rules: 40, events: 50 };
const shownMax = 5;

interface Tally {
  readonly contender: Contender;
  verdicts: number;
  differences: number;
  cpuMs: number;
}

async function prove(cases: number, seed: number, all: readonly Contender[]): Promise<boolean> {
  const size = all.some(({ name }) => name === 'sql') ? sizeWithSql : sizeWithout;
  const tallies: Tally[] = all.map((contender) => ({ contender, verdicts: 0, differences: 0, cpuMs: 0 }));
  let verdicts = 0;
  let met = 0;
  let rules = 0;
  let shown = 0;
  let told = 0;
  for (let at = seed; verdicts < cases; at++) {
    const batch = caseBatch(at, size);
    const wanted = await reference.verdicts(batch);
    for (const tally of tallies) {
      const before = process.cpuUsage();
      const found = await differences(batch, tally.contender, wanted);
      const { user, system } = process.cpuUsage(before);
      tally.cpuMs += (user + system) / 1000;
      tally.verdicts += batch.rules.length * batch.events.length;
      tally.differences += found.length;
      for (const difference of found.slice(0, Math.max(0, shownMax - shown))) {
        shown++;
        console.log(`\nseed ${at}: ${await small(difference, tally.contender)}`);
      }
    }
    verdicts += batch.rules.length * batch.events.length;
    met += wanted.flat().length;
    rules += batch.rules.length;
    if (verdicts >= told + cases / 20) {
      told = verdicts;
      console.error(
        `${verdicts} verdicts, ${tallies.map((t) => `${t.contender.name} ${t.differences}`).join(', ')} differences`,
      );
    }
  }
  const percent = ((met / verdicts) * 100).toFixed(1);
  console.log(
    `\n${verdicts} verdicts of ${rules} generated rules from seed ${seed}; the reference says yes to ${percent} %\n`,
  );
  console.log('| engine | verdicts | differences from the reference | CPU s of this process |\n|---|---:|---:|---:|');
  for (const tally of tallies) {
    const row = [tally.contender.name, tally.verdicts, tally.differences, (tally.cpuMs / 1000).toFixed(1)];
    console.log(`| ${row.join(' | ')} |`);
  }
  return tallies.every((tally) => tally.differences === 0);
}

function small(difference: Difference, contender: Contender): Promise<string> {
  return shrunk(difference, contender, contender.name === 'sql' ? 200 : 2_000);
}

/** Correlations: brute force beside the stream, shuffled and doubled, and beside SQL unless it is null. */
async function proveCorrelations(cases: number, seed: number, sql: CorrelationSqlEngine | null): Promise<boolean> {
  // A statement of a correlation takes ClickHouse most of a second.
  const batches = Math.ceil(cases / 1_000);
  const sqlBatches = sql === null ? 0 : Math.ceil(cases / 40_000);
  const count = { correlations: 8, events: 80 };
  const wrong = { stream: 0, sql: 0 };
  let begins = 0;
  let correlations = 0;
  for (let at = seed; at < seed + batches; at++) {
    const batch = correlationBatch(at, count);
    const random = createRandom(at);
    const wanted = bruteForce(batch, batch.events);
    begins += wanted.begins.length;
    correlations += batch.correlations.length;
    const arriving = doubled(random, batch.events);
    const lost = leaving(wanted, streamed(batch, delayed(random, arriving, 10_000), 10_000));
    if (lost !== '' && wrong.stream++ < shownMax) console.log(`\nseed ${at}: stream ${lost}\n${batch.text}`);
    if (sql === null || at >= seed + sqlBatches) continue;
    const told = (title: unknown, group: unknown, timeMs: unknown, order: unknown) =>
      JSON.stringify([title, group, timeMs, order]);
    const turns = (await sql.turns(batch, delayed(random, arriving, 60_000))).map(
      ({ correlation, group, timeMs, order }) => told(batch.correlations[correlation]?.title, group, timeMs, order),
    );
    const right = wanted.begins.map((begin) => told(...(JSON.parse(begin) as [unknown, unknown, unknown, unknown])));
    const off = [...right.filter((turn) => !turns.includes(turn)), ...turns.filter((turn) => !right.includes(turn))];
    if ((off.length > 0 || turns.length !== right.length) && wrong.sql++ < shownMax) {
      console.log(`\nseed ${at}: sql ${off.slice(0, 3).join(' ')}\n${batch.text}`);
    }
  }
  console.log(
    `\n${correlations} generated correlations over ${batches * count.events} events; ${begins} alerts begin by brute force\n`,
  );
  console.log('| engine | sets of correlations | sets that differ from brute force |\n|---|---:|---:|');
  console.log(`| stream | ${batches} | ${wrong.stream} |`);
  if (sql !== null) console.log(`| sql | ${sqlBatches} | ${wrong.sql} |`);
  return wrong.stream + wrong.sql === 0;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      moments: { type: 'string', default: '10' },
      kind: { type: 'string', multiple: true, default: [] },
      cases: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      without: { type: 'string', multiple: true, default: [] },
    },
  });
  const [cases, seed, moments] = [Number(values.cases), Number(values.seed), Number(values.moments)];
  const isWrong = [cases, seed, moments].some((number) => !Number.isSafeInteger(number)) || cases < 1 || seed < 0;
  if (isWrong || moments < 1 || positionals.length > 1 || (positionals[0] ?? 'crash') !== 'crash') {
    console.error(usage);
    process.exitCode = 2;
    return;
  }
  if (positionals[0] === 'crash') {
    if (!(await proveCrashes({ moments, seed, kinds: values.kind }))) process.exitCode = 1;
    return;
  }
  const wanted = contenders.filter(({ name }) => !values.without.includes(name));
  if (values.without.includes('sql')) {
    const right = await prove(cases, seed, wanted);
    if (!(await proveCorrelations(cases, seed, null)) || !right) process.exitCode = 1;
    return;
  }
  const backing = await startClickHouse();
  const engine = createSqlEngine(backing);
  const correlationEngine = createCorrelationSqlEngine(backing);
  const sql: Contender = {
    name: 'sql',
    verdicts: (batch) =>
      engine.verdicts(
        batch.rules,
        batch.events.map((event) => event.fields),
      ),
  };
  try {
    const right = await prove(cases, seed, [...wanted, sql]);
    if (!(await proveCorrelations(cases, seed, correlationEngine)) || !right) process.exitCode = 1;
  } finally {
    await engine.close();
    await correlationEngine.close();
    await backing.close();
  }
}

await main();
