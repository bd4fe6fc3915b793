import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { defaultDetectLimits, runDetect } from '../../src/cli/detect.ts';
import { runRulesCheck } from '../../src/cli/rules-check.ts';
import { loadRuleDirs, RulesUnreadable } from '../../src/detect/rule-files.ts';
import { wholeLines } from '../harness/whole-lines.ts';

let dir = '';
const rule = (n: number, title: string, product: string, detection: string) =>
  `title: ${title}\nid: 5f3bde0c-4d59-4b36-8c3f-0d2b7a3e9a0${n}\nlogsource: { product: ${product} }\nlevel: high\ndetection: ${detection}\n`;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'sigma-cli-'));
  mkdirSync(join(dir, 'rules', 'sub'), { recursive: true });
  const put = (name: string, text: string | Buffer) => writeFileSync(join(dir, name), text);
  put('rules/b.yml', rule(2, 'Second', 'windows', '{ s: { a: x }, condition: s }'));
  put('rules/sub/a.yaml', rule(1, 'First', 'linux', '{ s: { a: x }, condition: s }'));
  put('rules/c.yml', rule(2, 'Copy', 'windows', '{ s: { a: y }, condition: s }'));
  put('rules/d.yml', rule(4, 'Broken \u001b[31m', 'windows', '{ s: { a|re: "(?=x)" }, condition: s }'));
  put('rules/e.yml', rule(5, 'Loud', 'windows', '{ s: { a: z }, condition: NOT s AND s }'));
  put('rules/f.yml', Buffer.from([0x74, 0xff, 0xfe]));
  put('rules/readme.md', 'no rule');
  put(
    'events.ndjson',
    '{"a":"x","product":"windows"}\r\n\n{"a":"x","product":"linux"}\nno json at all\n{"a":"q"}\n{"a":"x"}',
  );
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('loadRuleDirs', () => {
  test('the order of names, one rule an id, and the rest stands', async () => {
    const { rules, documents, set } = await loadRuleDirs([join(dir, 'rules')]);
    expect(rules.map((r) => r.title)).toEqual(['Second', 'Loud', 'First']);
    expect(documents.map((d) => [d.title.slice(0, 6), d.outcome, d.problems.map((p) => p.code)])).toEqual([
      ['Second', 'ok', []],
      ['Copy', 'refused', ['id-duplicate']],
      ['Broken', 'refused', ['regex-unsupported']],
      ['Loud', 'warning', ['condition-keyword-case', 'condition-keyword-case']],
      ['', 'refused', ['file-not-utf8']],
      ['First', 'ok', []],
    ]);
    const again = await loadRuleDirs([join(dir, 'rules', 'sub'), join(dir, 'rules')]);
    expect(again.set.version).toBe(set.version);
    expect((await loadRuleDirs([join(dir, 'rules', 'sub')])).set.version).not.toBe(set.version);
  });
  test('a folder named twice is read once; one that is not there is an error', async () => {
    const { documents } = await loadRuleDirs([join(dir, 'rules', 'sub'), join(dir, 'rules', 'sub', 'a.yaml')]);
    expect(documents).toHaveLength(1);
    await expect(loadRuleDirs([join(dir, 'nowhere')])).rejects.toThrow(RulesUnreadable);
  });
});

