import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSql, type SqlOptions } from '../../src/cli/sql.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'sigma-sql-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function run(
  text: string | readonly string[],
  more: Partial<SqlOptions> = {},
): Promise<{ code: number; out: string; err: string }> {
  const files = (typeof text === 'string' ? [text] : text).map((content, i) => {
    const file = join(dir, `${i}.yml`);
    writeFileSync(file, content);
    return file;
  });
  const out: string[] = [];
  const err: string[] = [];
  const code = await runSql({
    files,
    params: 'comments',
    routing: true,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    ...more,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const rule = (title: string, detection: string, id = 'a') =>
  `title: ${title}\nid: 00000000-0000-4000-8000-00000000000${id}\nname: r${id}\nstatus: test\nlevel: low\nlogsource: { product: windows }\ndetection: ${detection}\n`;
const correlation = (body: string) =>
  `title: c\nid: 00000000-0000-4000-8000-0000000000cc\nstatus: test\nlevel: low\ncorrelation: { ${body} }\n`;

test('a rule, its parameters below it', async () => {
  const { code, out, err } = await run(rule('Some rule', '{ s: { Image|endswith: \\cmd.exe }, condition: s }'));
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^-- .*0\.yml:1 Some rule\nWITH\n/);
  expect(out).toContain('FROM events\nWHERE (\n  lowerUTF8(product) = {');
  expect(out).toMatch(/;\n-- parameters\n(-- {3}p\d+ = .*\n?)+$/);
  expect(out).toContain(String.raw`= '\\cmd.exe'`);
});

test('inline: no parameters are left; json: one object a statement; routing off: no logsource', async () => {
  const text = rule('r', '{ s: { a|contains: [x, "q\'\\\\\\n"] }, condition: s }');
  const inline = await run(text, { params: 'inline', routing: false });
  expect(inline.out).not.toMatch(/\{p\d+:/);
  expect(inline.out).toContain(String.raw`['x', 'q\'\\\n']`);
  expect(inline.out).not.toContain('product');
  const json = await run(`${text}---\n${rule('s', '{ s: { a: y }, condition: s }', 'b')}`, { params: 'json' });
  const objects = json.out.split('\n').map((line) => JSON.parse(line));
  expect(objects.map(({ title, line }) => [title, line])).toEqual([
    ['r', 1],
    ['s', 9],
  ]);
  expect(Object.values(objects[0].params)).toContainEqual({ type: 'Array(String)', value: ['x', "q'\\\n"] });
});

const hostile = [
  "x') OR 1=1 --",
  "a */ ; DROP TABLE events; /* '",
  '{p1:String}',
  '\\',
  'f`; SELECT 1',
  'two\nlines',
  '\u2028--',
];

test.each(hostile)('nothing that a rule says stands in the statement: %j', async (text) => {
  const quoted = JSON.stringify(text);
  const { code, out } = await run(
    rule('r', `{ ${quoted}: { ${quoted}: ${quoted}, b|contains: [${quoted}, x] }, condition: 1 of * }`),
    { params: 'json' },
  );
  expect(code).toBe(0);
  const [{ sql, params }] = out.split('\n').map((line) => JSON.parse(line));
  for (const piece of ['1=1', 'DROP', 'SELECT 1', 'two', '\u2028']) expect(sql).not.toContain(piece);
  expect(sql.replaceAll(/\{p\d+:[A-Za-z()]+\}/g, '')).not.toContain('{p');
  const bound = Object.values<{ value: unknown }>(params).flatMap(({ value }) => value);
  expect(bound).toContain(text);
  // As text for people, a parameter stays on its line and inside its comment.
  const shown = await run(rule('r', `{ s: { a: ${quoted} }, condition: s }`));
  const below = shown.out.slice(shown.out.indexOf('-- parameters'));
  for (const line of below.split(/[\n\r\u2028\u2029]/)) expect(line).toMatch(/^--/);
});

test('what is wrong is shown as rules check shows it, and the rest is printed', async () => {
  const { code, out, err } = await run([
    rule('bad', '{ s: { a|re: "(?=x)" }, condition: s }'),
    rule('good', '{ s: { a: x }, condition: s }', 'b'),
  ]);
  expect(code).toBe(1);
  expect(out).toContain('good');
  expect(err).toContain('regex-unsupported');
  expect(err).toMatch(/\^/);
  const missing = await run('', { files: [join(dir, 'none.yml')] });
  expect([missing.code, missing.out]).toEqual([1, '']);
  expect(missing.err).toContain('none.yml');
});

const many = Array.from({ length: 7 }, (_, i) => rule(`r${i}`, `{ s: { a: ${i} }, condition: s }`, String(i)));
const refusals: readonly (readonly [string, string, string])[] = [
  ['seven ordered rules', 'rules: [r0, r1, r2, r3, r4, r5, r6]', 'at most 6'],
  ['some of five ordered rules', 'rules: [r0, r1, r2, r3, r4], condition: { gte: 3 }', 'at most 4'],
];

test.each(refusals)('no SQL for %s, and why', async (_name, body, reason) => {
  const text = [...many, correlation(`type: temporal_ordered, ${body}, group-by: [b], timespan: 5m`)].join('---\n');
  const { code, err, out } = await run(text);
  expect(code).toBe(1);
  expect(err).toContain('no SQL for this correlation');
  expect(err).toContain(reason);
  expect(out).toContain('r0');
});

test('a correlation finds its rules in the other files named', async () => {
  const { code, out, err } = await run([
    rule('base', '{ s: { a: x }, condition: s }'),
    correlation('type: event_count, rules: [ra], group-by: [b], timespan: 5m, condition: { gte: 2 }'),
  ]);
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('RANGE BETWEEN 300000 PRECEDING AND CURRENT ROW');
});
