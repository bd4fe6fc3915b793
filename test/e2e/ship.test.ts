import { appendFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildAgent, type RunningAgent, startAgent } from '../harness/agent-process.ts';
import { createToken, type RunningPlatform, startPlatform, until } from '../harness/platform.ts';

let dir = '';
let program = '';
let platform: RunningPlatform;
let agent: RunningAgent | null = null;
let token = '';
let admin = '';

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'vonggac-ship-e2e-'));
  program = await buildAgent(dir);
  platform = await startPlatform({ dataDir: path.join(dir, 'data') });
  token = await createToken(path.join(dir, 'data'), ['--kind', 'collector', '--name', 'may-01']);
  admin = await createToken(path.join(dir, 'data'), ['--kind', 'api', '--name', 'admin', '--role', 'admin']);
}, 120_000);

afterAll(async () => {
  await agent?.kill9();
  await platform.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function ask(place: string, o: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${admin}`, 'content-type': 'application/json' };
  return fetch(`${platform.url}/api/v1/${place}`, { ...o, headers });
}

async function total(): Promise<number> {
  const answer = (await (await ask('events?q=source:may-01&limit=1')).json()) as { total: number };
  return answer.total;
}

/** Every line that is stored, all pages. */
async function storedNumbers(): Promise<number[]> {
  const numbers: number[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await ask(`events?q=source:may-01&limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`);
    const { items, cursor: next } = (await page.json()) as { items: { raw: string }[]; cursor: string | null };
    for (const { raw } of items) numbers.push((JSON.parse(raw) as { n: number }).n);
    cursor = next;
  }
  return numbers.sort((a, b) => a - b);
}

it('agent and platform killed at random moments, files rotated: each line is stored once', async () => {
  let written = 0;
  const file = path.join(dir, 'app.log');
  const write = (count: number): void => {
    let text = '';
    for (let i = 0; i < count; i++) text += `{"n":${written++},"text":"công văn"}\n`;
    appendFileSync(file, text);
  };
  const port = new URL(platform.url).port;
  const run = (): void => {
    const url = `http://127.0.0.1:${port}`;
    agent = startAgent(program, [`${file}*`, '--server', url, '--state', path.join(dir, 'state'), '--begin', 'start'], {
      token,
    });
  };
  run();
  for (let round = 0; round < 10; round++) {
    write(300);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 1500));
    if (round % 3 === 2) renameSync(file, `${file}.${round}`);
    if (round % 2 === 0) {
      await agent?.kill9();
      run();
    }
    if (round === 3 || round === 7) {
      await platform.kill9();
      platform = await startPlatform({ dataDir: path.join(dir, 'data'), args: ['--port', port] });
    }
  }
  await until(`${written} are stored; ${agent?.printed()}`, async () => (await total()) >= written, 90_000);
  expect(await storedNumbers()).toEqual(Array.from({ length: written }, (_, n) => n));

  const { items, key } = (await (await ask('agents')).json()) as {
    items: { id: string; report: { files: number } | null }[];
    key: string;
  };
  expect(key).toMatch(/^SHA256:/);
  expect(items[0]?.report?.files).toBeGreaterThan(0);
}, 240_000);
