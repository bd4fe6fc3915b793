import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.resolve(import.meta.dirname, '../..');
const bin = path.join(root, 'bin', 'vonggac.mjs');
/** As the command's first line gives them. */
const nodeOptions = /-S node (.+)/.exec(readFileSync(bin, 'utf8'))?.[1]?.split(' ') ?? [];

/** The platform as an operator runs it: the built program in a process of its own. */
export interface RunningPlatform {
  readonly url: string;
  readonly pid: number;
  readonly process: ChildProcess;
  /** Milliseconds from start to "board ready". */
  readonly readyMs: number;
  /** Everything it printed on stderr so far. */
  printed(): string;
  /**
   * SIGTERM; resolves to [exit code, milliseconds it took]. After SIGKILL the children are waited for, too: they go by
   * themselves, and until then they write into a directory that the test is about to remove.
   */
  stop(signal?: NodeJS.Signals): Promise<{ readonly code: number | null; readonly tookMs: number }>;
  /** SIGKILL of the platform process alone; its children must notice by themselves. */
  kill9(): Promise<void>;
  /** Direct and indirect children, by command line. */
  children(pattern: RegExp): number[];
}

/** Pids of all descendants of `pid` whose command line matches. */
function descendants(pid: number, pattern: RegExp): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] !== 'Z') parents.set(Number(name), Number(fields[1]));
    } catch {
      // The process ended while we looked.
    }
  }
  const found: number[] = [];
  const visit = (parent: number): void => {
    for (const [child, its] of parents) {
      if (its !== parent) continue;
      try {
        if (pattern.test(readFileSync(`/proc/${child}/cmdline`, 'utf8').replaceAll('\0', ' '))) found.push(child);
      } catch {
        // Gone meanwhile.
      }
      visit(child);
    }
  };
  visit(pid);
  return found;
}

export function alive(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[0] !== 'Z';
  } catch {
    return false;
  }
}

/** Polls until `fact` gives something other than null or false; fails with `what` after `timeoutMs`. */
export async function until<T>(
  what: string,
  fact: () => Promise<T | null | false> | T | null | false,
  timeoutMs = 60_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const got = await fact();
    if (got !== null && got !== false) return got;
    if (Date.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Thousands of rules take their time to load, and a busy machine takes longer. */
const readyMsMax = 120_000;

/** Starts `vonggac up` on a free port; resolves once the board is ready, rejects with what it printed. */
export async function startPlatform(o: {
  dataDir: string;
  env?: Record<string, string>;
  args?: string[];
}): Promise<RunningPlatform> {
  const begin = performance.now();
  const child = spawn(
    process.execPath,
    [...nodeOptions, bin, 'up', '--port', '0', '--data', o.dataDir, ...(o.args ?? [])],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        VONGGAC_SYSLOG_UDP: 'off',
        VONGGAC_SYSLOG_TCP: 'off',
        VONGGAC_LOG_LEVEL: 'warn',
        ...o.env,
      },
    },
  );
  let text = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (part: string) => {
    text += part;
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const url = await until(
    'board ready',
    () => {
      if (child.exitCode !== null) throw new Error(`vonggac up ended with ${child.exitCode}:\n${text}`);
      return /board ready at (http\S+)/.exec(text)?.[1] ?? null;
    },
    readyMsMax,
  );
  const pid = child.pid ?? 0;
  return {
    url,
    pid,
    process: child,
    readyMs: performance.now() - begin,
    printed: () => text,
    stop: async (signal = 'SIGTERM') => {
      const children = signal === 'SIGKILL' ? descendants(pid, /./) : [];
      const from = performance.now();
      child.kill(signal);
      const code = await ended;
      const tookMs = performance.now() - from;
      await until('its children are gone', () => !children.some(alive));
      return { code, tookMs };
    },
    kill9: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    children: (pattern) => descendants(pid, pattern),
  };
}

/** Runs a command of `vonggac` to its end. */
export async function cli(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  try {
    const done = await promisify(execFile)(process.execPath, [bin, ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      maxBuffer: 1 << 28,
    });
    return { code: 0, out: done.stdout, err: done.stderr };
  } catch (error) {
    const failed = error as { code?: number; stdout?: string; stderr?: string };
    return { code: failed.code ?? 1, out: failed.stdout ?? '', err: failed.stderr ?? '' };
  }
}

/** Creates a token through the command line and returns it. */
export async function createToken(
  dataDir: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const done = await cli(['token', 'create', ...args, '--data', dataDir], env);
  const token = /\bvg[ac]_\S+/.exec(done.out)?.[0];
  if (token === undefined) throw new Error(`no token: ${done.out}${done.err}`);
  return token;
}
