import { within } from '../cli/stop-signal.ts';
import type { Pass } from '../detect/index.ts';
import type { OpenBlock } from '../ingest/index.ts';
import type { Logger } from '../observe/log.ts';
import type { Store } from '../store/index.ts';
import type { RecentBatches } from './recent-batches.ts';

/**
 * Findings and members of correlations a batch's pass may hold before it is given up: such a batch is looked at again as
 * it is stored, piece by piece.
 */
const foundMax = 20_000;
/** Longest wait for rules to be compiled for a new kind of events; taking lines in does not hang on it. */
const lookWaitMs = 1_000;

/**
 * Batches on their way from the belt to the store. With a detector in this process their events are held against the
 * rules as they are read, and what was found waits in `recent` for the detector to act on it; so no event is kept or read
 * again.
 */
export function openBlock(
  day: string,
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
): OpenBlock {
  const open = o.store.open(day);
  const looks: { readonly id: string; readonly key: string; pass: Pass | null }[] = [];
  return {
    begin(batch) {
      open.begin(batch);
      looks.push({ id: batch.id, key: batch.key, pass: o.look?.(day) ?? null });
    },
    async add(rows) {
      await open.add(rows);
      const current = looks.at(-1);
      if (current === undefined || current.pass === null) return;
      try {
        const { pass } = current;
        const isHeld = await within(pass.hold(rows), lookWaitMs);
        if (!isHeld || pass.findingsHeld + pass.members.length > foundMax) current.pass = null;
      } catch (error) {
        // Taking lines in does not depend on it: the detector meets the same rows in the store.
        o.log.warn({ err: error, batch: current.id }, 'events could not be looked at while they were read');
        current.pass = null;
      }
    },
    async write() {
      await o.beforeWrite();
      const { isOurs } = await open.write();
      for (const { id, key, pass } of looks)
        if (pass !== null && isOurs && (key === '' || o.isAlone)) o.recent.keep(id, pass);
    },
    close: () => open.close(),
  };
}
