import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Batch } from '../model/batch.ts';
import type { SecurityEvent } from '../model/event.ts';
import { createShares, type Shares } from './batch-shares.ts';
import { type Batches, tokenOfBatches } from './batches.ts';
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

/** Batches of one day in the making: takes their events as they are read, and is written as often as it takes. */
export interface OpenBlock {
  /** Rows added from now on are of this batch. */
  begin(batch: NewBatch): void;
  /** The next rows. They are not kept: what is to be sent of them is put down at once. */
  add(rows: readonly SecurityEvent[]): Promise<void>;
  /**
   * Stores all rows as one block, then the batches' ledger rows; both count once however often this is called.
   * When it returns, the batches are in the store; `isOurs` tells that these very rows are, and not those of somebody who
   * sent a batch of this key before. When it throws StoreAway, they may or may not be there: call again, or leave them to
   * `adoptOrphans`. When it throws StoreRefused, the rows are certainly not there.
   *
   * A keyed batch alone may be sent to several processes at once. Keyed batches of one block may not: only who sends the
   * same block again is recognised while it is under way.
   */
  write(): Promise<{ readonly committedTimeMs: number; readonly isOurs: boolean }>;
  /** Nothing is added or written any more, nor is a write under way. */
  close(): void;
}

export interface EventsWriter {
  /** `day` is the day of all its batches. */
  open(day: string): OpenBlock;
}

/** ClickHouse's own code for a fault of the program. */
const unexpected = 49;
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
    open(day) {
      const block = idle.pop() ?? createEventBlock(blockRows, retention);
      const opened: Opened[] = [];
      let refusal: StoreRefused | null = null;
      let isStored = false;
      let endWriting: (() => void) | null = null;
      block.begin(day);

      const ids = (): string[] => opened.map(({ batch }) => batch.id);

      const send = async (committedTimeMs: number): Promise<void> => {
        if (refusal !== null) throw refusal;
        await sql.insertBlock(
          'events',
          block.finish(committedTimeMs),
          tokenOfBatches(opened.map(({ batch }) => batch)),
        );
      };

      /** The one keyed batch may have come days ago, when its token is forgotten or its day (so the partition) another. */
      const knownBefore = async (): Promise<Batch | null> => {
        const [first, ...others] = opened;
        if (first === undefined || others.length > 0 || first.batch.key === '') return null;
        return batches.findOrAdopt(first.batch.id);
      };

      /** An earlier try may have landed unseen, and then whole; the last of its ledger rows, or null. */
      const landed = async (): Promise<Batch | null> => {
        let found: Batch | null = null;
        for (const id of ids()) {
          found = await batches.findRows(id);
          if (found === null) return null;
        }
        return found;
      };

      return {
        begin(batch) {
          opened.push({ batch, rows: 0, shares: createShares(), sources: new Set() });
        },
        async add(more) {
          const current = opened.at(-1);
          if (current === undefined) throw new TypeError('rows before their batch');
          for (const [i, row] of more.entries()) {
            if (refusal !== null) return;
            try {
              block.add(row);
            } catch (error) {
              // Whatever a row cannot be put down for, it is that row's and not its company's.
              refusal = error instanceof StoreRefused ? error : new StoreRefused(unexpected, String(error), error);
            }
            current.rows += 1;
            current.shares.add(row);
            current.sources.add(row.source);
            // Others want the event loop too: 1,000 rows are about ten milliseconds.
            if (i % 1_000 === 999) await nextTurn();
          }
        },
        async write() {
          const known = await knownBefore();
          if (known !== null) return { committedTimeMs: known.committedTimeMs, isOurs: false };
          endWriting ??= batches.writing(ids());
          const committedTimeMs = clock();
          try {
            await send(committedTimeMs);
          } catch (error) {
            if (!(error instanceof StoreRefused)) throw error;
            // Refused means: not there, so that the caller may send its lines on another way without doubling them.
            const found = await landed();
            if (found === null) throw error;
            return { committedTimeMs: found.committedTimeMs, isOurs: false };
          }
          await batches.record(
            opened.map(({ batch: { id, day, receivedTimeMs, key }, rows, sources, shares }) => ({
              batch: { id, day, rows, receivedTimeMs, committedTimeMs, sources: [...sources], how: 'committed' },
              key,
              shares: shares.all(),
            })),
          );
          isStored = true;
          return { committedTimeMs, isOurs: true };
        },
        close() {
          endWriting?.();
          // Of a write that was given up, something may still be on its way out of the block.
          if (isStored && idle.length < idleBlocksMax) idle.push(block);
          isStored = false;
        },
      };
    },
  };
}

/** A batch of a block, as far as it was added. */
interface Opened {
  readonly batch: NewBatch;
  rows: number;
  readonly shares: Shares;
  readonly sources: Set<string>;
}
