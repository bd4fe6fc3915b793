import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Batch } from '../model/batch.ts';
import type { SecurityEvent } from '../model/event.ts';
import { sharesOf } from './batch-shares.ts';
import type { Batches } from './batches.ts';
import { StoreRefused } from './errors.ts';
import { createEventBlock } from './event-block.ts';
import type { RetentionPolicy } from './retention.ts';
import type { Sql } from './sql.ts';

/** What a writer knows of a batch before it is stored. `key` is the client's idempotency key, '' without one. */
export interface NewBatch {
  readonly id: string;
  readonly day: string;
  readonly receivedTimeMs: number;
  readonly key: string;
}

export interface EventsWriter {
  /**
   * Stores the rows as one block, then the batch's ledger row; both count once however often they are sent.
   * When it returns, the batch is in the store. When it throws StoreAway, it may or may not be: call again with the
   * same rows, or leave it to `adoptOrphans`. When it throws StoreRefused, the rows are certainly not there.
   */
  insertBatch(batch: NewBatch, rows: readonly SecurityEvent[]): Promise<{ committedTimeMs: number }>;
}

export function createEventsWriter(o: {
  sql: Sql;
  batches: Batches;
  retention: RetentionPolicy;
  clock: () => number;
}): EventsWriter {
  const { sql, batches, retention, clock } = o;
  return {
    async insertBatch(batch, rows) {
      // A keyed batch may come again days later, when the token is forgotten or the day (so the partition) is another.
      const known = batch.key === '' ? null : await batches.findOrAdopt(batch.id);
      if (known !== null) return { committedTimeMs: known.committedTimeMs };
      const committedTimeMs = clock();
      try {
        const block = createEventBlock({ rows: rows.length, day: batch.day, committedTimeMs, retention });
        for (const [i, row] of rows.entries()) {
          block.add(row);
          // Others want the event loop too: 1,000 rows are about ten milliseconds.
          if (i % 1_000 === 999) await nextTurn();
        }
        await sql.insertBlock('events', block.finish(), batch.id);
      } catch (error) {
        if (!(error instanceof StoreRefused)) throw error;
        // An earlier try of this batch may have landed unseen. Refused means: not there, so that the caller may send
        // its lines on another way without doubling them.
        const landed = await batches.findRows(batch.id);
        if (landed === null) throw error;
        return { committedTimeMs: landed.committedTimeMs };
      }
      const shares = sharesOf(rows);
      const ledgerRow: Batch = {
        id: batch.id,
        day: batch.day,
        rows: rows.length,
        receivedTimeMs: batch.receivedTimeMs,
        committedTimeMs,
        sources: [...new Set(shares.map((s) => s.source))],
        how: 'committed',
      };
      await batches.record(ledgerRow, batch.key, shares);
      return { committedTimeMs };
    },
  };
}
