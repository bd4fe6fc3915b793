import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** How far an import of some files came, kept so that it can go on where it stopped. */
export interface ImportState {
  /** Pieces of a file that are stored already; 0 when nothing is known of it or it changed since. */
  done(file: string, identity: string): number;
  record(file: string, identity: string, pieces: number): void;
  forget(file: string): void;
}

type Entries = Record<string, { readonly identity: string; readonly pieces: number }>;

/** Files remembered at once; the oldest are dropped, which only costs sending their pieces again. */
const entriesMax = 1000;

/** Opens the state kept in a file; one that is missing or unreadable counts as empty. */
export function openImportState(place: string): ImportState {
  const entries = readEntries(place);
  const save = (): void => {
    for (const file of [...entries.keys()].slice(0, Math.max(0, entries.size - entriesMax))) entries.delete(file);
    if (entries.size === 0) {
      rmSync(place, { force: true });
      return;
    }
    mkdirSync(path.dirname(place), { recursive: true });
    const fresh = `${place}.${process.pid}`;
    writeFileSync(fresh, JSON.stringify(Object.fromEntries(entries)));
    renameSync(fresh, place);
  };
  return {
    done: (file, identity) => {
      const entry = entries.get(file);
      return entry?.identity === identity ? entry.pieces : 0;
    },
    record: (file, identity, pieces) => {
      entries.set(file, { identity, pieces });
      save();
    },
    forget: (file) => {
      if (entries.delete(file)) save();
    },
  };
}

function readEntries(place: string): Map<string, Entries[string]> {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(place, 'utf8')) as Entries));
  } catch {
    return new Map();
  }
}
