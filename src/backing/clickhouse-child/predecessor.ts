import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { isActive, processStart } from '../process-alive.ts';

const checkMs = 20;

/**
 * Waits until the process that last had the directory is wholly gone, at most `waitMs`, and writes down that we have it
 * now; false when it is still there. What a killed process still has under way may move files.
 */
export async function succeed(ownerFile: string, waitMs: number): Promise<boolean> {
  const [pid, start] = lastOwner(ownerFile);
  const until = Date.now() + waitMs;
  while (pid !== process.pid && isActive(pid, start)) {
    if (Date.now() >= until) return false;
    await wait(checkMs);
  }
  writeFileSync(ownerFile, `${process.pid} ${processStart(process.pid) ?? ''}`);
  return true;
}

/** Process id and start (process-alive.ts) of whoever had the directory before; a process that cannot be when nobody had. */
function lastOwner(ownerFile: string): readonly [number, string] {
  try {
    const [, pid, start] = /^(\d+) (.+)$/.exec(readFileSync(ownerFile, 'utf8')) ?? [];
    return [Number(pid ?? 0), start ?? ''];
  } catch {
    return [0, ''];
  }
}
