import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Logger } from '../observe/log.ts';
import type { ClickHouseBacking } from './clickhouse.ts';
import {
  defaultEmbeddedClickHouseLimits,
  type EmbeddedClickHouseLimits,
  type FromChild,
  handedOverHeader,
  type ToChild,
} from './clickhouse-child/protocol.ts';
import { type RunningChild, supervise } from './supervise.ts';

const database = 'vonggac';
const stopMs = 4500;
/** Of the machine's memory, for all queries together; merges and the rest of the platform need theirs. */
const memoryShareMax = 0.5;

/**
 * ClickHouse on this machine: chDB in a child process, supervised, behind HTTP on a loopback port with credentials
 * made for this start. Its files are in `<dataDir>/clickhouse`.
 * Rejects with an Error with a `code` (`chdb-missing`, `clickhouse-failed`, …) when it cannot be opened.
 */
export async function openEmbeddedClickHouse(o: {
  dataDir: string;
  log: Logger;
  limits?: Partial<EmbeddedClickHouseLimits>;
}): Promise<ClickHouseBacking> {
  const path = join(resolve(o.dataDir), 'clickhouse');
  await mkdir(path, { recursive: true, mode: 0o700 });
  const spool = await spoolDirectory(resolve(o.dataDir));
  const limits = { ...defaultEmbeddedClickHouseLimits, ...o.limits };
  limits.memoryBytesMax = Math.min(limits.memoryBytesMax, Math.floor(totalmem() * memoryShareMax));
  const username = 'vonggac';
  const password = randomBytes(24).toString('base64url');
  let port = 0;

  const child = await supervise({ name: 'clickhouse', log: o.log, start });

  async function start(): Promise<RunningChild> {
    const order: ToChild = {
      kind: 'open',
      path,
      spoolPath: spool.path,
      port,
      username,
      password,
      database,
      limits,
    };
    const started = await startChild(order, o.log);
    port = started.port;
    return started.child;
  }

  return {
    url: `http://127.0.0.1:${port}`,
    username,
    password,
    database,
    handOver: handOverTo(spool.path),
    get pid() {
      return child.pid;
    },
    async close() {
      await child.close();
      await spool.remove();
    },
  };
}

/**
 * Both processes are on one machine: written here, a body crosses no socket, which costs the two together more than
 * writing it. The child empties the directory when it starts; what is gone then is tried again.
 */
function handOverTo(directory: string): NonNullable<ClickHouseBacking['handOver']> {
  let count = 0;
  return async (body) => {
    const name = `handed-${++count}`;
    const file = join(directory, name);
    const handle = await open(file, 'w', 0o600);
    try {
      await writeAll(handle, body);
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    return { headers: { [handedOverHeader]: name }, remove: () => rm(file, { force: true }) };
  };
}

/** Parts written at once: the system takes 1,024. */
const partsPerWrite = 512;

async function writeAll(handle: FileHandle, body: readonly Uint8Array[]): Promise<void> {
  for (let from = 0; from < body.length; from += partsPerWrite) {
    const parts = body.slice(from, from + partsPerWrite);
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    const { bytesWritten } = await handle.writev(parts);
    // A disk that has become full takes the first half and says no only to what comes after it.
    if (bytesWritten < bytes) await handle.writeFile(Buffer.concat(parts).subarray(bytesWritten));
  }
}

async function startChild(
  order: ToChild & { kind: 'open' },
  log: Logger,
): Promise<{ child: RunningChild; port: number }> {
  // The same module runs from sources (tsx, vitest) and from dist: the child's main has this file's extension.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const main = fileURLToPath(new URL(`./clickhouse-child/main.${extension}`, import.meta.url));
  const forked = fork(main, [], {
    execArgv: extension === 'ts' ? ['--import', import.meta.resolve('tsx')] : [],
    env: {
      ...baseEnvironment(),
      UV_THREADPOOL_SIZE: String(order.limits.readSessions + order.limits.writeSessions + 6),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'json',
  });
  const exited = new Promise<string>((resolve) => {
    forked.once('error', (error) => resolve(error.message));
    forked.once('close', (code, signal) => resolve(signal ? `killed by ${signal}` : `exit code ${code}`));
  });
  const lastLines = relayOutput(forked, log);
  forked.send(order, () => {});
  const outcome = await Promise.race([
    new Promise<FromChild>((resolve) => forked.on('message', (message: FromChild) => resolve(message))),
    exited.then((why): FromChild => ({ kind: 'failed', code: 'clickhouse-failed', message: why })),
  ]);
  if (outcome.kind !== 'ready') {
    forked.kill('SIGKILL');
    await exited;
    const reason = [outcome.message, ...lastLines()].join(' · ');
    const code = outcome.kind === 'failed' ? outcome.code : 'clickhouse-failed';
    throw Object.assign(new Error(`embedded ClickHouse does not start: ${reason}`), { code });
  }
  forked.on('message', (message: FromChild) => {
    if (message.kind === 'failed') log.error({ reason: message.message }, 'embedded ClickHouse is broken');
    if (message.kind === 'refused') {
      const { message: reason, times } = message;
      log.warn({ reason, times }, 'embedded ClickHouse turned requests away');
    }
  });
  const { claimsDropped, version } = outcome;
  if (claimsDropped > 0) {
    log.warn(
      { claimsDropped },
      'inserts that were cut off by a kill had left their tokens; their repeats are taken again',
    );
  }
  log.info({ pid: forked.pid, port: outcome.port, version }, 'embedded ClickHouse is up');
  return { child: { pid: forked.pid ?? 0, exited, stop: () => stop(forked, exited) }, port: outcome.port };
}

async function stop(forked: ChildProcess, exited: Promise<string>): Promise<void> {
  const close: ToChild = { kind: 'close' };
  if (forked.connected) forked.send(close, () => {});
  const timer = setTimeout(() => forked.kill('SIGKILL'), stopMs);
  await exited;
  clearTimeout(timer);
}

/** Sends the engine's own output to the log; returns the last lines, for the message of a failed start. */
function relayOutput(forked: ChildProcess, log: Logger): () => string[] {
  const last: string[] = [];
  for (const stream of [forked.stdout, forked.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      last.push(line.slice(0, 500));
      if (last.length > 3) last.shift();
      log.debug({ child: 'clickhouse', line: line.slice(0, 500) }, 'engine output');
    });
  }
  return () => last;
}

// The engine needs no more of the environment than this; secrets of the parent stay with it.
function baseEnvironment(): Record<string, string> {
  return { PATH: '/usr/bin:/bin', TZ: 'UTC' };
}

/** Insert bodies wait beside the data, unless its path has characters that the engine would read as a glob. */
async function spoolDirectory(dataDir: string): Promise<{ path: string; remove(): Promise<void> }> {
  const plain = /^[\w./+-]+$/;
  const path = plain.test(dataDir)
    ? join(dataDir, 'clickhouse-inserts')
    : await mkdtemp(join(tmpdir(), 'vonggac-inserts-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
