import { createHash } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../observe/log.ts';
import { listRuleFiles } from './rule-files.ts';

/** How rule folders are followed. */
export interface RuleChangeLimits {
  /**
   * Files are looked at this often even when nothing was told: network folders and mounts tell nothing. Less often, down
   * to `pollSlowMs`, when there are so many that looking would take more than `pollShare` (0–1) of the time.
   */
  readonly pollMs: number;
  readonly pollSlowMs: number;
  readonly pollShare: number;
  /** What changed must stay the same for so long before it is read: an upload or a checkout takes its time. */
  readonly settleMs: number;
  /** Folders watched for a quicker answer; beyond them the poll alone finds changes. */
  readonly watchedFoldersMax: number;
}

const defaultRuleChangeLimits: RuleChangeLimits = {
  pollMs: 5000,
  pollSlowMs: 60_000,
  pollShare: 0.005,
  settleMs: 400,
  watchedFoldersMax: 256,
};

const filesAtOnce = 64;

/**
 * What lies in the places now: hash over paths, sizes and times of change. Equal ones mean that nothing was written.
 * Throws RulesUnreadable when a place cannot be read.
 */
export async function fingerprintOf(places: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  const files = await listRuleFiles(places);
  for (let from = 0; from < files.length; from += filesAtOnce) {
    const some = files.slice(from, from + filesAtOnce);
    // A file that went away between the listing and here is a change, too.
    const all = await Promise.all(some.map((file) => stat(file).catch(() => null)));
    for (const [i, facts] of all.entries())
      hash.update(`${some[i]}\0${facts?.size}\0${facts?.mtimeMs}\0${facts?.ino}\n`);
  }
  return hash.digest('hex');
}

/** How the folders were last found: their fingerprint, or the reason why they cannot be read. */
type Seen = { readonly kind: 'files'; readonly print: string } | { readonly kind: 'unreadable'; readonly why: string };

/**
 * Calls `changed` once whatever was written into the places has settled, never twice at a time, until closed. `known` is
 * the fingerprint of what was read last; `changed` returns that of what it read, or null when it could not.
 */
export function followRules(o: {
  readonly places: readonly string[];
  readonly known: string;
  readonly changed: () => Promise<string | null>;
  readonly log: Logger;
  readonly limits?: Partial<RuleChangeLimits>;
}): { close(): Promise<void> } {
  const limits = { ...defaultRuleChangeLimits, ...o.limits };
  const watchers = new Map<string, FSWatcher>();
  let handled = o.known;
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  let busy = false;
  let lookMs = 0;
  let closed = false;

  const look = async (): Promise<Seen> => {
    const beganMs = performance.now();
    try {
      const print = await fingerprintOf(o.places);
      lookMs = performance.now() - beganMs;
      return { kind: 'files', print };
    } catch (error) {
      return { kind: 'unreadable', why: error instanceof Error ? error.message : String(error) };
    }
  };

  const round = async (): Promise<void> => {
    await watchFolders();
    let seen = textOf(await look());
    if (seen === handled) return;
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, limits.settleMs));
      if (closed) return;
      const again = textOf(await look());
      if (again === seen) break;
      seen = again;
    }
    const read = await o.changed();
    // What could not be read is not tried again and again, only once it changes.
    handled = read ?? seen;
  };

  const plan = (waitMs: number): void => {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(run, waitMs);
  };
  const run = (): void => {
    if (busy) return;
    busy = true;
    working = round()
      .catch((error: unknown) => o.log.warn({ err: error }, 'the rule folders could not be looked at; tried again'))
      .then(() => {
        busy = false;
        plan(Math.max(limits.pollMs, Math.min(limits.pollSlowMs, lookMs / limits.pollShare)));
      });
  };

  /** Watches every folder there is now; one that cannot be watched is left to the poll. */
  const watchFolders = async (): Promise<void> => {
    const folders = new Set((await Promise.all(o.places.map(foldersOf))).flat().slice(0, limits.watchedFoldersMax));
    for (const [folder, watcher] of watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      watchers.delete(folder);
    }
    for (const folder of folders) {
      if (closed || watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, () => plan(0));
        watcher.on('error', () => {
          watcher.close();
          watchers.delete(folder);
        });
        watchers.set(folder, watcher);
      } catch {
        return;
      }
    }
  };

  plan(0);
  return {
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await working;
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

function textOf(seen: Seen): string {
  return seen.kind === 'files' ? seen.print : `unreadable: ${seen.why}`;
}

async function foldersOf(place: string): Promise<string[]> {
  const entries = await readdir(place, { recursive: true, withFileTypes: true }).catch(() => null);
  if (entries === null) return [];
  return [place, ...entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))];
}
