import type { BatchRef } from '../model/batch.ts';
import type { Metrics } from '../observe/metrics.ts';

/**
 * What was found in batches that this process has just committed, while they were read: what is stored reads back bit for
 * bit (a property test of the store), so it is the same to evaluate either. A batch is taken out when it is asked for;
 * whatever is not here is read from the store.
 */
export interface RecentBatches<T extends { readonly held: number }> {
  /** `held` is how many rows it was. */
  keep(id: string, batch: T): void;
  take(ref: BatchRef): T | null;
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
  /** Rows waiting at most; the oldest batches go first. Kept are only those that met a rule. */
  readonly rowsMax: number;
  /** Longest wait for room. */
  readonly roomWaitMs: number;
  readonly metrics: Pick<Metrics, 'counter'>;
}

export function createRecentBatches<T extends { readonly held: number }>(o: RecentBatchesOptions): RecentBatches<T> {
  const { rowsMax, roomWaitMs, metrics } = o;
  const held = new Map<string, T>();
  const waiting = new Set<() => void>();
  const paced = metrics.counter('ingest_paced_total', 'Batches that waited for the detector to catch up', ['outcome']);
  const taken = new Map<string, number>();
  let rows = 0;
  let takenRows = 0;
  const hasRoom = (): boolean => rows + takenRows <= rowsMax / 2;
  const letIn = (): void => {
    if (hasRoom()) for (const resume of [...waiting]) resume();
  };
  const drop = (id: string): T | null => {
    const found = held.get(id) ?? null;
    if (found !== null) rows -= found.held;
    held.delete(id);
    return found;
  };
  return {
    keep: (id, batch) => {
      drop(id);
      held.set(id, batch);
      rows += batch.held;
      for (const oldest of held.keys()) {
        if (rows <= rowsMax) break;
        drop(oldest);
      }
    },
    take: ({ id }) => {
      const found = drop(id);
      if (found !== null) {
        taken.set(id, found.held);
        takenRows += found.held;
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
