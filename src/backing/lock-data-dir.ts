import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, realpath, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { processStart } from './process-alive.ts';

const lockName = 'vonggac.lock';
const triesMax = 10;

/**
 * Takes a data directory for this process, making it when it is missing. The lock is a file that names its holder by
 * process id and start time, so that one left by `kill -9` or a power cut is taken over at once.
 * Rejects with an Error whose `code` is `data-dir-locked` (its `pid` names the holder) or `data-dir-unwritable`.
 */
export async function lockDataDir(dir: string): Promise<{ release(): Promise<void> }> {
  const own = JSON.stringify({ pid: process.pid, start: processStart(process.pid), nonce: nonce() });
  const path = await lockPath(dir);
  const draft = `${path}.${nonce()}`;
  try {
    // Linked and not written in place: whoever finds the lock finds it whole.
    await writeFile(draft, own, { mode: 0o600, flag: 'wx' }).catch((cause: unknown) => unwritable(dir, cause));
    for (let tries = 0; ; tries++) {
      if (await linked(draft, path, dir)) break;
      const holder = await readLock(path);
      if (holder?.alive || tries >= triesMax) throw locked(dir, holder?.pid ?? 0);
      if (holder) await takeAway(path, holder.text);
    }
  } finally {
    await unlink(draft).catch(() => {});
  }
  return {
    async release() {
      if ((await readLock(path))?.text === own) await unlink(path).catch(() => {});
    },
  };
}

async function lockPath(dir: string): Promise<string> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    return join(await realpath(dir), lockName);
  } catch (cause) {
    return unwritable(dir, cause);
  }
}

async function linked(draft: string, path: string, dir: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    return unwritable(dir, error);
  }
}

async function readLock(path: string): Promise<{ text: string; pid: number; alive: boolean } | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const { pid, start } = JSON.parse(text) as { pid: number; start: string };
    return { text, pid, alive: Number.isInteger(pid) && processStart(pid) === start };
  } catch {
    // Not a lock of ours, or torn by a power cut: nobody can be holding it.
    return { text, pid: 0, alive: false };
  }
}

/** Removes a dead holder's lock. Another process may do the same at this moment: what was moved is looked at again. */
async function takeAway(path: string, text: string): Promise<void> {
  const aside = `${path}.${nonce()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== text) await link(aside, path).catch(() => {});
  await unlink(aside);
}

function nonce(): string {
  return randomBytes(6).toString('hex');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

function locked(dir: string, pid: number): Error {
  const text = `the data directory ${dir} is in use by process ${pid}: stop it first, or choose another directory`;
  return Object.assign(new Error(text), { code: 'data-dir-locked', pid });
}

function unwritable(dir: string, cause: unknown): never {
  throw Object.assign(new Error(`the data directory ${dir} cannot be written: ${codeOf(cause)}`), {
    code: 'data-dir-unwritable',
  });
}
