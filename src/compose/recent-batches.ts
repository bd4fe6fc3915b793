import type { BatchRef } from '../model/batch.ts';
import type { SecurityEvent } from '../model/event.ts';
import type { Metrics } from '../observe/metrics.ts';

/**
 * Rows this process has just committed, so that its own detector need not read them back: what is stored reads back
 * bit for bit (a property test of the store), so it is the same to evaluate either. A batch is taken out when it is
 * asked for; whatever is not here is read from the store.
 */
export interface RecentBatches {
  keep(id: string, rows: readonly SecurityEvent[]): void;
  take(ref: BatchRef): readonly SecurityEvent[] | null;
  /** The batch that was taken is evaluated, or given up for now. */
  done(ref: BatchRef): void;
  /**
   * Resolves when so much is evaluated that another batch may come, or when it was waited for long enough.
   * Collecting faster than detecting would make each batch be read back from the store, which makes detecting slower
   * still; so the senders wait instead. Only for whoever has the one detector there is.
   */
  room(): Promise<void>;
}

export interface RecentBatchesOptions {
  /** Rows held at most; the oldest batches go first. 50,000 are about 100 MB of 2 KB events. */
  readonly rowsMax: number;
  /** Longest wait for room. */
  readonly roomWaitMs: number;
  readonly metrics: Pick<Metrics, 'counter'>;
}

export function createRecentBatches({ rowsMax, roomWaitMs, metrics }: RecentBatchesOptions): RecentBatches {
  const held = new Map<string, readonly SecurityEvent[]>();
  const waiting = new Set<() => void>();
  const paced = metrics.counter('ingest_paced_total', 'Batches that waited for the detector to catch up', ['outcome']);
  const taken = new Map<string, number>();
  let rows = 0;
  let takenRows = 0;
  const hasRoom = (): boolean => rows + takenRows <= rowsMax / 2;
  const letIn = (): void => {
    if (hasRoom()) for (const resume of [...waiting]) resume();
  };
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
    take: ({ id }) => {
      const found = drop(id);
      if (found !== null) {
        taken.set(id, found.length);
        takenRows += found.length;
      }
      return found;
    },
    done: ({ id }) => {
      takenRows -= taken.get(id) ?? 0;
      taken.delete(id);
      letIn();
    },
    room: () =>
      new Promise((resolve) => {
        if (hasRoom()) {
          resolve();
          return;
        }
        const end = (outcome: string): void => {
          clearTimeout(patience);
          waiting.delete(resume);
          paced.inc({ outcome });
          resolve();
        };
        const resume = (): void => end('room');
        const patience = setTimeout(() => end('given-up'), roomWaitMs);
        waiting.add(resume);
      }),
  };
}
