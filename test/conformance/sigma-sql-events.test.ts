import { readdirSync } from 'node:fs';
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSql } from '../../src/cli/sql.ts';
import type { Fields } from '../../src/model/event.ts';
import { flatten } from '../../src/parse/flatten.ts';
import { parseLimits } from '../../src/parse/limits.ts';
import {
  applies,
  type EventLogsource,
  eventsTable,
  type Logsource,
  meets,
  parseRules,
  type UnknownDimension,
} from '../../src/sigma/index.ts';
import { hotFields } from '../../src/store/hot-fields.ts';
import { sigmaSqlClient, sqlVerdicts } from '../harness/sigma-sql.ts';
import { insertBatch } from '../harness/whole-batch.ts';
import { caseBatch } from '../property/sigma-cases.ts';
import { anEvent, day0, t0 } from './store-fixtures.ts';
import { useStore } from './store-open.ts';

const use = useStore();
let client: ClickHouseClient;
beforeAll(() => {
  client = sigmaSqlClient(use().backing);
});
afterAll(() => client.close());

const schema = eventsTable(hotFields);
const stored = { schema, from: 'events', orderBy: 'id', rulesPerQuery: 50 } as const;

/** Stores a batch through the platform's own writer, ids in the order given. */
async function store(
  batch: string,
  events: readonly { fields?: Fields; logsource?: EventLogsource; eventTimeMs?: number }[],
): Promise<{ from: string; params: { batch: string } }> {
  const rows = events.map((more, i) => anEvent(batch, i, { ...more, id: `${batch}-${String(i).padStart(6, '0')}` }));
  await insertBatch(use().store.events, { id: batch, day: day0, receivedTimeMs: t0, key: '' }, rows);
  return { from: '(SELECT * FROM events WHERE batch = {batch:String})', params: { batch } };
}

const hotName = ['Image', 'CommandLine', 'EventID', 'Computer', 'User', 'Details'] as const;

