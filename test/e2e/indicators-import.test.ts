import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, createToken, type RunningPlatform, startPlatform } from '../harness/platform.ts';

let dir = '';
let platform: RunningPlatform | null = null;
let token = '';

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'vonggac-indicators-'));
  platform = await startPlatform({ dataDir: path.join(dir, 'data') });
  token = await createToken(path.join(dir, 'data'), ['--kind', 'api', '--name', 'lists', '--role', 'admin']);
});

afterAll(async () => {
  await platform?.stop();
  await rm(dir, { recursive: true, force: true });
});

const run = (args: readonly string[], as = token) =>
  cli(['indicators', ...args, '--server', platform?.url ?? ''], { VONGGAC_TOKEN: as });

async function file(name: string, text: string): Promise<string> {
  const place = path.join(dir, name);
  await writeFile(place, text);
  return place;
}

async function values(list: string): Promise<string[]> {
  const url = new URL(`/api/v1/indicator-lists/${list}/indicators?limit=100`, platform?.url);
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  return ((await answer.json()) as { items: { value: string }[] }).items.map(({ value }) => value);
}

describe('vonggac indicators import', () => {
  it('refuses a list that is not there, and makes it when told to', async () => {
    const csv = await file('ncsc.csv', 'value,description\nhxxp://evil[.]vn/a,C2\nevil.vn,C2\n');
    expect(await run(['import', csv])).toEqual({
      code: 1,
      out: '',
      err: `${csv}: there is no list "ncsc"; --list names one, --create makes it\n`,
    });
    expect(await run(['import', csv, '--create'])).toEqual({
      code: 0,
      out: `${csv}: csv into ncsc: 2 added, 0 changed, 0 removed, 0 not taken; 2 in the list\n`,
      err: '',
    });
    expect(await values('ncsc')).toEqual(['evil.vn', 'evil.vn/a']);
  });

  it('says of each file what was taken, and of each entry that was not where it stands and why', async () => {
    const csv = await file('thêm.csv', 'evil-2.vn\n# nội bộ\n10.0.0.1\ngov.vn\n');
    const pattern = "[ipv4-addr:value = '203.0.113.9' AND domain-name:value = 'evil.vn']";
    const stix = await file(
      'gói.json',
      JSON.stringify({
        type: 'bundle',
        objects: [
          { type: 'indicator', id: 'indicator--1', pattern: "[ipv4-addr:value = '203.0.113.9']" },
          { type: 'indicator', id: 'indicator--2', pattern },
        ],
      }),
    );
    const done = await run(['import', csv, stix, '--list', 'ncsc']);
    expect(done.err.split('\n')).toEqual([
      `${csv}:3: not taken (not-public): 10.0.0.1`,
      `${csv}:4: not taken (too-common): gov.vn`,
      `${stix}:indicator--2: not taken (pattern): ${pattern}`,
      '',
    ]);
    expect(done.out.split('\n')).toEqual([
      `${csv}: csv into ncsc: 1 added, 0 changed, 0 removed, 2 not taken; 3 in the list`,
      `${stix}: stix into ncsc: 1 added, 0 changed, 0 removed, 1 not taken; 4 in the list`,
      '',
    ]);
    expect(done.code).toBe(1);
  });

  it('in the place of the list only when told to, and then of one file', async () => {
    const csv = await file('mới.csv', 'evil-3.vn\n');
    const done = await run(['import', csv, '--list', 'ncsc', '--mode', 'replace']);
    expect([done.code, done.out]).toEqual([
      0,
      `${csv}: csv into ncsc: 1 added, 0 changed, 4 removed, 0 not taken; 1 in the list\n`,
    ]);
    expect(await values('ncsc')).toEqual(['evil-3.vn']);
    const two = await run(['import', csv, csv, '--list', 'ncsc', '--mode', 'replace']);
    expect(two.code).toBe(2);
  });

  it('a large one goes through the thread of the built platform; a hundred entries are told and the rest is counted', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `evil-${i}.example.vn`);
    const wrong = Array.from({ length: 120 }, (_, i) => `10.0.0.${i}`);
    const csv = await file('nhiều.csv', [...many, ...wrong].join('\n'));
    const done = await run(['import', csv, '--list', 'many', '--create']);
    expect(done.out).toBe(
      `${csv}: csv into many: 20000 added, 0 changed, 0 removed, 120 not taken; 20000 in the list\n`,
    );
    expect(done.err.split('\n').slice(99)).toEqual([
      `${csv}:20100: not taken (not-public): 10.0.0.99`,
      `${csv}: 20 more not taken`,
      '',
    ]);
  });

  it('what cannot be read, is not let in or does not answer is said in a line', async () => {
    const csv = await file('x.csv', 'evil.vn\n');
    const broken = await file('hỏng.json', '{"type":"bundle",');
    const some = await run(['import', path.join(dir, 'không có'), broken, csv, '--list', 'ncsc']);
    expect(some.code).toBe(1);
    expect(some.err).toMatch(/không có: ENOENT.*\n.*hỏng\.json: .* 422 indicators-refused: not JSON/);
    expect(some.out).toContain('x.csv: csv into ncsc: 1 added');
    const reader = await createToken(path.join(dir, 'data'), ['--kind', 'api', '--name', 'r', '--role', 'analyst']);
    expect(await run(['import', csv, '--list', 'ncsc'], reader)).toMatchObject({
      code: 1,
      err: expect.stringContaining('403'),
    });
    expect((await run(['list'], 'vga_nobody')).err).toContain('401');
    const away = await cli(['indicators', 'list', '--server', 'http://127.0.0.1:1'], { VONGGAC_TOKEN: token });
    expect([away.code, away.err.includes('cannot be reached')]).toEqual([1, true]);
    expect((await run(['list'], '')).code).toBe(2);
  });

  it('lists what there is', async () => {
    const done = await run(['list']);
    expect(done.code).toBe(0);
    expect(done.out.split('\n')).toEqual([
      expect.stringMatching(/^many {2}20000 indicators {2}0 hits in 24 h {2}changed \S+Z {2}many$/),
      expect.stringMatching(/^ncsc {2}2 indicators {2}0 hits in 24 h {2}changed \S+Z {2}ncsc$/),
      '',
    ]);
  });
});
