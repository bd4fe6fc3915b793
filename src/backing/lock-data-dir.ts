import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, realpath, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { processStart } from './process-alive.ts';

const lockName = /^vonggac\.lock\.(\d+)$/;
const triesMax = 10;

/**
 * Takes a data directory for this process, making it when it is missing. The lock is a file that names its holder by
 * process id and start time, so that one left by `kill -9` or a power cut is taken over at once.
 *
 * The highest `vonggac.lock.N` counts. Whoever finds its holder dead links N+1, which only one can; and since the
 * highest is never removed, only marked as released, nobody can mistake an old number for a free one.
 *
 * Rejects with an Error whose `code` is `data-dir-locked` (its `pid` names the holder) or `data-dir-unwritable`.
 */
export async function lockDataDir(dir: string): Promise<{ release(): Promise<void> }> {
  const place = await prepare(dir);
  // Linked and not written in place: whoever finds a lock finds it whole.
  const draft = join(place, `vonggac.lock-draft.${randomBytes(6).toString('hex')}`);
  await write(dir, draft, { pid: process.pid, start: processStart(process.pid) });
  try {
    for (let tries = 0; ; tries++) {
      const top = (await locksIn(place))[0] ?? 0;
      const holder = top === 0 ? null : await aliveHolder(lockPath(place, top));
      if (holder !== null || tries >= triesMax) throw locked(dir, holder ?? 0);
      if (await linked(dir, draft, lockPath(place, top + 1))) {
        const [highest, ...older] = await locksIn(place);
        await Promise.all((highest === top + 1 ? older : [top + 1]).map((n) => remove(lockPath(place, n))));
        if (highest === top + 1) return { release: () => release(place, top + 1) };
      }
    }
  } finally {
    await remove(draft);
  }
}

async function release(place: string, n: number): Promise<void> {
  const draft = join(place, `vonggac.lock-draft.${randomBytes(6).toString('hex')}`);
  await writeFile(draft, JSON.stringify({ pid: 0, start: null }), { mode: 0o600 });
  await rename(draft, lockPath(place, n));
}

async function prepare(dir: string): Promise<string> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    return await realpath(dir);
  } catch (cause) {
    throw unwritable(dir, cause);
  }
}

async function write(dir: string, path: string, content: unknown): Promise<void> {
  await writeFile(path, JSON.stringify(content), { mode: 0o600, flag: 'wx' }).catch((cause: unknown) => {
    throw unwritable(dir, cause);
  });
}

/** The numbers of the locks, highest first. */
async function locksIn(place: string): Promise<number[]> {
  const found = (await readdir(place)).map((name) => Number(lockName.exec(name)?.[1] ?? 0));
  return found.filter((n) => n > 0).sort((a, b) => b - a);
}

function lockPath(place: string, n: number): string {
  return join(place, `vonggac.lock.${n}`);
}

async function linked(dir: string, draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw unwritable(dir, error);
  }
}

async function aliveHolder(path: string): Promise<number | null> {
  try {
    const { pid, start } = JSON.parse(await readFile(path, 'utf8')) as { pid: number; start: string };
    return Number.isInteger(pid) && pid > 0 && processStart(pid) === start ? pid : null;
  } catch {
    // Torn by a power cut, or gone meanwhile: nobody can be holding it.
    return null;
  }
}

async function remove(path: string): Promise<void> {
  await unlink(path).catch(() => {});
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

function locked(dir: string, pid: number): Error {
  const text = `the data directory ${dir} is in use by process ${pid}: stop it first, or choose another directory`;
  return Object.assign(new Error(text), { code: 'data-dir-locked', pid });
}

function unwritable(dir: string, cause: unknown): Error {
  const text = `the data directory ${dir} cannot be written: ${codeOf(cause)}`;
  return Object.assign(new Error(text), { code: 'data-dir-unwritable' });
}