describe('rules check', () => {
  const check = async (dirs: string[], json: boolean) => {
    const out: string[] = [];
    const err: string[] = [];
    const code = await runRulesCheck({ dirs, json, out: (line) => out.push(line), err: (line) => err.push(line) });
    return { code, out, err };
  };
  test('one line a rule, a summary, exit code 1', async () => {
    const { code, out, err } = await check([join(dir, 'rules')], false);
    expect(code).toBe(1);
    expect(err).toEqual(['6 rules: 2 ok, 1 warning, 3 refused']);
    expect(out).toHaveLength(6);
    expect(out[0]).toBe(`ok  ${join(dir, 'rules/b.yml')}  Second`);
    expect(out[2]).toMatch(
      /^refused {2}\S+d\.yml {2}Broken {2}\[31m {2}5:\d+ regex-unsupported: look-around is not in RE2/,
    );
    expect(out.join('')).not.toMatch(/\p{Cc}/u);
  });
  test('--json: one object a line', async () => {
    const { out } = await check([join(dir, 'rules')], true);
    expect(out.map((line) => JSON.parse(line).outcome)).toEqual([
      'ok',
      'refused',
      'refused',
      'warning',
      'refused',
      'ok',
    ]);
  });
  test('exit code 0 when nothing is refused, 1 when a folder is missing', async () => {
    expect((await check([join(dir, 'rules', 'sub')], false)).code).toBe(0);
    expect(await check([join(dir, 'nowhere')], false)).toMatchObject({
      code: 1,
      out: [],
      err: [expect.stringContaining('nowhere')],
    });
  });
});

describe('detect', () => {
  const detect = async (files: string[], more: Partial<Parameters<typeof runDetect>[0]> = {}, stdin = '') => {
    const out: string[] = [];
    const err: string[] = [];
    const code = await runDetect({
      rules: [join(dir, 'rules', 'b.yml'), join(dir, 'rules', 'sub')],
      routing: true,
      stats: false,
      files,
      out: (lines) => void out.push(...wholeLines(lines)),
      err: (line) => err.push(line),
      stdin: Readable.from(stdin === '' ? [] : [stdin]),
      ...more,
    });
    return { code, hits: out.map((line) => JSON.parse(line)), err };
  };
  const ids = (hits: { line: number; rule: string }[]) => hits.map((hit) => `${hit.line}:${hit.rule.slice(-1)}`);

  test('hits in input order with line numbers of the file, blank lines counted', async () => {
    const file = join(dir, 'events.ndjson');
    const { code, hits, err } = await detect([file]);
    expect(code).toBe(0);
    expect(hits[0]).toEqual({
      file,
      line: 1,
      rule: '5f3bde0c-4d59-4b36-8c3f-0d2b7a3e9a02',
      title: 'Second',
      level: 'high',
    });
    expect(ids(hits)).toEqual(['1:2', '3:1']);
    expect(err).toEqual([expect.stringContaining(`${file}:4: `)]);
  });
  test('--routing off: every rule on every event, ascending ids', async () => {
    const { hits } = await detect([join(dir, 'events.ndjson')], { routing: false });
    expect(ids(hits)).toEqual(['1:1', '1:2', '3:1', '3:2', '6:1', '6:2']);
  });
  test('standard input and gzip, told by its bytes', async () => {
    const file = join(dir, 'packed');
    writeFileSync(file, gzipSync('\ufeff{"a":"x","product":"linux"}\n'.repeat(3)));
    const { hits } = await detect([file, '-'], {}, '{"a":"x","product":"linux"}');
    expect(hits.map((hit) => [hit.file, hit.line])).toEqual([
      [file, 1],
      [file, 2],
      [file, 3],
      ['-', 1],
    ]);
  });
  test('a line too long is told of and left out, wherever chunks end', async () => {
    const line = '{"a":"x","product":"linux"}\n';
    const chunks = `${line}${'{"a":"'.padEnd(5000, 'y')}\n${line}${'z'.repeat(3000)}`.match(/[\s\S]{1,7}/g) ?? [];
    const { hits, err } = await detect(['-'], {
      stdin: Readable.from(chunks),
      limits: { ...defaultDetectLimits, lineBytes: 1000 },
    });
    expect(ids(hits)).toEqual(['1:1', '3:1']);
    expect(err).toEqual([
      '-:2: the line has more than 1000 bytes and was left out',
      '-:4: the line has more than 1000 bytes and was left out',
    ]);
  });
  test('messages of one file are bounded, the rest counted', async () => {
    const { err } = await detect(['-'], { limits: { ...defaultDetectLimits, messages: 2 } }, 'no json\n'.repeat(10));
    expect(err).toHaveLength(3);
    expect(err[2]).toBe('-: 8 more such lines');
  });
  test('an input that cannot be read is told of, the others are read, exit code 1', async () => {
    const broken = join(dir, 'broken.gz');
    writeFileSync(broken, gzipSync('{"a":"x"}\n'.repeat(1000)).subarray(0, 30));
    const { code, hits, err } = await detect([join(dir, 'nowhere'), broken, '-'], {}, '{"a":"x","product":"linux"}');
    expect(code).toBe(1);
    expect(ids(hits)).toEqual(['1:1']);
    expect(err).toEqual([expect.stringContaining('ENOENT'), expect.stringContaining('broken.gz: ')]);
  });
  test('--stats: one JSON line at the end', async () => {
    const { err } = await detect(['-'], { stats: true }, '{"a":"x","product":"linux"}\n'.repeat(5));
    expect(JSON.parse(err.at(-1) ?? '')).toEqual({
      events: 5,
      hits: 5,
      rules: 2,
      load_ms: expect.any(Number),
      run_cpu_ms: expect.any(Number),
      events_per_cpu_s: expect.any(Number),
    });
  });
  test('what came on standard input is told before more comes', async () => {
    const told: string[] = [];
    const stdin = new PassThrough();
    const done = detect(['-'], { stdin, out: (lines) => void told.push(...wholeLines(lines)) });
    for (const line of [1, 2]) {
      stdin.write('{"a":"x","product":"linux"}\n');
      await vi.waitFor(() => expect(told).toHaveLength(line), { timeout: 60_000, interval: 5 });
    }
    stdin.end();
    expect((await done).code).toBe(0);
  });
  test('output waits for a slow reader', async () => {
    let waiting = 0;
    let most = 0;
    const { code } = await detect(['-'], {
      stdin: Readable.from(Array.from({ length: 2000 }, () => '{"a":"x","product":"linux"}\n')),
      limits: { ...defaultDetectLimits, outputBytes: 1000 },
      async out(lines) {
        most = Math.max(most, ++waiting);
        expect(lines.length).toBeLessThan(2000);
        await new Promise((resolve) => setImmediate(resolve));
        waiting--;
      },
    });
    expect(code).toBe(0);
    expect(most).toBe(1);
  });
  test('a refused rule is counted on standard error and the others run', async () => {
    const { code, err, hits } = await detect(['-'], { rules: [join(dir, 'rules')] }, '{"a":"x","product":"linux"}');
    expect(code).toBe(0);
    expect(err).toEqual(['3 rules refused; `vonggac rules check` says why']);
    expect(ids(hits)).toEqual(['1:1']);
  });
});
