import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { openRemoteRedis, openSpawnedRedis, type RedisBacking } from '../../src/backing/index.ts';
import { processStart } from '../../src/backing/process-alive.ts';
import { defaultSpawnedRedisLimits } from '../../src/backing/redis-spawned.ts';
import { createLog } from '../../src/observe/log.ts';
import { startRedis } from '../harness/redis.ts';

const log = createLog('silent');
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function open(): Promise<RedisBacking> {
  const backing = await startRedis();
  closers.push(() => backing.close());
  return backing;
}

function clientOf(connection: RedisBacking['connection']): Redis {
  const { tls: _, ...plain } = connection;
  const client = new Redis({ ...plain, retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on('error', () => {});
  closers.push(async () => client.disconnect());
  return client;
}

/** everysec: what was written may wait in memory while the disk is busy syncing; what is in the file outlives a kill. */
async function inTheFile(client: Redis): Promise<void> {
  await expect.poll(() => client.info('persistence')).toContain('aof_buffer_length:0\r\n');
}

describe('Redis port: spawned', () => {
  it('is set up as the queue needs it: append-only file every second, no eviction, loopback, a password', async () => {
    const backing = await open();
    const client = clientOf(backing.connection);
    const wanted = {
      appendonly: 'yes',
      appendfsync: 'everysec',
      'maxmemory-policy': 'noeviction',
      bind: '127.0.0.1',
      save: '',
      maxmemory: String(defaultSpawnedRedisLimits.memoryBytesMax),
    };
    for (const [name, value] of Object.entries(wanted)) expect(await client.config('GET', name)).toEqual([name, value]);
    const stranger = new Redis({ host: '127.0.0.1', port: backing.connection.port });
    stranger.on('error', () => {});
    await expect(stranger.get('a')).rejects.toThrow('NOAUTH');
    stranger.disconnect();
  });

  it('shows its password in no command line', async () => {
    const { connection } = await open();
    const lines = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    expect(lines).toContain(`:${connection.port}`);
    expect(lines).not.toContain(connection.password);
  });

  it('killed with SIGKILL it comes back on the same port with the same password and its data', async () => {
    const backing = await open();
    const client = clientOf(backing.connection);
    await client.set('khóa', 'giá trị');
    await inTheFile(client);
    for (let round = 0; round < 2; round++) {
      const { pid } = backing;
      if (pid === null) throw new Error('no server to kill');
      process.kill(pid, 'SIGKILL');
      expect(await client.get('khóa')).toBe('giá trị');
      await expect.poll(() => backing.pid).toSatisfy((now) => now !== null && now !== pid);
    }
  });

  it('a keeper killed with SIGKILL takes its server along and both come back', async () => {
    const backing = await open();
    const before = backing.pid ?? 0;
    const keeper = Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(before)], { encoding: 'utf8' }));
    process.kill(keeper, 'SIGKILL');
    await expect.poll(() => backing.pid).toSatisfy((now) => now !== null && now !== before);
    expect(await clientOf(backing.connection).ping()).toBe('PONG');
    expect(processStart(before)).toBeNull();
  });

  it('keeps its data over close and open, and ends a server that an earlier start left behind', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'vonggac redis "{*}" Đ-'));
    closers.push(() => rm(dataDir, { recursive: true, force: true }));
    const one = await openSpawnedRedis({ dataDir, binary: 'redis-server', log });
    const client = clientOf(one.connection);
    await client.set('a', '1');
    await inTheFile(client);
    // As after kill -9 of a parent whose keeper has not acted yet: the old server still runs on the same file.
    const two = await openSpawnedRedis({ dataDir, binary: 'redis-server', log });
    closers.push(() => two.close());
    expect(two.connection.password).not.toBe(one.connection.password);
    expect(await clientOf(two.connection).get('a')).toBe('1');
    await one.close();
  });

  it('a binary that is missing, or is no Redis, is one clear error', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'vonggac-redis-'));
    closers.push(() => rm(dataDir, { recursive: true, force: true }));
    for (const binary of ['/khong/co/redis-server', '/bin/false']) {
      const failed = openSpawnedRedis({ dataDir, binary, log });
      await expect(failed).rejects.toMatchObject({ code: 'redis-failed', message: expect.stringContaining(binary) });
    }
  });

  it('close() leaves nothing', async () => {
    const backing = await open();
    const pid = backing.pid ?? 0;
    await backing.close();
    expect(processStart(pid)).toBeNull();
    expect(backing.pid).toBeNull();
  });
});

describe('Redis port: remote', () => {
  it('opens what its URL names', async () => {
    const { connection } = await open();
    const { host, port, password } = connection;
    const remote = await openRemoteRedis({ url: `redis://:${password}@${host}:${port}/3` });
    closers.push(() => remote.close());
    expect(remote).toMatchObject({ connection: { host, port, password, db: 3 }, pid: null });
    expect(await clientOf(remote.connection).ping()).toBe('PONG');
  });

  it.each(['', 'localhost:6379', 'http://localhost', 'redis://host/abc'])('refuses the URL %j', async (url) => {
    await expect(openRemoteRedis({ url })).rejects.toMatchObject({ code: 'redis-url' });
  });

  it('says what is wrong when nothing answers, or the password is not right', async () => {
    const { connection } = await open();
    const closed = openRemoteRedis({ url: 'redis://127.0.0.1:1', waitMs: 100 });
    await expect(closed).rejects.toMatchObject({
      code: 'redis-away',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    const wrong = openRemoteRedis({ url: `redis://:sai@127.0.0.1:${connection.port}`, waitMs: 1000 });
    await expect(wrong).rejects.toMatchObject({ code: 'redis-refused', message: expect.stringContaining('WRONGPASS') });
  });
});