/** Half of the generated names become names that have a column of their own, in rules and events alike. */
function withHotNames(text: string): string {
  return text.replaceAll(/^( +)["']?a(\||["']?:)/gm, '$1Image$2').replaceAll(/^( +)["']?b(\||["']?:)/gm, '$1EventID$2');
}

const seeds = Array.from({ length: Number(process.env.SIGMA_SQL_SEEDS ?? 1) }, (_, i) => i + 500);

test.each(seeds)(
  'stored events meet in SQL what they meet in memory, seed %i',
  async (seed) => {
    const batch = caseBatch(seed, { rules: 25, events: 100 });
    const renamed = batch.rules.flatMap((rule) => parseRules(withHotNames(rule.source), 'renamed').rules);
    const rules = [...batch.rules, ...renamed];
    const events = batch.events.flatMap(({ fields }, i): { fields: Fields }[] => {
      const flat = flatten(fields as Parameters<typeof flatten>[0], parseLimits).fields;
      if (flat === null) return [];
      const name = hotName[i % hotName.length] ?? 'Image';
      // The same content under a hot name, so that scalars, lists, null and '' all go through the columns.
      const [first] = Object.values(flat);
      return [{ fields: flat }, { fields: { Image: flat.a ?? null, EventID: flat.b ?? '', [name]: first ?? null } }];
    });
    const at = await store(`gen-${seed}`, events);
    const found = await sqlVerdicts(client, rules, { ...stored, ...at, options: { routing: false } });
    const wrong = events.flatMap(({ fields }, e) =>
      rules.flatMap((rule, i) => {
        const wanted = meets(rule.ir, fields);
        return found[e]?.includes(i) === wanted ? [] : [{ wanted, rule: rule.source, fields: JSON.stringify(fields) }];
      }),
    );
    expect(wrong.slice(0, 2), `${wrong.length} differences`).toEqual([]);
  },
  120_000,
);

const contents: readonly Fields[] = [
  {},
  { Image: null },
  { Image: '' },
  { Image: [] },
  { Image: [null] },
  { Image: [''] },
  { Image: ['', 'x'] },
  { Image: 'x' },
  { Image: 'X' },
  { Image: ['y', ['X', null]] },
  { Image: 7 },
  { Image: '7' },
  { Image: true },
  { Image: 1e21 },
  { Image: '1e+21' },
  { Image: 0.1 },
  { Image: 1e20 },
  { Image: 5e-324 },
  { Image: 'a"Image":"x' },
  { 'a"Image': 'x' },
  { other: '"Image":"x"' },
  { other: 'x' },
  { Image: '\ud800' },
  { Image: '\\ud800' },
  { Image: '\ufffd' },
  { Image: 'a\0b' },
  { Image: 'x\ny' },
  { Image: '\u001b\u2028\u007f' },
  { 'Image.x': 'x', Image: 'no' },
  { image: 'x' },
];

const tests: readonly string[] = [
  'Image: x',
  "Image: ''",
  'Image: null',
  "Image: '*'",
  'Image|exists: true',
  'Image|exists: false',
  'Image|neq: x',
  'Image: [x, null]',
  'Image: 7',
  'Image: true',
  "Image: '1e+21'",
  "Image: '100000000000000000000'",
  "Image: '5e-324'",
  'Image|gt: 0',
  'Image|re: "^x$"',
  "Image: 'x?y'",
  "Image: '?'",
  'Image|contains: "ud800"',
  'Image|contains: "\\0"',
  "Image|contains|all: ['', x]",
  'Image.x: x',
  'other|contains: Image',
  'Image|fieldref: other',
  "'a\"Image': x",
];

test('what a field holds decides, not where the table keeps it', async () => {
  const documents = tests.map(
    (item, i) => `title: t${i}\nlogsource: { product: p }\ndetection: { s: { ${item} }, condition: s }`,
  );
  documents.push("title: k\nlogsource: { product: p }\ndetection: { s: [x, '7'], condition: s }");
  const { rules, problems } = parseRules(documents.join('\n---\n'), 'contents');
  expect(problems.filter(({ severity }) => severity === 'refused')).toEqual([]);
  const at = await store(
    'contents',
    contents.map((fields) => ({ fields })),
  );
  const found = await sqlVerdicts(client, rules, { ...stored, ...at, options: { routing: false } });
  for (const [e, fields] of contents.entries()) {
    // Stored text has U+FFFD for a lone surrogate, in columns and here.
    const seen = JSON.parse(JSON.stringify(fields).replaceAll(/(?<!\\)\\ud800/g, '\ufffd')) as Fields;
    const wanted = rules.flatMap(({ ir }, i) => (meets(ir, seen) ? [i] : []));
    expect(found[e], JSON.stringify(fields)).toEqual(wanted);
  }
});

test('a rule applies to the same events by SQL as by routing', async () => {
  const product = [null, 'windows', 'linux', 'Windows'];
  const lists = [[], ['process_creation'], ['Process_Creation', 'x'], ['x']];
  const events = product.flatMap((p) =>
    lists.flatMap((categories) => lists.map((services) => ({ logsource: { product: p, categories, services } }))),
  );
  const at = await store('routes', events);
  const sources: Logsource[] = [null, 'windows'].flatMap((p) =>
    [null, 'process_creation'].flatMap((category) => [null, 'x'].map((service) => ({ product: p, category, service }))),
  );
  const { rules } = parseRules(
    'title: t\nlogsource: { product: p }\ndetection: { s: { Image: "*" }, condition: s }',
    'f',
  );
  const [rule] = rules;
  if (rule === undefined) throw new Error('the rule is sound');
  const routed = sources.map((logsource) => ({ ir: rule.ir, logsource }));
  for (const unknownDimension of ['open', 'closed'] satisfies UnknownDimension[]) {
    const found = await sqlVerdicts(client, routed, { ...stored, ...at, options: { unknownDimension } });
    for (const [e, { logsource }] of events.entries()) {
      const wanted = sources.flatMap((source, i) => (applies(source, logsource, unknownDimension) ? [i] : []));
      expect(found[e], `${unknownDimension} ${JSON.stringify(logsource)}`).toEqual(wanted);
    }
  }
});

const golden = new URL('../golden/sigma/', import.meta.url).pathname;
const printed = readdirSync(golden).filter((file) => file.endsWith('.yml') && file !== 'expand.yml');

test.each(printed)('what vonggac sql prints runs as it stands: %s', async (file) => {
  const out: string[] = [];
  const err: string[] = [];
  const to = (lines: string[]) => (line: string) => void lines.push(line);
  await runSql({ files: [golden + file], params: 'inline', routing: true, out: to(out), err: to(err) });
  expect(err).toEqual([]);
  for (const statement of out.join('\n').split(';\n')) {
    const query = statement.replace(/;$/, '');
    const answer = await client.query({ query, format: 'JSONEachRow' });
    expect(Array.isArray(await answer.json())).toBe(true);
  }
});

test('a correlation runs over the events table', async () => {
  const logon = (i: number, user: string, at: number) => ({
    fields: { EventID: 4625, TargetUserName: user, n: i },
    logsource: { product: 'windows', categories: [], services: ['security'] },
    eventTimeMs: t0 + at * 1000,
  });
  const events = [
    ...Array.from({ length: 20 }, (_, i) => logon(i, 'an', i)),
    ...Array.from({ length: 19 }, (_, i) => logon(i, 'binh', i)),
  ];
  await store('correlated', events);
  const out: string[] = [];
  const file = `${golden}correlation-event-count.yml`;
  await runSql({
    files: [file],
    params: 'inline',
    routing: true,
    out: (text) => void out.push(text),
    err: (text) => expect.fail(text),
  });
  const answer = await client.query({ query: (out.at(-1) ?? '').replace(/;$/, ''), format: 'JSONEachRow' });
  const turns = await answer.json<{ group_key: string[]; time_ms: string; completing: string; measured: string }>();
  expect(turns.map((turn) => [turn.group_key, Number(turn.time_ms), turn.completing, Number(turn.measured)])).toEqual([
    [['an'], t0 + 19_000, 'correlated-000019', 20],
  ]);
});
