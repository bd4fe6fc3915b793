import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Fastify from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttpCollector } from '../../src/collect/http-ndjson.ts';
import type { Submission } from '../../src/model/source.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { readLine } from '../harness/read-line.ts';

/**
 * Hostile files and events through the programs people run, in a process of their own with little memory that is killed
 * when it hangs. What is refused says so with its place, its code and advice.
 */
const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'sigma-doors-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function vonggac(args: readonly string[]): { code: number | null; out: string[]; err: string } {
  const run = spawnSync(process.execPath, ['--max-old-space-size=512', '--import', 'tsx', main, ...args], {
    encoding: 'utf8',
    timeout: 100_000,
    killSignal: 'SIGKILL',
    maxBuffer: 256 * 1024 * 1024,
  });
  return { code: run.status, out: run.stdout.split('\n').filter((line) => line !== ''), err: run.stderr };
}

const rule = (detection: string) =>
  `title: hostile\nid: 5f3bde0c-4d59-4b36-8c3f-0d2b7a3e9a11\nlogsource: { product: windows }\ndetection:\n${detection.replace(/^(?=.)/gm, '  ')}\n`;
const laughs = ['a: &a [x, x, x, x, x, x, x, x, x]'];
for (const [i, c] of [...'bcdefghij'].entries()) {
  laughs.push(
    `${c}: &${c} [${Array(9)
      .fill(`*${'abcdefghij'.charAt(i)}`)
      .join(', ')}]`,
  );
}
const utf16 = (text: string, bigEndian: boolean) => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};
const sound = rule('sel: { a: needle }\ncondition: sel');

/** [file, content, code of the refusal; null: the rule stands]. */
const files: readonly (readonly [string, string | Buffer, string | null])[] = [
  ['laughs', `${sound}${laughs.join('\n')}\n`, 'yaml-too-many-nodes'],
  ['ten-megabytes', `${sound}x: ${'y'.repeat(10_000_000)}\n`, 'file-too-large'],
  ['two-hundred-megabytes', Buffer.alloc(200_000_000, 'y'), 'file-too-large'],
  ['deep-flow', `${sound}x: ${'['.repeat(5_000)}`, 'yaml-too-deep'],
  [
    'deep-block',
    `${sound}${Array.from({ length: 800 }, (_, i) => `${' '.repeat(i)}k:`).join('\n')}\n`,
    'yaml-too-deep',
  ],
  ['cycle', `${sound}x: &x { y: *x }\n`, 'yaml-too-deep'],
  ['condition-tokens', rule(`sel: { a: x }\ncondition: ${'sel or '.repeat(50_000)}sel`), 'condition-too-long'],
  ['condition-not', rule(`sel: { a: x }\ncondition: ${'not '.repeat(10_000)}sel`), 'condition-too-deep'],
  ['regex-size', rule('sel: { a|re: "((((x{30}){30}){30}){30}){30}" }\ncondition: sel'), 'regex-syntax'],
  ['regex-look', rule('sel: { a|re: "(?<=a)b" }\ncondition: sel'), 'regex-unsupported'],
  ['list', rule(`sel:\n  a:\n${'    - x\n'.repeat(60_000)}condition: sel`), 'yaml-too-many-nodes'],
  ['value', rule(`sel: { a: ${'z'.repeat(100_000)} }\ncondition: sel`), 'value-too-long'],
  ['stars', rule(`sel: { a: "${'*a'.repeat(1000)}" }\ncondition: sel`), 'value-wildcards'],
  ['utf-16-little', utf16(sound, false), 'file-not-utf8'],
  ['utf-16-big', utf16(sound, true), 'file-not-utf8'],
  ['latin-1', Buffer.from(sound.replace('needle', 'é'), 'latin1'), 'file-not-utf8'],
  ['nul', sound.replace('needle', 'nee\0dle'), 'yaml-nul'],
  ['bom', `\ufeff${sound}`, null],
  ['crlf', sound.replaceAll('\n', '\r\n'), null],
];

describe('vonggac rules check', () => {
  let told: {
    outcome: string;
    file: string;
    problems: { code: string; line: number; column: number; advice: string }[];
  }[] = [];
  let err = '';
  beforeAll(() => {
    const rules = join(dir, 'rules');
    mkdirSync(join(rules, 'folder.yml'), { recursive: true });
    // Each with an id of its own, or the second of two equal ones is refused for that.
    for (const [i, [name, content]] of files.entries()) {
      const text = typeof content === 'string' ? content.replace('3e9a11', `3e9a${i + 20}`) : content;
      writeFileSync(join(rules, `${name}.yml`), text);
    }
    symlinkSync('loop.yml', join(rules, 'loop.yml'));
    const run = vonggac(['rules', 'check', '--json', rules]);
    err = run.err;
    expect([run.code, run.err.slice(-2000)]).toEqual([1, expect.any(String)]);
    told = run.out.map((line) => JSON.parse(line));
  }, 120_000);

  test.each(files)('%s', (name, _content, code) => {
    const [document, ...more] = told.filter(({ file }) => file.endsWith(`/${name}.yml`));
    expect(more.length).toBe(0);
    expect(document?.outcome).toBe(code === null ? 'ok' : 'refused');
    const refusals = (document?.problems ?? []).filter((problem) => code !== null && problem.code === code);
    if (code !== null)
      expect(refusals[0]).toMatchObject({ line: expect.any(Number), advice: expect.stringMatching(/.{10}/) });
  });

  test('a link to itself is told of, and nothing else is lost', () => {
    expect(
      told.some(({ file, outcome }) => file.endsWith('loop.yml') && outcome === 'refused') || /loop\.yml/.test(err),
    ).toBe(true);
    expect(err).toMatch(/\d+ rules: 2 ok/);
  });
});

