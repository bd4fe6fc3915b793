import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterEach, describe, expect, it } from 'vitest';
import { lockDataDir } from '../../src/backing/index.ts';
import { processStart } from '../../src/backing/process-alive.ts';

const backingModule = new URL('../../src/backing/index.ts', import.meta.url).href;
const logModule = new URL('../../src/observe/log.ts', import.meta.url).href;
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function directory(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'vonggac-backing-'));
  closers.push(() => rm(dir, { recursive: true, force: true, maxRetries: 20 }));
  return dir;
}

/** Runs `body` in a process of its own, in a process group of its own; it says one line of JSON when it is ready. */
async function parent<T>(body: string): Promise<{ child: ChildProcess; said: T }> {
  const code = `
    import { lockDataDir, openEmbeddedClickHouse, openSpawnedRedis } from ${JSON.stringify(backingModule)};
    import { createLog } from ${JSON.stringify(logModule)};
    const log = createLog('silent');
    ${body}`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  closers.push(async () => {
    if (child.exitCode === null) child.kill('SIGKILL');
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.once('exit', (status) => reject(new Error(`the parent ended with ${status}`)));
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString()));
  });
  return { child, said: JSON.parse(line) as T };
}

function exitOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode);
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });
}

interface Both {
  clickhouse: number;
  redis: number;
  url: string;
  username: string;
  password: string;
}

const openBoth = (dataDir: string): string => `
  const dataDir = ${JSON.stringify(dataDir)};
  const redis = await openSpawnedRedis({ dataDir, binary: 'redis-server', log });
  const clickhouse = await openEmbeddedClickHouse({ dataDir, log });
  const { url, username, password } = clickhouse;
  console.log(JSON.stringify({ clickhouse: clickhouse.pid, redis: redis.pid, url, username, password }));`;

describe('children of a parent that is killed', () => {
  it('are gone soon, even in the middle of a query', async () => {
    const { child, said } = await parent<Both>(openBoth(await directory()));
    const { url, username, password } = said;
    const client = createClient({ url, username, password, log: { level: ClickHouseLogLevel.OFF } });
    closers.push(() => client.close());
    const slow = client.command({ query: 'SELECT sum(sipHash64(number)) FROM numbers(1000000000000)' });
    const ended = slow.catch(() => 'cut off');
    await expect
      .poll(async () => {
        const query = "SELECT count() AS n FROM system.processes WHERE query LIKE '%sipHash64%'";
        return Number((await (await client.query({ query, format: 'JSONEachRow' })).json<{ n: string }>())[0]?.n);
      })
      .toBe(2);
    expect([processStart(said.clickhouse), processStart(said.redis)]).not.toContain(null);
    child.kill('SIGKILL');
    const gone = (): unknown[] => [processStart(said.clickhouse), processStart(said.redis)];
    await expect.poll(gone).toEqual([null, null]);
    expect(await ended).toBe('cut off');
  });

  it('do not go with Ctrl-C, which reaches the whole process group: the parent decides', async () => {
    const { child, said } = await parent<Both>(`
      process.on('SIGINT', () => {});
      process.on('SIGTERM', async () => {
        const headers = { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password };
        const answer = await (await fetch(url + '/?query=SELECT+42', { headers })).text();
        const same = clickhouse.pid === pids[0] && redis.pid === pids[1];
        await clickhouse.close();
        await redis.close();
        process.exit(same && answer === '42\\n' ? 42 : 1);
      });
      ${openBoth(await directory())}
      const pids = [clickhouse.pid, redis.pid];`);
    if (child.pid === undefined) throw new Error('the parent has no pid');
    process.kill(-child.pid, 'SIGINT');
    process.kill(-child.pid, 'SIGTERM');
    expect(await exitOf(child)).toBe(42);
    expect([processStart(said.clickhouse), processStart(said.redis)]).toEqual([null, null]);
  });
});

describe('the lock of the data directory', () => {
  it('keeps a second process out, by name, until it is released', async () => {
    const dir = await directory();
    const { child, said } = await parent<{ pid: number }>(`
      const lock = await lockDataDir(${JSON.stringify(dir)});
      process.on('SIGTERM', async () => { await lock.release(); process.exit(0); });
      setInterval(() => {}, 1000);
      console.log(JSON.stringify({ pid: process.pid }));`);
    const refused = { code: 'data-dir-locked', pid: said.pid, message: expect.stringContaining(`process ${said.pid}`) };
    await expect(lockDataDir(dir)).rejects.toMatchObject(refused);
    await symlink(dir, `${dir}-link`);
    closers.push(() => rm(`${dir}-link`));
    await expect(lockDataDir(`${dir}-link`)).rejects.toMatchObject(refused);
    child.kill('SIGTERM');
    expect(await exitOf(child)).toBe(0);
    const lock = await lockDataDir(dir);
    await expect(lockDataDir(dir)).rejects.toMatchObject({ code: 'data-dir-locked', pid: process.pid });
    await lock.release();
    const next = await lockDataDir(dir);
    await next.release();
    expect(await readdir(dir)).toEqual(['vonggac.lock.3']);
  });

  it('left by kill -9 is taken over at once', async () => {
    const dir = await directory();
    const { child } = await parent(`
      await lockDataDir(${JSON.stringify(dir)});
      setInterval(() => {}, 1000);
      console.log('{}');`);
    await expect(lockDataDir(dir)).rejects.toMatchObject({ code: 'data-dir-locked' });
    child.kill('SIGKILL');
    await exitOf(child);
    const lock = await lockDataDir(dir);
    await lock.release();
  });

  it('is taken over when another process has the old id, and when it is torn', async () => {
    for (const text of [JSON.stringify({ pid: process.pid, start: '1' }), JSON.stringify({ pid: 1 }), '{"pid":', '']) {
      const dir = await directory();
      await writeFile(join(dir, 'vonggac.lock.9'), text);
      const lock = await lockDataDir(dir);
      expect(await readdir(dir)).toEqual(['vonggac.lock.10']);
      expect(JSON.parse(await readFile(join(dir, 'vonggac.lock.10'), 'utf8'))).toMatchObject({ pid: process.pid });
      await lock.release();
    }
  });

  it('is given to one of many who ask at once, stale lock or none', async () => {
    for (const stale of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      const dir = await directory();
      if (stale > 0) await writeFile(join(dir, `vonggac.lock.${stale}`), '{"pid":4194305,"start":"1"}');
      const asked = await Promise.allSettled(Array.from({ length: 20 }, () => lockDataDir(dir)));
      expect(asked.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
      expect(await readdir(dir)).toEqual([`vonggac.lock.${stale + 1}`]);
    }
  });

  it('makes the directory, and says in one line when it cannot', async () => {
    const dir = await directory();
    await lockDataDir(join(dir, 'a', 'b'));
    await writeFile(join(dir, 'file'), '');
    for (const wrong of [join(dir, 'file'), join(dir, 'file', 'below')]) {
      const failed = await lockDataDir(wrong).catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: 'data-dir-unwritable', message: expect.stringContaining(wrong) });
      expect(String(failed)).not.toContain('\n');
    }
  });
});
