import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { agentToken } from './agent-server.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** The agent as it is copied to a machine, built into a folder of the test's own. */
export async function buildAgent(dir: string): Promise<string> {
  const out = path.join(dir, 'agent');
  await promisify(execFile)(process.execPath, [path.join(root, 'scripts/agent-folder.mjs'), out]);
  return path.join(out, 'vonggac-agent');
}

export interface RunningAgent {
  readonly pid: number;
  readonly process: ChildProcess;
  /** Everything it printed so far. */
  printed(): string;
  /** Resolves to the exit code; null when it was killed. */
  readonly ended: Promise<number | null>;
  kill9(): Promise<void>;
  stop(): Promise<number | null>;
}

/** Starts the agent's folder as people do. */
export function startAgent(
  program: string,
  args: readonly string[],
  o: { readonly token?: string; readonly env?: Record<string, string> } = {},
): RunningAgent {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE: process.execPath, VONGGAC_TOKEN: o.token ?? agentToken, ...o.env },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (part: string) => {
      text += part;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    pid: child.pid ?? 0,
    process: child,
    printed: () => text,
    ended,
    kill9: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    stop: async () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

interface Kept {
  readonly stream: number;
  readonly offset: number;
}

/** Bytes of files that the server has acknowledged, by what the agent remembers on the disk. */
export function acknowledgedBytes(stateDir: string): number {
  try {
    const text = readFileSync(path.join(stateDir, 'state.json'), 'utf8');
    const offsets = new Map<number, number>();
    for (const line of text.split('\n').slice(1, -1)) {
      const { positions } = JSON.parse(line.slice(line.indexOf(' '))) as { positions: Kept[] };
      for (const { stream, offset } of positions) offsets.set(stream, offset);
    }
    return [...offsets.values()].reduce((sum, offset) => sum + offset, 0);
  } catch {
    return 0;
  }
}
