import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadRuleDirs } from '../../src/detect/rule-files.ts';
import type { SecurityEvent } from '../../src/model/event.ts';
import { eventsTable, meets } from '../../src/sigma/index.ts';
import { hotFields } from '../../src/store/hot-fields.ts';
import { anEvent, day0, t0 } from '../conformance/store-fixtures.ts';
import { useStore } from '../conformance/store-open.ts';
import { readLine } from '../harness/read-line.ts';
import { sigmaSqlClient, sqlVerdicts } from '../harness/sigma-sql.ts';
import { insertBatch } from '../harness/whole-batch.ts';

const corpora = new URL('../../../shared/corpora/', import.meta.url).pathname;
const here = existsSync(corpora);
if (!here) console.warn(`skipped: ${corpora} is not on this machine`);

const use = here ? useStore() : null;
let client: ClickHouseClient;
beforeAll(() => {
  if (use !== null) client = sigmaSqlClient(use().backing);
});
afterAll(() => client?.close());

function every(lines: readonly string[], step: number): string[] {
  return lines.filter((line, i) => i % step === 0 && line !== '');
}

function linesOf(file: string): string[] {
  const bytes = readFileSync(corpora + file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n');
}

/** Known positives, and a sample of every lane and of captures. */
function sampleLines(): string[] {
  const positives = linesOf('sigma_regression_drl/positives.jsonl').filter((line) => line !== '');
  const lanes = ['structured_windows', 'raw_windows', 'cisco_syslog', 'sysmon_file_event', 'mixed_schema'];
  const captures = ['evtx_rs_benign_mit', 'evtx_to_mitre_cc0/jsonl'].flatMap((folder) =>
    readdirSync(corpora + folder)
      .filter((file) => file.endsWith('.jsonl'))
      .toSorted()
      .map((file) => `${folder}/${file}`),
  );
  return [
    ...positives.map((line) => JSON.stringify((JSON.parse(line) as { event: unknown }).event)),
    ...lanes.flatMap((lane) => every(linesOf(`lanes/${lane}.ndjson.gz`), 100)),
    ...captures.flatMap((file) => every(linesOf(file), 10).slice(0, 100)),
  ];
}

test.skipIf(!here)(
  'SigmaHQ over stored events: SQL meets what the engine meets, rule by rule, routing left out',
  async () => {
    const { set, rules } = await loadRuleDirs([`${corpora}sigmahq`]);
    const events = sampleLines().map((line, i): SecurityEvent => {
      const { eventTimeMs: _, ...read } = readLine(line, 'auto', t0);
      return anEvent('corpus', i, { ...read, id: `corpus-${String(i).padStart(6, '0')}` });
    });
    const batch = { id: 'corpus', day: day0, receivedTimeMs: t0, key: '' };
    if (use !== null) await insertBatch(use().store.events, batch, events);
    const found = await sqlVerdicts(client, rules, {
      schema: eventsTable(hotFields),
      options: { routing: false },
      from: 'events',
      params: {},
      orderBy: 'id',
      rulesPerQuery: Number(process.env.SIGMA_SQL_CHUNK ?? 100),
    });
    let hits = 0;
    const wrong = events.flatMap((event, e) => {
      const wanted = new Set(set.match(event, { routing: false }));
      const said = new Set(found[e] ?? []);
      hits += wanted.size;
      return [...wanted, ...said]
        .filter((index) => wanted.has(index) !== said.has(index))
        .map((index) => {
          const rule = rules[index];
          const reference = rule !== undefined && meets(rule.ir, event.fields);
          return {
            rule: rule?.title,
            sql: said.has(index),
            reference,
            fields: JSON.stringify(event.fields).slice(0, 500),
          };
        });
    });
    expect(wrong.slice(0, 3), `${wrong.length} differences`).toEqual([]);
    expect(events.length).toBeGreaterThan(600);
    expect(hits).toBeGreaterThan(1_000);
    console.info(`${rules.length} rules × ${events.length} events: ${hits} hits, 0 differences`);
  },
  900_000,
);
