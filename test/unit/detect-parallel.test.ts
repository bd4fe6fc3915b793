import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { defaultDetectLimits, runDetect } from '../../src/cli/detect.ts';
import { wholeLines } from '../harness/whole-lines.ts';

/** Threads of the run in hand, and how many batches they were given. */
const threads = vi.hoisted(() => ({ workers: [] as Worker[], posted: 0 }));
vi.mock(import('../../src/detect/open-thread.ts'), async (original) => {
  const real = await original();
  return {
    openThread(...args) {
      const worker = real.openThread(...args);
      const post = worker.postMessage.bind(worker);
      worker.postMessage = (...message: Parameters<typeof post>) => {
        if ('bytes' in message[0]) threads.posted++;
        post(...message);
      };
      threads.workers.push(worker);
      return worker;
    },
  };
});

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
  for (const [name, lines, end] of [
    ['one', 6_000, '\n'],
    ['two', 900, '\r\n'],
    ['none', 0, ''],
  ] as const) {
    writeFileSync(path.join(dir, `${name}.ndjson`), Array.from({ length: lines }, (_, i) => line(i)).join(end));
  }
  writeFileSync(path.join(dir, 'packed.gz'), gzipSync(readFileSync(path.join(dir, 'two.ndjson'))));
  // More hits in one block than are written down by the worker.
  const short = Array.from({ length: 12_000 }, (_, i) => (i % 5_000 === 10 ? '{"a":"13","product":"windows"}' : '{}'));
  writeFileSync(path.join(dir, 'short.ndjson'), short.join('\n'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

beforeEach(() => {
  threads.workers.length = 0;
  threads.posted = 0;
});

const files = ['one.ndjson', 'nowhere.ndjson', 'two.ndjson', 'none.ndjson', 'packed.gz', 'short.ndjson'];

async function detect(workers: number, stdin: AsyncIterable<Buffer> | null = null) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runDetect({
    rules: [path.join(dir, 'rules.yml')],
    routing: true,
    stats: false,
    workers,
    files: [...(stdin === null ? [] : ['-']), ...files.map((name) => path.join(dir, name))],
    out: (lines) => void out.push(...wholeLines(lines)),
    err: (message) => err.push(message),
    stdin: Readable.from(stdin ?? []),
    limits: { ...defaultDetectLimits, lineBytes: 4_000, messages: 50 },
  });
  // A line that is too long is told of when it is met, the others when their batch comes back.
  return { code, out, err: err.toSorted() };
}

const chunkBytes = 3_000;

/** Lines in many small blocks; `between` is waited for before each, with its number. */
async function* chunks(between: (chunk: number) => Promise<void> = async () => {}): AsyncGenerator<Buffer> {
  const bytes = readFileSync(path.join(dir, 'one.ndjson'));
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    await between(at / chunkBytes);
    yield bytes.subarray(at, at + chunkBytes);
  }
}

/** Until all threads have said that they are ready: from then on each block is theirs before it is ours. */
const allReady = () => Promise.all(threads.workers.map((worker) => once(worker, 'message')));

test('several workers say what one says, in the same order', async () => {
  const one = await detect(1);
  expect(one.code).toBe(1);
  expect(one.out.length).toBeGreaterThan(500);
  expect(one.out.some((hit) => hit.includes(id(4)))).toBe(true);
  expect(one.err.some((message) => message.includes('4000 bytes'))).toBe(true);
  // What rules would see in part only is told of: readers take no deeper nesting than the engine sees.
  expect(one.err.filter((message) => message.includes('nested-too-deep'))).toHaveLength(1);
  expect(threads.workers).toHaveLength(0);
  // Most of it done before a worker is ready.
  expect(await detect(2)).toEqual(one);
  expect(threads.workers).toHaveLength(1);
}, 60_000);

test.each([2, 3])(
  '%i workers say it whoever of them has a line',
  async (workers) => {
    const one = await detect(1, chunks());
    const all = await detect(
      workers,
      chunks(async (chunk) => void (chunk === 0 && (await allReady()))),
    );
    expect(all).toEqual(one);
    expect(threads.workers).toHaveLength(workers - 1);
    expect(threads.posted).toBeGreaterThan(files.length);
  },
  60_000,
);

test('they say it, and that a worker stopped, when one is killed while it has lines', async () => {
  const one = await detect(1, chunks());
  const killed = chunks(async (chunk) => {
    if (chunk === 0) await allReady();
    if (chunk === 7) await threads.workers[0]?.terminate();
  });
  const { err, ...all } = await detect(2, killed);
  expect(all).toEqual({ code: one.code, out: one.out });
  const lost = 'a worker stopped and was replaced, its lines are read again: exit code 1';
  expect(err).toEqual([...one.err, lost].toSorted());
  expect(threads.workers.length).toBeGreaterThan(1);
}, 60_000);
