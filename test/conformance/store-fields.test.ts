import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FieldValue } from '../../src/model/event.ts';
import { insertBatch } from '../harness/whole-batch.ts';
import { anEvent, day0, t0 } from './store-fixtures.ts';
import { useStore } from './store-open.ts';

const use = useStore();

async function roundTrip(id: string, fields: readonly Readonly<Record<string, FieldValue>>[]): Promise<unknown[]> {
  const rows = fields.map((f, i) => anEvent(id, i, { fields: f, id: `${id}-${String(i).padStart(6, '0')}` }));
  await insertBatch(use().store.events, { id, day: day0, receivedTimeMs: t0, key: '' }, rows);
  return (await use().store.events.readBatch({ id, day: day0 })).map((e) => e.fields);
}

const nasty: readonly (readonly [string, Readonly<Record<string, FieldValue>>])[] = [
  ['big integer as text', { n: '12345678901234567890', m: 9007199254740991, f: 1e21, tiny: 5e-324 }],
  [
    'text that looks like something else',
    { d: '2026-01-01', dt: '2026-01-01 00:00:00', n: '007', b: 'true', j: '{"a":1}' },
  ],
  ['a path and its prefix', { a: 'x', 'a.b': 'y', 'a.b.c': 'z' }],
  ['odd names', { '': 1, '.': 2, 'a..b': 3, 'x`y': 4, "q'": 5, '\\': 6, 'tab\t': 7, 'é ệ': 8, 'Threat Name': 9 }],
  [
    'names of Object.prototype',
    JSON.parse('{"__proto__":"p","constructor":"c","toString":"t"}') as Record<string, string>,
  ],
  ['null, empty and nested lists', { n: null, e: '', l: [], m: ['a', null, 1, true, ['deep', []]], Image: ['x', 'y'] }],
  ['characters no table likes', { nul: 'a\0b', lone: '\ud800', pair: '😀', bom: '\ufeff', sep: '\u2028', del: '\x7f' }],
  ['a name only a hostile sender would use', { ['k'.repeat(5_000)]: 'v', 'rest.`x`) OR 1=1 --': 'v' }],
  ['many fields', Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`f${i}`, i]))],
];

test.each(nasty)('fields come back to the bit: %s', async (name, fields) => {
  const [back] = await roundTrip(`nasty-${name.replaceAll(/\W/g, '')}`, [fields]);
  expect(JSON.stringify(back)).toBe(JSON.stringify(fields));
});

test('any fields come back to the bit', async () => {
  const leaf = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    // JSON has no -0, so no parser of lines yields one.
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
    fc.boolean(),
    fc.constant(null),
  );
  const value = fc.oneof(
    leaf,
    fc.array(leaf, { maxLength: 4 }),
    fc.array(fc.array(leaf, { maxLength: 2 }), { maxLength: 2 }),
  );
  const fields = fc.dictionary(fc.string({ unit: 'binary', maxLength: 20 }), value, { maxKeys: 12 });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fields, { minLength: 20, maxLength: 60 }), async (many) => {
      run += 1;
      const back = await roundTrip(`any-${run}`, many as Record<string, FieldValue>[]);
      expect(back.map((f) => JSON.stringify(f))).toEqual(many.map((f) => JSON.stringify(f)));
    }),
    { numRuns: 15 },
  );
});

const texts: readonly string[] = [
  '\0',
  'a\nb\r\tc',
  '"\\\'`',
  '\\ud800 written out',
  'Nguyễn Ð đ Ɖ',
  '{"a":',
  '😀'.repeat(3),
];

test.each(texts)('message and raw come back as they were: %j', async (text) => {
  const id = `text-${Buffer.from(text).toString('hex')}`;
  await insertBatch(use().store.events, { id, day: day0, receivedTimeMs: t0, key: '' }, [
    anEvent(id, 0, { message: text, raw: text, host: text }),
  ]);
  expect(await use().store.events.readBatch({ id, day: day0 })).toMatchObject([
    { message: text, raw: text, host: text },
  ]);
});

test('a lone surrogate in raw does not stop the batch', async () => {
  await insertBatch(use().store.events, { id: 'lone', day: day0, receivedTimeMs: t0, key: '' }, [
    anEvent('lone', 0, { raw: '\ud800\udfff ok', message: '\udfff\\\ud800\ud800', fields: { a: '\ud800' } }),
  ]);
  const [event] = await use().store.events.readBatch({ id: 'lone', day: day0 });
  expect(event).toMatchObject({ raw: '\ud800\udfff ok', message: '\ufffd\\\ufffd\ufffd', fields: { a: '\ud800' } });
});

const times: readonly (readonly [string, number, number])[] = [
  ['the epoch', 0, 0],
  ['before the epoch', -5, 0],
  ['a small number of seconds', 1_999_500, 1_999_500],
  ['milliseconds kept', t0 + 7, t0 + 7],
  ['the far future', 8.64e15, 10_413_791_999_999],
];

test.each(times)('event time %s', async (name, given, stored) => {
  const id = `time-${name.replaceAll(' ', '')}`;
  await insertBatch(use().store.events, { id, day: day0, receivedTimeMs: t0, key: '' }, [
    anEvent(id, 0, { eventTimeMs: given }),
  ]);
  expect(await use().store.events.readBatch({ id, day: day0 })).toMatchObject([{ eventTimeMs: stored }]);
});
