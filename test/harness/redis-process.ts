import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

const binary = 'redis-server';

/** A real redis-server a test may kill, empty and start again on the same port, with its append-only file kept or not. */
export interface RedisProcess {
  readonly connection: { readonly host: string; readonly port: number };
  flush(): Promise<void>;
  /** kill -9, returns when the process is gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedisProcess(o: { readonly appendOnly?: boolean } = {}): Promise<RedisProcess> {
  const dir = mkdtempSync(join(tmpdir(), 'vonggac-redis-'));
  const port = await freePort();
  const connection = { host: '127.0.0.1', port };
  let child: ChildProcess | null = null;

  const start = async (): Promise<void> => {
    const persistence = o.appendOnly === false ? ['--appendonly', 'no'] : ['--appendonly', 'yes'];
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', ...persistence];
    child = spawn(binary, args, { stdio: 'ignore' });
    await answers(connection);
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

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject()));
    });
  });
}
