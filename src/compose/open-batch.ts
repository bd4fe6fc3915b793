import type { Pass } from '../detect/index.ts';
import type { BatchHead, OpenBatch } from '../ingest/index.ts';
import type { Logger } from '../observe/log.ts';
import type { Store } from '../store/index.ts';
import type { RecentBatches } from './recent-batches.ts';

/** Findings a batch's pass may hold before it is given up: such a batch is looked at again as it is stored, piece by piece. */
const findingsHeldMax = 20_000;

/**
 * A batch on its way from the belt to the store. With a detector in this process its events are held against the rules
 * as they are read, and what was found waits in `recent` for the detector to act on it; so no event is kept or read again.
 */
export function openBatch(
  batch: BatchHead,
  o: {
    readonly store: Pick<Store['events'], 'open'>;
    /** null: no detector here. */
    readonly look: ((day: string) => Pass) | null;
    readonly recent: Pick<RecentBatches<Pass>, 'keep'>;
    /** Whether a keyed batch that was not known before its insert can only be the one that was inserted. */
    readonly isAlone: boolean;
    /** Before every try to write. */
    readonly beforeWrite: () => Promise<void>;
    readonly log: Logger;
  },
): OpenBatch {
  const open = o.store.open(batch);
  let pass = o.look?.(batch.day) ?? null;
  return {
    async add(rows) {
      await open.add(rows);
      try {
        await pass?.hold(rows);
      } catch (error) {
        // Taking lines in does not depend on it: the detector meets the same rows in the store.
        o.log.warn({ err: error, batch: batch.id }, 'events could not be looked at while they were read');
        pass = null;
      }
      if (pass !== null && pass.findingsHeld > findingsHeldMax) pass = null;
    },
    async write() {
      await o.beforeWrite();
      const { isOurs } = await open.write();
      if (pass !== null && isOurs && (batch.key === '' || o.isAlone)) o.recent.keep(batch.id, pass);
    },
    close: () => open.close(),
  };
}
