import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { SecurityEvent } from '../../src/model/event.ts';
import { eventBlock } from '../../src/store/event-block.ts';
import { eventJsonRow } from '../harness/event-json-rows.ts';
import { readLine } from '../harness/read-line.ts';
import { anEvent, day0, t0 } from './store-fixtures.ts';
import { useStore } from './store-open.ts';

const use = useStore();
const o = { day: day0, committedTimeMs: t0 + 6_000 };

/** The same events as a binary block and as JSON that ClickHouse reads itself; columns in which the two differ. */
async function differing(name: string, rows: readonly SecurityEvent[]): Promise<string[]> {
  const { sql } = use();
  const texts = rows.map((row) => eventJsonRow(row, o));
  const columns = Object.keys(texts[0] ?? {});
  for (const table of ['as_block', 'as_json']) {
    await sql.command(`DROP TABLE IF EXISTS ${table}`);
    await sql.command(`CREATE TABLE ${table} AS events`);
  }
  await sql.insertBlock('as_block', eventBlock(rows, { ...o, retention: {} }), name);
  await sql.insert(
    'as_json',
    columns,
    texts.map((text) => JSON.stringify(Object.values(text))),
    name,
  );
  // A path of `rest` has one of two types, whoever wrote it.
  const compared = columns.map((column) => (column === 'rest' ? '(rest, JSONAllPathsWithTypes(rest))' : column));
  const sums = compared.map((column) => `toString(sum(cityHash64(id, toString(${column}))))`).join(', ');
  const read = async (table: string): Promise<unknown[]> => {
    const [row] = await sql.tuples(`SELECT ${sums}, toString(count()) FROM ${table}`);
    return row ?? [];
  };
  const [block, json] = [await read('as_block'), await read('as_json')];
  expect(block.at(-1)).toBe(String(rows.length));
  return columns.filter((_, i) => json[i] !== block[i]);
}

const enums: readonly Partial<SecurityEvent>[] = [
  { origin: 'production', parseStatus: 'parsed' },
  { origin: 'drill', parseStatus: 'partial' },
  { origin: 'test', parseStatus: 'raw' },
];
const many = Array.from({ length: 300 }, (_, i) => `name ${i}`);

const rows: readonly (readonly [string, readonly Partial<SecurityEvent>[]])[] = [
  ['one plain event', [{}]],
  ['no fields, no tags', [{ fields: {}, logsource: { product: null, categories: [], services: [] } }]],
  [
    'texts of every width',
    [0, 1, 23, 24, 25, 41, 42, 43, 126, 127, 128, 129, 5_461, 5_462, 16_383, 16_384, 16_385, 70_000].flatMap((n) =>
      ['x', 'ệ', '😀'].map((letter) => ({ raw: letter.repeat(n), fields: { CommandLine: letter.repeat(n) } })),
    ),
  ],
  [
    'what only JSON would escape, or cannot say',
    ['\0', '"\\\n\t\u007f\u2028', '\ud800', 'a\udc00b', '\\ud800', '\ufeff', '\uffff'].map((text) => ({
      raw: text,
      message: text,
      host: text,
      fields: { Image: text, other: text, list: [text, null, 1, [true, text]] },
    })),
  ],
  [
    'more different words than one byte counts, and than two do',
    Array.from({ length: 66_000 }, (_, i) => ({ host: `host-${i}`, lane: `lane-${i % 300}`, fields: {} })),
  ],
  ['many names in one event', [{ fields: Object.fromEntries(many.map((name) => [name, name])) }]],
  [
    'more paths than are given one by one',
    Array.from({ length: 40 }, (_, i) => ({
      fields: Object.fromEntries(
        Array.from({ length: 30 }, (_, j): [string, string | (string | null)[]] => {
          const name = j < 3 ? `same${j}` : `name ${i} ${j}`;
          return [name, j % 4 === i % 4 ? [name, null, '\ud800 "x"'] : `${i} ệ\ud800`];
        }),
      ),
    })),
  ],
  [
    'names of all kinds',
    [
      JSON.parse('{"__proto__":"p","constructor":1,"a":"x","a.b":"y","":"e",".":2,"a..b":3,"Threat Name":null}'),
      { '12': 'first in an object', b: '2026-11-22 05:00:00', c: '1', d: 'true', e: '{"a":1}', f: '' },
    ].map((fields: SecurityEvent['fields']) => ({ fields })),
  ],
  [
    'times at and beyond the ends',
    [0, -1, 1.5, 4_294_967_295, 4_294_967_296, 10_413_791_999_999, 1e15].map((eventTimeMs) => ({ eventTimeMs })),
  ],
  ['every enum and level', ([0, 1, 2, 3, 4, 5] as const).map((level) => ({ level, ...enums[level % 3] }))],
];

describe('a block holds in every column what ClickHouse reads from JSON', () => {
  test.each(rows)('%s', async (name, parts) => {
    const events = parts.map((part, i) => anEvent('b', i, part));
    expect(await differing(name, events)).toEqual([]);
  });

  const lanes = path.resolve(import.meta.dirname, '../../../shared/corpora/lanes');
  test.skipIf(!existsSync(lanes))('lines of every lane (skipped without ../shared)', async () => {
    for (const lane of ['structured_windows', 'raw_windows', 'cisco_syslog', 'sysmon_file_event', 'mixed_schema']) {
      const text = gunzipSync(readFileSync(path.join(lanes, `${lane}.ndjson.gz`))).toString();
      const events = text
        .split('\n', 2_000)
        .filter((line) => line !== '')
        .map((raw, i) => {
          const { eventTimeMs, ...read } = readLine(raw, 'auto', t0);
          return anEvent(lane, i, { ...read, eventTimeMs: eventTimeMs ?? t0, raw });
        });
      expect(await differing(lane, events)).toEqual([]);
    }
  });
});
