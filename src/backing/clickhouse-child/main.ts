/**
 * The process of the embedded ClickHouse. Started by clickhouse-embedded.ts with an IPC channel, over which it is told
 * what to open; it serves HTTP on the loopback interface until told to close, or until its parent is gone.
 */
import type { AddressInfo } from 'node:net';
import { dropClaimsWithoutParts } from './deduplication-logs.ts';
import type { Engine } from './engine.ts';
import { succeed } from './predecessor.ts';
import type { FromChild, ToChild } from './protocol.ts';

const lockRetryMs = 50;
const closeMs = 4000;
const lastAnswersMs = 500;
const sweepMs = 10;
const refusalsMs = 10_000;

class EngineMissing extends Error {}

let shutDown: () => Promise<void> = async () => {};
let opened = false;

// Ctrl-C reaches the whole process group; the parent drains us and says when to close.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
// The parent is gone. Queries cannot be waited for and process.exit would wait for them: what was acknowledged is in
// place (measured over 80 rounds of kill -9), and the directory lock must be free for the next start.
process.on('disconnect', dieAtOnce);
process.on('message', (message: ToChild) => {
  if (message.kind === 'close') void close();
  else if (!opened) {
    opened = true;
    open(message).catch((error: unknown) => {
      const code = error instanceof EngineMissing ? 'chdb-missing' : 'clickhouse-failed';
      tell({ kind: 'failed', code, message: error instanceof Error ? error.message : String(error) }, dieAtOnce);
    });
  }
});

async function open(o: Extract<ToChild, { kind: 'open' }>): Promise<void> {
  // Loaded late: the engine is half a gigabyte, and an optional dependency that may be missing.
  const { openEngine } = await import('./engine.ts').catch((cause: unknown) => {
    throw new EngineMissing(`the npm package chdb cannot be loaded here: ${String(cause)}`);
  });
  const { createHttpFront } = await import('./http-server.ts');
  const { createSpool } = await import('./spool.ts');
  const spool = await createSpool(o.spoolPath, o.limits.insertBytesMax);
  const deadline = Date.now() + o.limits.lockWaitMs;
  const isOurs = await succeed(`${o.path}-owner`, o.limits.lockWaitMs);
  const claimsDropped = isOurs ? dropClaimsWithoutParts(o.path) : 0;
  const engine = await waitForLock(() => openEngine(o.path, o.limits, fatal), deadline);
  const base = {
    format: 'TabSeparated',
    database: 'default',
    params: new Map<string, string>(),
    settings: new Map<string, string>(),
    writes: false,
    leavesTraces: false,
    signal: new AbortController().signal,
  };
  // `default` is an Overlay over files in chDB: tables belong into an Atomic database.
  await engine.run({ ...base, sql: `CREATE DATABASE IF NOT EXISTS \`${o.database}\` ENGINE = Atomic` });
  const version = Buffer.from((await engine.run({ ...base, sql: 'SELECT version()' })).bytes)
    .toString()
    .trim();
  const server = createHttpFront({ ...o, engine, spool, refused: tellOfRefusals() });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(o.port, '127.0.0.1', resolve);
  });
  shutDown = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    await engine.close();
    // The last answers are on their way; whoever does not read them is cut off.
    const sweep = setInterval(() => server.closeIdleConnections(), sweepMs);
    setTimeout(() => server.closeAllConnections(), lastAnswersMs).unref();
    await closed;
    clearInterval(sweep);
  };
  tell({ kind: 'ready', port: (server.address() as AddressInfo).port, version, claimsDropped });
}

/** A killed predecessor may hold the directory for as long as the kernel tears it down. */
async function waitForLock(openIt: () => Engine, deadline: number): Promise<Engine> {
  for (;;) {
    try {
      return openIt();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, lockRetryMs));
    }
  }
}

async function close(): Promise<void> {
  setTimeout(dieAtOnce, closeMs).unref();
  await shutDown();
  process.exit(0);
}

function fatal(reason: string): void {
  tell({ kind: 'failed', code: 'engine-broken', message: reason }, dieAtOnce);
}

/** The first refusal is told at once, those of the next seconds in one message. */
function tellOfRefusals(): (message: string) => void {
  let times = 0;
  let quiet = false;
  return (message) => {
    times++;
    if (quiet) return;
    quiet = true;
    tell({ kind: 'refused', message, times });
    times = 0;
    setTimeout(() => {
      quiet = false;
      if (times > 0) tell({ kind: 'refused', message, times });
      times = 0;
    }, refusalsMs).unref();
  };
}

function tell(message: FromChild, then: () => void = () => {}): void {
  if (process.send) process.send(message, undefined, undefined, then);
}

function dieAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
}
