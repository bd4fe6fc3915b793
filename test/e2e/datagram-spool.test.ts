import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Health } from '../../src/contract/api.ts';
import { datagramSender } from '../harness/datagram-sender.ts';
import { freePort } from '../harness/free-port.ts';
import { createToken, type RunningPlatform, startPlatform, until } from '../harness/platform.ts';

/** A search that names no time looks at the last day. */
const head = `<13>1 ${new Date().toISOString()} host app - - -`;

describe('datagrams of a running platform', () => {
  let dir = '';
  let env: Record<string, string> = {};
  let port = 0;
  let token = '';
  let platform: RunningPlatform;
  const start = (): Promise<RunningPlatform> => startPlatform({ dataDir: path.join(dir, 'data'), env });

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'vonggac-datagrams-'));
    port = await freePort();
    env = { VONGGAC_SYSLOG_UDP: `127.0.0.1:${port}` };
    platform = await start();
    token = await createToken(path.join(dir, 'data'), ['--kind', 'api', '--name', 'a', '--role', 'admin']);
  });
  afterAll(async () => {
    await platform.stop();
    await rm(dir, { recursive: true, force: true });
  });

  async function ask<T>(url: string): Promise<T> {
    const answer = await fetch(new URL(url, platform.url), { headers: { authorization: `Bearer ${token}` } });
    return (await answer.json()) as T;
  }
  async function stored(word: string): Promise<string[]> {
    const { items } = await ask<{ items: { raw: string }[] }>(`/api/v1/events?limit=500&q=${word}`);
    return items.map(({ raw }) => raw);
  }
  /** All that stands in the spool's files. */
  function onDisk(): string {
    const behind = path.join(dir, 'data', 'datagrams', 'behind');
    if (!existsSync(behind)) return '';
    return readdirSync(behind)
      .map((name) => readFileSync(path.join(behind, name), 'utf8'))
      .join('');
  }
  const spooled = async (): Promise<number> => (await ask<Health>('/api/v1/health')).collect.spool?.lines ?? 0;

  it('killed while ClickHouse is silent: what was in the spool is stored once', { timeout: 300_000 }, async () => {
    const sender = await datagramSender('127.0.0.1', () => port);
    const [child = 0] = platform.children(/clickhouse-child/);
    expect(child).toBeGreaterThan(0);
    process.kill(child, 'SIGSTOP');
    // These the belt is handed directly; it does not answer, so what comes next is spooled.
    await sender.send(`${head} handedover n=0`);
    const texts = Array.from({ length: 200 }, (_, i) => `${head} killrun n=${i}`);
    await until('the spool is in use', async () => {
      await sender.send(`${head} handedover again`);
      return onDisk().includes('handedover again');
    });
    for (const text of texts) await sender.send(text);
    await until('all are on the disk', () => texts.every((text) => onDisk().includes(text)));
    await platform.kill9();
    process.kill(child, 'SIGCONT');
    platform = await start();
    await until('the spool is empty', async () => (await spooled()) === 0);
    await until('what was spooled is found', async () => (await stored('killrun')).length > 0);
    const found = await stored('killrun');
    expect([...found].sort()).toEqual([...texts].sort());
    sender.close();
  });
});
