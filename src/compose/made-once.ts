import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The text of a file that is made at the first start, for its owner only, and never written over: of two processes that
 * start at once the first makes it and both read it.
 */
export function madeOnce(place: string, make: () => string): string {
  mkdirSync(path.dirname(place), { recursive: true });
  try {
    writeFileSync(place, make(), { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readFileSync(place, 'utf8');
}