describe('vonggac detect', () => {
  /** [what, line, whether the keyword rule meets it, what standard error says of the line]. */
  const lines: readonly (readonly [string, string | Buffer, boolean, RegExp | null])[] = [
    ['a sound line', '{"a":"needle"}', true, null],
    ['50 MB', `{"a":"${'y'.repeat(50_000_000)}needle"}`, false, /1048576 bytes/],
    ['10,000 levels', `${'{"a":'.repeat(10_000)}"needle"${'}'.repeat(10_000)}`, true, /depth|deep|nest/],
    ['10,000 open brackets', `{"a":${'['.repeat(10_000)}`, false, /json-broken/],
    [
      '60,000 keys',
      `{${Array.from({ length: 60_000 }, (_, i) => `"k${i}":1`).join(',')},"z":"needle"}`,
      true,
      /too-many-fields/,
    ],
    ['a number beyond all', '{"a":1e999,"b":"needle"}', true, null],
    ['a number of 100,000 digits', `{"a":${'9'.repeat(100_000)},"b":"needle"}`, true, null],
    ['half a pair', '{"a":"\\ud800 needle \\udc00"}', true, null],
    ['a text of escapes', `{"a":"${'\\u006e\\u0065'.repeat(50_000)}edle"}`, true, null],
    ['no UTF-8', Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d]), false, null],
    ['NUL bytes', '\0\0\0\0', false, /not understood/],
    ['a name that every object inherits', '{"__proto__":{"a":"needle"},"constructor":1}', true, null],
    ['the same name 10,000 times', `{${'"a":"x",'.repeat(10_000)}"a":"needle"}`, true, null],
    ['an empty object', '{}', false, null],
    ['a long run for a regex', `{"a":"${'x'.repeat(900_000)}"}`, false, null],
  ];
  let hits: ReadonlySet<number> = new Set();
  let err = '';
  beforeAll(() => {
    const rules = join(dir, 'detect-rules');
    mkdirSync(rules);
    writeFileSync(join(rules, 'keyword.yml'), rule('sel: [needle]\ncondition: sel'));
    writeFileSync(
      join(rules, 'regex.yml'),
      rule('sel: { a|re: "(x+x+)+y" }\ncondition: sel').replace('3e9a11', '3e9a12'),
    );
    const events = join(dir, 'events.ndjson');
    writeFileSync(events, Buffer.concat(lines.flatMap(([, line]) => [Buffer.from(line), Buffer.from('\n')])));
    const run = vonggac(['detect', '--rules', rules, '--routing', 'off', events]);
    err = run.err;
    expect([run.code, run.err.slice(-2000)]).toEqual([0, expect.any(String)]);
    hits = new Set(run.out.map((line) => Number(JSON.parse(line).line)));
  }, 120_000);

  test.each(lines.map((line, i) => [i + 1, ...line] as const))('line %i: %s', (number, _name, _line, met, says) => {
    expect(hits.has(number)).toBe(met);
    const told = err.split('\n').filter((line) => line.includes(`events.ndjson:${number}:`));
    if (says === null) expect(told).toEqual([]);
    else expect(told.join('\n')).toMatch(says);
  });
});

describe('POST to ingest', () => {
  const source = {
    id: 'web',
    name: 'web',
    org: '',
    system: '',
    parser: 'auto',
    origin: 'production',
    drill: '',
    lane: '',
    addresses: [],
  } as const;

  async function posted(
    body: string,
  ): Promise<{ status: number; code: unknown; events: ReturnType<typeof readLine>[] }> {
    const taken: Submission[] = [];
    const app = Fastify({ logger: false });
    const intake = {
      async submit(submission: Submission) {
        taken.push(submission);
        return { batch: 'b', accepted: submission.lines.length, rejected: [] };
      },
    };
    await app.register(
      createHttpCollector({
        intake,
        authenticate: async () => source,
        limits: {},
        log: pino({ level: 'silent' }),
        metrics: createMetrics(),
      }),
    );
    const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/ingest/v1/ndjson`;
    const headers = { authorization: 'Bearer any', 'content-type': 'application/x-ndjson' };
    const answer = await fetch(url, { method: 'POST', body, headers });
    const { code } = (await answer.json()) as { code?: string };
    await app.close();
    return {
      status: answer.status,
      code,
      events: taken.flatMap(({ lines }) => lines.map(({ text }) => readLine(text, 'auto', 0))),
    };
  }

  test('an event of 50 MB is refused', async () => {
    const { status, code, events } = await posted(`{"a":"${'y'.repeat(50_000_000)}"}`);
    expect([status, code, events.length]).toEqual([413, 'body-too-large', 0]);
  });

  test.each([
    ['10,000 levels', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 'nested-too-deep'],
    ['100,000 keys', `{${Array.from({ length: 100_000 }, (_, i) => `"${i}":1`).join(',')}}`, 'too-many-fields'],
  ])('%s are kept as raw text that says why, and their neighbours are read', async (_name, line, reason) => {
    const { status, events } = await posted(`{"a":"x"}\n${line}\n{"b":1e999}`);
    expect(status).toBe(200);
    expect(events.map(({ parseStatus, parseReason }) => [parseStatus, parseReason])).toEqual([
      ['parsed', ''],
      ['raw', reason],
      ['parsed', ''],
    ]);
    expect(events[2]?.fields).toEqual({ b: '1e999' });
  });
});
