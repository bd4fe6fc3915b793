import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Logger } from '../observe/log.ts';
import { processStart } from './process-alive.ts';
import type { RedisBacking } from './redis.ts';
import { letGo, spawnKept } from './redis-keeper.ts';
import { probeRedis } from './redis-probe.ts';
import { type RunningChild, supervise } from './supervise.ts';

export interface SpawnedRedisLimits {
  /** `maxmemory`; with noeviction a full Redis refuses writes and loses nothing. */
  memoryBytesMax: number;
  /** How long the server may take to load its append-only file and answer. */
  startMsMax: number;
}

export const defaultSpawnedRedisLimits: SpawnedRedisLimits = {
  memoryBytesMax: 512 * 1024 * 1024,
  startMsMax: 30_000,
};

/**
 * A redis-server of our own: loopback, a port and password made for this start, append-only file in `<dataDir>/redis`,
 * supervised, and gone within two seconds when this process is gone, however that comes about.
 * Rejects with an Error whose `code` is `redis-failed` when it does not start.
 */
export async function openSpawnedRedis(o: {
  dataDir: string;
  binary: string;
  log: Logger;
  limits?: Partial<SpawnedRedisLimits>;
}): Promise<RedisBacking> {
  const directory = join(resolve(o.dataDir), 'redis');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const limits = { ...defaultSpawnedRedisLimits, ...o.limits };
  const connection = { host: '127.0.0.1', port: 0, password: randomBytes(24).toString('base64url') };

  // The port is chosen here and kept over restarts; another process may take it before the first start does.
  async function firstOrNext(): Promise<RunningChild> {
    if (connection.port !== 0) return await start();
    for (let tries = 1; ; tries++) {
      connection.port = await freePort();
      try {
        return await start();
      } catch (error) {
        if (tries >= portTriesMax || !String(error).includes('Address already in use')) throw error;
      }
    }
  }

  async function start(): Promise<RunningChild> {
    await endPredecessor(directory);
    const keeper = spawnKept(o.binary, configurationOf(connection, limits), directory);
    const exited = exitOf(keeper);
    const lastLines = relayOutput(keeper, o.log);
    const givenUp = new AbortController();
    const answered = await Promise.race([
      serverPid(connection, limits.startMsMax, givenUp.signal),
      exited.then((why) => Promise.reject(new Error(why))),
    ]).catch(async (cause: unknown) => {
      givenUp.abort();
      letGo(keeper);
      await exited;
      const reason = [cause instanceof Error ? cause.message : String(cause), ...lastLines()].join(' · ');
      throw Object.assign(new Error(`redis-server (${o.binary}) does not start: ${reason}`), { code: 'redis-failed' });
    });
    await writeFile(join(directory, pidFile), JSON.stringify({ pid: answered, start: processStart(answered) }));
    // A killed keeper leaves the server behind: what it watched over goes with it.
    const gone = exited.then(async (why) => {
      letGo(keeper);
      await endPredecessor(directory);
      return why;
    });
    o.log.info({ pid: answered, port: connection.port }, 'redis-server is up');
    return {
      pid: answered,
      exited: gone,
      async stop() {
        letGo(keeper);
        await gone;
      },
    };
  }

  const server = await supervise({ name: 'redis', log: o.log, start: firstOrNext });
  return {
    connection,
    get pid() {
      return server.pid;
    },
    close: () => server.close(),
  };
}

const pidFile = 'server.json';
const pollMs = 10;
const portTriesMax = 5;

function configurationOf(connection: { port: number; password: string }, limits: SpawnedRedisLimits): string {
  return [
    'bind 127.0.0.1',
    `port ${connection.port}`,
    `requirepass ${connection.password}`,
    'daemonize no',
    'dir ./',
    'save ""',
    'appendonly yes',
    'appendfsync everysec',
    `maxmemory ${limits.memoryBytesMax}`,
    'maxmemory-policy noeviction',
    '',
  ].join('\n');
}

/**
 * Ends the server that the pid file names if it still runs: two servers on one append-only file would ruin it.
 * It is ours only when the start time fits too.
 */
async function endPredecessor(directory: string): Promise<void> {
  const file = join(directory, pidFile);
  const text = await readFile(file, 'utf8').catch(() => '');
  const found = /^\{"pid":(\d+),"start":"(.+)"\}$/.exec(text);
  const pid = Number(found?.[1]);
  while (found && processStart(pid) === found[2]) {
    process.kill(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  await rm(file, { force: true });
}

async function serverPid(connection: RedisBacking['connection'], msMax: number, signal: AbortSignal): Promise<number> {
  const info = await probeRedis({ connection, msMax, retryMs: pollMs, signal });
  const pid = Number(/process_id:(\d+)/.exec(info)?.[1]);
  if (!Number.isInteger(pid)) throw new Error('INFO names no process_id');
  return pid;
}

function exitOf(keeper: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    keeper.once('error', (error) => resolve(error.message));
    // Above 128 the keeper passes on which signal ended the server.
    keeper.once('exit', (code, signal) => {
      if (signal) resolve(`keeper killed by ${signal}`);
      else resolve(code !== null && code > 128 ? `killed by signal ${code - 128}` : `exit code ${code}`);
    });
  });
}

function relayOutput(keeper: ChildProcess, log: Logger): () => string[] {
  const last: string[] = [];
  for (const stream of [keeper.stdout, keeper.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      last.push(line.slice(0, 500));
      if (last.length > 3) last.shift();
      log.debug({ child: 'redis', line: line.slice(0, 500) }, 'redis output');
    });
  }
  return () => last;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
