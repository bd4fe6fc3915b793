import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultDetectLimits, runDetect } from '../../src/cli/detect.ts';
import { wholeLines } from '../harness/whole-lines.ts';

let dir = '';
const id = (n: number) => `5f3bde0c-4d59-4b36-8c3f-0d2b7a3e9a0${n}`;
const rule = (n: number, detection: string) =>
  `title: rule ${n}\nid: ${id(n)}\nlogsource: { product: windows }\nlevel: high\ndetection: ${detection}\n`;

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'detect-parallel-'));
  const rules = [
    rule(3, '{ s: { a|endswith: 3 }, condition: s }'),
    rule(1, '{ s: { a|contains: 13 }, condition: s }'),
    rule(2, '{ s: { message|contains: words }, condition: s }'),
    ...[5, 6, 7, 8].map((n) =>
      rule(n, '{ s: { b: x }, condition: not s }').replace('product: windows', 'definition: any'),
    ),
    `title: c\nid: ${id(4)}\ncorrelation: {type: event_count, rules: [${id(1)}], group-by: [a], timespan: 5m, condition: {gte: 2}}\n`,
  ];
  writeFileSync(path.join(dir, 'rules.yml'), rules.join('---\n'));
  const line = (i: number) => {
    if (i % 500 === 7) return 'only words';
    if (i % 333 === 5) return '';
    if (i === 3_000) return `{"a":"13","product":"windows","n":${'['.repeat(70)}${']'.repeat(70)}}`;
    if (i === 4_000) return `{"a":"${'x'.repeat(5_000)}"}`;
    const time = new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString();
    return `{"@timestamp":"${time}","a":"${i % 300}","product":"windows","n":{"x":${i}},"message":"${'m'.repeat(i % 90)}"}`;
  };
  for (const [name, lines] of [
    ['one', 6_000],
    ['two', 900],
  ] as const) {
    writeFileSync(path.join(dir, `${name}.ndjson`), Array.from({ length: lines }, (_, i) => line(i)).join('\n'));
  }
  // More hits in one block than are written down by the worker.
  const short = Array.from({ length: 12_000 }, (_, i) => (i % 5_000 === 10 ? '{"a":"13","product":"windows"}' : '{}'));
  writeFileSync(path.join(dir, 'short.ndjson'), short.join('\n'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('several workers say what one says, in the same order', async () => {
  const detect = async (workers: number) => {
    const out: string[] = [];
    const err: string[] = [];
    const code = await runDetect({
      rules: [path.join(dir, 'rules.yml')],
      routing: true,
      stats: false,
      workers,
      files: ['one.ndjson', 'nowhere.ndjson', 'two.ndjson', 'short.ndjson'].map((name) => path.join(dir, name)),
      out: (lines) => void out.push(...wholeLines(lines)),
      err: (message) => err.push(message),
      stdin: Readable.from([]),
      limits: { ...defaultDetectLimits, lineBytes: 4_000, messages: 50 },
    });
    return { code, out, err };
  };
  const one = await detect(1);
  expect(one.code).toBe(1);
  expect(one.out.length).toBeGreaterThan(500);
  expect(one.out.some((hit) => hit.includes(id(4)))).toBe(true);
  expect(one.err.some((message) => message.includes('4000 bytes'))).toBe(true);
  // What rules would see in part only is told of: readers take no deeper nesting than the engine sees.
  expect(one.err.filter((message) => message.includes('nested-too-deep'))).toHaveLength(1);
  const two = await detect(2);
  expect(two.code).toBe(1);
  // A line that is too long is told of when it is met, the others when their batch comes back.
  expect(two.err.toSorted()).toEqual(one.err.toSorted());
  expect(two.out).toEqual(one.out);
}, 60_000);
