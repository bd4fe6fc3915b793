import type { RawLine, Receipt, Rejection, Submission } from '../model/source.ts';

/** A submission on its way: screened, waiting for its batch. */
export interface Entry {
  readonly submission: Submission;
  readonly kept: readonly RawLine[];
  readonly rejected: readonly Rejection[];
  /** UTF-16 units of all its lines. */
  readonly bytes: number;
  readonly day: string;
  /** Batch id of a keyed submission; ''. */
  readonly keyedId: string;
  readonly sinceMs: number;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: Error) => void;
}

/** What waits, by source, taken in turn: a source with much waiting delays itself, not the others. */
export interface Waiting {
  add(entry: Entry): void;
  /**
   * Entries to be stored together: one received day, within the bounds (a single entry may be over); keyed ones alone
   * unless they may be with others.
   */
  take(rowsMax: number, bytesMax: number): readonly Entry[];
  /** Everything, in the order it came in by source. */
  drain(): readonly Entry[];
  readonly rows: number;
  readonly bytes: number;
  readonly entries: number;
  /** When the longest-waiting entry came; null when nothing waits. */
  oldestSinceMs(): number | null;
}

export function createWaiting(o: { readonly keyedTogether: boolean }): Waiting {
  // Insertion order is the order of turns: a source served goes to the end.
  const bySource = new Map<string, Entry[]>();
  let rows = 0;
  let bytes = 0;
  let entries = 0;

  function remove(source: string, list: Entry[]): void {
    const entry = list.shift();
    if (entry === undefined) return;
    rows -= entry.kept.length;
    bytes -= entry.bytes;
    entries -= 1;
    bySource.delete(source);
    if (list.length > 0) bySource.set(source, list);
  }

  return {
    add(entry) {
      const source = entry.submission.source.id;
      const list = bySource.get(source);
      if (list === undefined) bySource.set(source, [entry]);
      else list.push(entry);
      rows += entry.kept.length;
      bytes += entry.bytes;
      entries += 1;
    },
    take(rowsMax, bytesMax) {
      const taken: Entry[] = [];
      let takenRows = 0;
      let takenBytes = 0;
      // Each turn takes one entry of each source; sources whose next entry does not fit sit the batch out.
      const out = new Set<string>();
      for (let moved = true; moved; ) {
        moved = false;
        for (const [source, list] of [...bySource]) {
          const entry = list[0];
          if (entry === undefined || out.has(source)) continue;
          const first = taken[0];
          const fits =
            first === undefined ||
            ((o.keyedTogether || (first.keyedId === '' && entry.keyedId === '')) &&
              entry.day === first.day &&
              takenRows + entry.kept.length <= rowsMax &&
              takenBytes + entry.bytes <= bytesMax);
          if (!fits) {
            out.add(source);
            continue;
          }
          remove(source, list);
          taken.push(entry);
          takenRows += entry.kept.length;
          takenBytes += entry.bytes;
          moved = true;
        }
      }
      return taken;
    },
    drain() {
      const all = [...bySource.values()].flat();
      bySource.clear();
      rows = 0;
      bytes = 0;
      entries = 0;
      return all;
    },
    get rows() {
      return rows;
    },
    get bytes() {
      return bytes;
    },
    get entries() {
      return entries;
    },
    oldestSinceMs() {
      let oldest: number | null = null;
      for (const list of bySource.values()) {
        const since = list[0]?.sinceMs;
        if (since !== undefined && (oldest === null || since < oldest)) oldest = since;
      }
      return oldest;
    },
  };
}
