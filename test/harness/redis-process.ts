import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free-port.ts';

const binary = 'redis-server';

/** A real redis-server a test may kill, empty and start again on the same port with what it held. */
export interface RedisProcess {
  readonly connection: { readonly host: string; readonly port: number };
  flush(): Promise<void>;
  /** kill -9, returns when the process is gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedisProcess(): Promise<RedisProcess> {
  const dir = mkdtempSync(join(tmpdir(), 'vonggac-redis-'));
  const port = await freePort();
  const connection = { host: '127.0.0.1', port };
  let child: ChildProcess | null = null;

  const start = async (): Promise<void> => {
    // What was acknowledged is in the file: with `everysec` a write waits in memory while the disk is busy syncing.
    const persistence = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, ...persistence];
    const started = spawn(binary, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    child = started;
    let said = '';
    started.stdout.on('data', (part: Buffer) => {
      said = `${said}${part}`.slice(-1_000);
    });
    const ended = new Promise<never>((_, reject) => {
      started.once('error', reject);
      started.once('exit', (code) => reject(new Error(`redis-server ended with ${code}:\n${said}`)));
    });
    // Later it may end as it likes.
    ended.catch(() => undefined);
    await Promise.race([answers(connection), ended]);
  };
  const kill = async (): Promise<void> => {
    const running = child;
    child = null;
    if (running === null || running.exitCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await gone;
  };
  await start();
  return {
    connection,
    start,
    kill,
    flush: async () => {
      const redis = new Redis(connection);
      await redis.flushall();
      redis.disconnect();
    },
    stop: async () => {
      await kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function answers(connection: { readonly host: string; readonly port: number }): Promise<void> {
  const redis = new Redis({ ...connection, retryStrategy: () => 20, maxRetriesPerRequest: null });
  redis.on('error', () => undefined);
  await redis.ping();
  redis.disconnect();
}
