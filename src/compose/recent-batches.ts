import type { BatchRef } from '../model/batch.ts';
import type { SecurityEvent } from '../model/event.ts';

/**
 * Rows this process has just committed, so that its own detector need not read them back: what is stored reads back
 * bit for bit (a property test of the store), so it is the same to evaluate either. A batch is taken out when it is
 * asked for; whatever is not here is read from the store.
 */
export interface RecentBatches {
  keep(id: string, rows: readonly SecurityEvent[]): void;
  take(ref: BatchRef): readonly SecurityEvent[] | null;
}

/** Rows held at most; the oldest batches go first. About 100 MB of 2 KB events. */
export function createRecentBatches(rowsMax: number): RecentBatches {
  const held = new Map<string, readonly SecurityEvent[]>();
  let rows = 0;
  const drop = (id: string): readonly SecurityEvent[] | null => {
    const found = held.get(id) ?? null;
    if (found !== null) rows -= found.length;
    held.delete(id);
    return found;
  };
  return {
    keep: (id, batch) => {
      drop(id);
      held.set(id, batch);
      rows += batch.length;
      for (const oldest of held.keys()) {
        if (rows <= rowsMax) break;
        drop(oldest);
      }
    },
    take: ({ id }) => drop(id),
  };
}
