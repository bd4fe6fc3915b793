import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Batch } from '../model/batch.ts';
import type { SecurityEvent } from '../model/event.ts';
import { createShares } from './batch-shares.ts';
import type { Batches } from './batches.ts';
import { StoreRefused } from './errors.ts';
import { createEventBlock, type EventBlock } from './event-block.ts';
import type { RetentionPolicy } from './retention.ts';
import type { Sql } from './sql.ts';

/** What a writer knows of a batch before it is stored. `key` is the client's idempotency key, '' without one. */
export interface NewBatch {
  readonly id: string;
  readonly day: string;
  readonly receivedTimeMs: number;
  readonly key: string;
}

/** A batch in the making: takes its events as they are read, and is written as often as it takes. */
export interface OpenBatch {
  /** The next rows. They are not kept: what is to be sent of them is put down at once. */
  add(rows: readonly SecurityEvent[]): Promise<void>;
  /**
   * Stores the rows as one block, then the batch's ledger row; both count once however often this is called.
   * When it returns, the batch is in the store; `isOurs` tells that these very rows are, and not those of somebody who
   * sent a batch of this key before. When it throws StoreAway, the batch may or may not be there: call again, or leave it
   * to `adoptOrphans`. When it throws StoreRefused, the rows are certainly not there.
   */
  write(): Promise<{ readonly committedTimeMs: number; readonly isOurs: boolean }>;
  /** Nothing is added or written any more, nor is a write under way. */
  close(): void;
}

export interface EventsWriter {
  open(batch: NewBatch): OpenBatch;
}

/** Blocks kept for the next batch: making their room anew for each would be most of what the garbage collector does. */
const idleBlocksMax = 2;
/** Rows a block has room for at first; it grows to what the batches have. */
const blockRows = 2_000;

export function createEventsWriter(o: {
  sql: Sql;
  batches: Batches;
  retention: RetentionPolicy;
  clock: () => number;
}): EventsWriter {
  const { sql, batches, retention, clock } = o;
  const idle: EventBlock[] = [];

  return {
    open(batch) {
      const block = idle.pop() ?? createEventBlock(blockRows, retention);
      const shares = createShares();
      const sources = new Set<string>();
      let rows = 0;
      let refusal: StoreRefused | null = null;
      let isStored = false;
      block.begin(batch.day);

      const send = async (committedTimeMs: number): Promise<void> => {
        if (refusal !== null) throw refusal;
        await sql.insertBlock('events', block.finish(committedTimeMs), batch.id);
      };

      return {
        async add(more) {
          for (const [i, row] of more.entries()) {
            if (refusal !== null) return;
            try {
              block.add(row);
            } catch (error) {
              if (!(error instanceof StoreRefused)) throw error;
              refusal = error;
            }
            rows += 1;
            shares.add(row);
            sources.add(row.source);
            // Others want the event loop too: 1,000 rows are about ten milliseconds.
            if (i % 1_000 === 999) await nextTurn();
          }
        },
        async write() {
          // A keyed batch may come again days later, when the token is forgotten or the day (so the partition) is another.
          const known = batch.key === '' ? null : await batches.findOrAdopt(batch.id);
          if (known !== null) return { committedTimeMs: known.committedTimeMs, isOurs: false };
          const committedTimeMs = clock();
          try {
            await send(committedTimeMs);
          } catch (error) {
            if (!(error instanceof StoreRefused)) throw error;
            // An earlier try of this batch may have landed unseen. Refused means: not there, so that the caller may send
            // its lines on another way without doubling them.
            const landed = await batches.findRows(batch.id);
            if (landed === null) throw error;
            return { committedTimeMs: landed.committedTimeMs, isOurs: false };
          }
          const ledgerRow: Batch = {
            id: batch.id,
            day: batch.day,
            rows,
            receivedTimeMs: batch.receivedTimeMs,
            committedTimeMs,
            sources: [...sources],
            how: 'committed',
          };
          await batches.record(ledgerRow, batch.key, shares.all());
          isStored = true;
          return { committedTimeMs, isOurs: true };
        },
        close() {
          // Of a write that was given up, something may still be on its way out of the block.
          if (isStored && idle.length < idleBlocksMax) idle.push(block);
          isStored = false;
        },
      };
    },
  };
}
