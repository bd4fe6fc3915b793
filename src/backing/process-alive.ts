import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** When a process began, as an opaque text: a process id alone is reused. Null when there is no such process. */
export function processStart(pid: number): string | null {
  if (process.platform !== 'linux') return startByPs(pid);
  const stat = statOf(pid);
  return stat === null || stat.isZombie ? null : stat.start;
}

/**
 * Whether a process that began at `start` still does something, if only ending: a killed one goes on until the last
 * system calls of all its threads are done, and its leader may be dead by then.
 */
export function isActive(pid: number, start: string): boolean {
  if (process.platform !== 'linux') return startByPs(pid) === start;
  const stat = statOf(pid);
  if (stat === null || stat.start !== start) return false;
  return !stat.isZombie || threadsOf(pid) > 1;
}

function statOf(pid: number): { readonly isZombie: boolean; readonly start: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command in parentheses may hold anything, so fields are counted from its end (proc(5): 22 is starttime).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { isZombie: fields[0] === 'Z', start: fields[19] ?? '' };
  } catch {
    return null;
  }
}

function threadsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0;
  }
}

function startByPs(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}
