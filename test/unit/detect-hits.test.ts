import { expect, test } from 'vitest';
import { HitLines, hitFormatOf, hitHead } from '../../src/cli/detect-hits.ts';
import { parseRules } from '../../src/sigma/index.ts';
import { wholeLines } from '../harness/whole-lines.ts';

const count = 40;
/** Ids in another order than the rules. */
const id = (n: number) => `5f3bde0c-4d59-4b36-8c3f-0d2b7a3e9a${String((n * 17) % count).padStart(2, '0')}`;
const text = Array.from({ length: count }, (_, n) => {
  return `title: Luật "${n}"\nid: ${id(n)}\nlogsource: {product: a}\nlevel: high\ndetection: {s: {a: x}, condition: s}\n`;
});
const { rules } = parseRules(text.join('---\n'), 'r.yml');
const silent = new Set([id(3)]);
const format = hitFormatOf(rules, silent);

function expected(file: string, line: number, met: readonly number[]): string[] {
  const hits = met.map((n) => ({ file, line, rule: id(n), title: `Luật "${n}"`, level: 'high' }));
  return hits
    .filter(({ rule }) => !silent.has(rule))
    .toSorted((a, b) => (a.rule < b.rule ? -1 : 1))
    .map((hit) => JSON.stringify(hit));
}

test('hits are what JSON.stringify makes of them, by line and then by id, whatever came before', () => {
  const lines = new HitLines(format);
  const wanted: string[] = [];
  const all = [...rules.keys()];
  for (const file of ['a', 'thư mục/"b"', 'a']) {
    const head = hitHead(file);
    for (const line of [1, 9, 10, 11, 99, 100, 999, 1_000, 1_001, 2_000, 10_009, 65_432, 2 ** 31, 2 ** 40 + 7, 4]) {
      for (const met of [[], [3], [0], [1, 2], [2, 3, 5], all.slice(0, 16), all]) {
        lines.add(head, line, met);
        wanted.push(...expected(file, line, met));
      }
    }
  }
  expect(lines.hits).toBe(wanted.length);
  expect(wholeLines(lines.take())).toEqual(wanted);
  expect(lines.length).toBe(0);
});

test('what is gathered has room for more than was thought of, and hits written elsewhere stand between', () => {
  const lines = new HitLines(format);
  const head = hitHead('f'.repeat(2_000));
  const wanted: string[] = [];
  for (let line = 1; line <= 600; line++) {
    lines.add(head, line, [0]);
    wanted.push(...expected('f'.repeat(2_000), line, [0]));
  }
  lines.addText('{"of":"a correlation"}');
  lines.addBytes(Buffer.from('{"n":1}\n{"n":2}\n'), 2);
  expect(wholeLines(lines.take())).toEqual([...wanted, '{"of":"a correlation"}', '{"n":1}', '{"n":2}']);
  expect(lines.hits).toBe(603);
});

test('ever new lists of rules, and the same again in other lines', () => {
  const lines = new HitLines(format);
  const file = 'f'.repeat(40_000);
  const head = hitHead(file);
  const wanted: string[] = [];
  const said: string[] = [];
  let line = 9_990;
  for (let round = 0; round < 2; round++) {
    for (let a = 0; a < count; a++) {
      for (const met of [[a], [a, 39], [(a * 7) % 40, a, 39], [a, 40 - a, 38]].map((list) => [...new Set(list)])) {
        const real = met.filter((rule) => rule < count);
        lines.add(head, ++line, real);
        wanted.push(...expected(file, line, real));
        if (lines.length > 4_000_000) said.push(...wholeLines(lines.take()));
      }
    }
  }
  expect([...said, ...wholeLines(lines.take())]).toEqual(wanted);
});
