import type { BatchRef } from '../model/batch.ts';
import type { Logger } from '../observe/log.ts';
import type { DetectLimits } from './limits.ts';
import type { OfferPort, StorePort } from './ports.ts';

/** Timers, so that a test holds them in its hand. */
export interface Timers {
  every(ms: number, run: () => void): () => void;
}

export interface Sweeper {
  /** Offers what the ledgers show as waiting; returns how many batches were offered. */
  sweep(): Promise<number>;
  /** Sweeps every `sweepEveryMs`, never two at a time; returns how to stop. */
  start(timers: Timers): () => void;
}

/**
 * The ledgers are the truth and the queue a wake-up: whatever was committed and not evaluated is offered again, after
 * FLUSHALL, after a crash between commit and offer, after anything. A batch younger than `sweepGraceMs` (since this
 * process saw it first) is left to the job it already has.
 */
export function createSweeper(o: {
  readonly store: Pick<StorePort, 'unevaluated' | 'adoptOrphans'>;
  readonly offer: OfferPort;
  readonly clock: () => number;
  readonly limits: DetectLimits;
  readonly log: Logger;
}): Sweeper {
  const { store, limits, log } = o;
  let waitingSince: ReadonlyMap<string, number> = new Map();

  const sweep = async (): Promise<number> => {
    const adopted = await store.adoptOrphans(limits.orphanAgeMs);
    if (adopted.length > 0)
      log.warn({ batches: adopted.length }, 'rows without a ledger row were taken into the ledger');
    const waiting = await store.unevaluated(limits.sweepBatchesMax);
    const nowMs = o.clock();
    waitingSince = new Map(waiting.map(({ id }) => [id, waitingSince.get(id) ?? nowMs]));
    const overdue = waiting.filter(({ id }) => nowMs - (waitingSince.get(id) ?? nowMs) >= limits.sweepGraceMs);
    for (const ref of overdue) await o.offer(ref satisfies BatchRef);
    return overdue.length;
  };

  return {
    sweep,
    start: (timers) => {
      let running = false;
      return timers.every(limits.sweepEveryMs, () => {
        if (running) return;
        running = true;
        sweep()
          .catch((error: unknown) => log.warn({ err: error }, 'sweep failed; the next one tries again'))
          .finally(() => {
            running = false;
          });
      });
    },
  };
}
