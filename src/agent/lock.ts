import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AgentConfigError } from './config.ts';

/**
 * One agent a state directory: two would each send what the other forgets. Throws AgentConfigError when another runs.
 * The lock of one that was killed is taken over: its pid is gone, or is another process's.
 */
export function lockState(dir: string): () => void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const place = path.join(dir, 'lock');
  const holder = readLock(place);
  if (holder !== null && holder.pid !== process.pid && startOf(holder.pid) === holder.start)
    throw new AgentConfigError(`another agent (pid ${holder.pid}) runs with ${dir}`);
  writeFileSync(place, JSON.stringify({ pid: process.pid, start: startOf(process.pid) }));
  return () => rmSync(place, { force: true });
}

function readLock(place: string): { readonly pid: number; readonly start: string } | null {
  try {
    return JSON.parse(readFileSync(place, 'utf8')) as { pid: number; start: string };
  } catch {
    return null;
  }
}

/** When a process was started, in the kernel's ticks; its pid where there is no /proc; '' when it does not run. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    if (process.platform === 'linux') return '';
  }
  try {
    process.kill(pid, 0);
    return String(pid);
  } catch {
    return '';
  }
}
