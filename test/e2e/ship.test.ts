import { appendFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildAgent, type RunningAgent, startAgent } from '../harness/agent-process.ts';
import { freePort } from '../harness/free-port.ts';
import { createToken, type RunningPlatform, startPlatform, until } from '../harness/platform.ts';
import { randomOf } from '../harness/random.ts';

let dir = '';
let program = '';
let platform: RunningPlatform;
let agent: RunningAgent | null = null;
let token = '';
let admin = '';

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'vonggac-ship-e2e-'));
  program = await buildAgent(dir);
  // It comes back on this port after every kill.
  const port = String(await freePort());
  platform = await startPlatform({ dataDir: path.join(dir, 'data'), args: ['--port', port] });
  token = await createToken(path.join(dir, 'data'), ['--kind', 'collector', '--name', 'may-01']);
  admin = await createToken(path.join(dir, 'data'), ['--kind', 'api', '--name', 'admin', '--role', 'admin']);
});

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
  const random = randomOf(20261122);
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
    await new Promise((resolve) => setTimeout(resolve, random() * 1500));
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
  await until(`${written} are stored; ${agent?.printed()}`, async () => (await total()) >= written, 120_000);
  expect(await storedNumbers()).toEqual(Array.from({ length: written }, (_, n) => n));

  const { items, key } = (await (await ask('agents')).json()) as {
    items: { id: string; report: { files: number } | null }[];
    key: string;
  };
  expect(key).toMatch(/^SHA256:/);
  expect(items[0]?.report?.files).toBeGreaterThan(0);
}, 400_000);

it('a parser pinned at the source cuts the records of the agent that ships for it, restarted while the server is away, too', async () => {
  const data = path.join(dir, 'data');
  const file = path.join(dir, 'catalina.out');
  const its = await createToken(data, ['--kind', 'collector', '--name', 'may-02']);
  const port = new URL(platform.url).port;
  const run = (): RunningAgent => {
    const place = ['--server', `http://127.0.0.1:${port}`, '--state', path.join(dir, 'state-2'), '--begin', 'start'];
    agent = startAgent(program, [file, ...place], { token: its });
    return agent;
  };
  // A minute ago in Viet Nam: a search that names no time looks at the last day.
  const minute = new Date(Date.now() + 7 * 3_600_000 - 60_000).toISOString().slice(0, 16).replace('T', ' ');
  const failure = (n: number): readonly string[] => [
    `${minute}:0${n},000 ERROR [main] vn.gov.App - hồ sơ ${n} không lưu được`,
    `java.lang.IllegalStateException: ${n}`,
    ...[1, 2, 3, 4].map((depth) => `\tat vn.gov.App.run${depth}(App.java:${n})`),
    'Caused by: java.io.IOException: hết chỗ',
  ];
  /** As a program writes that is slow at it: longer than the agent waits before it sends what is whole. */
  const writeSlowly = async (lines: readonly string[]): Promise<void> => {
    for (const line of lines) {
      appendFileSync(file, `${line}\n`);
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
  };
  const stored = async (): Promise<string[]> => {
    const page = (await (await ask('events?q=source:may-02&limit=100')).json()) as { items: { raw: string }[] };
    return page.items.map(({ raw }) => raw).sort();
  };
  const untilStored = (count: number): Promise<boolean> =>
    until(`${count} are stored; ${agent?.printed()}`, async () => (await stored()).length >= count);

  await agent?.kill9();
  run();
  await writeSlowly(failure(1).slice(0, 1));
  await untilStored(1);
  const watch = (await (await ask('source-watch')).json()) as { items: { id: string; version: number }[] };
  const version = watch.items.find(({ id }) => id === 'may-02')?.version;
  const pinned = await ask('sources/may-02/parser', {
    method: 'PUT',
    body: JSON.stringify({ parser: 'java', version }),
  });
  expect(pinned.status).toBe(200);
  const says = async (): Promise<boolean> => {
    const { items } = (await (await ask('agents')).json()) as {
      items: { source: string; report: { inputs: { parser: string; parserFrom: string }[] } | null }[];
    };
    const input = items.find(({ source }) => source === 'may-02')?.report?.inputs[0];
    return input?.parser === 'java' && input.parserFrom === 'source';
  };
  // It reports once a minute.
  await until('the agent says by what it cuts', says, 180_000);
  await writeSlowly(failure(2));
  await untilStored(2);

  await agent?.kill9();
  await platform.kill9();
  run();
  await writeSlowly(failure(3));
  platform = await startPlatform({ dataDir: data, args: ['--port', port] });
  await untilStored(3);
  expect(await stored()).toEqual([failure(1)[0], failure(2).join('\n'), failure(3).join('\n')]);
}, 400_000);
