import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const checkMs = 20;

/**
 * Waits until the process that last had the directory is wholly gone, at most `waitMs`, and writes down that we have it
 * now; false when it is still there. A killed process goes on for as long as its threads' last system calls take, and
 * those may still move files.
 */
export async function succeed(pidFile: string, waitMs: number): Promise<boolean> {
  const before = lastOwner(pidFile);
  const until = Date.now() + waitMs;
  while (before !== null && isActive(before)) {
    if (Date.now() >= until) return false;
    await wait(checkMs);
  }
  writeFileSync(pidFile, `${process.pid} ${startTime(process.pid)}`);
  return true;
}

interface Owner {
  readonly pid: number;
  /** In ticks since the machine's start: tells the process from a later one with its number (proc(5), field 22). */
  readonly startTime: string;
}

function lastOwner(pidFile: string): Owner | null {
  try {
    const [pid = '', started = ''] = readFileSync(pidFile, 'utf8').split(' ');
    return { pid: Number(pid), startTime: started };
  } catch {
    return null;
  }
}

function isActive({ pid, startTime: started }: Owner): boolean {
  try {
    if (pid === process.pid || startTime(pid) !== started) return false;
    const isZombie = statFields(pid)[0] === 'Z';
    // A dead leader waits for its threads; when it is alone, all of them are gone.
    return !isZombie || readdirSync(`/proc/${pid}/task`).length > 1;
  } catch {
    return false;
  }
}

/** Fields of /proc/<pid>/stat from the third on; the second is a name in brackets that may hold blanks. */
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function startTime(pid: number): string {
  try {
    return statFields(pid)[19] ?? '';
  } catch {
    return '';
  }
}
