import type { SecurityEvent } from '../../src/model/event.ts';
import type { EventsWriter, NewBatch, OpenBlock } from '../../src/store/events-writer.ts';

/** Stores events that are there already. */
export async function insertBatch(
  events: Pick<EventsWriter, 'open'>,
  batch: NewBatch,
  rows: readonly SecurityEvent[],
): ReturnType<OpenBlock['write']> {
  const open = events.open(batch.day);
  try {
    open.begin(batch);
    await open.add(rows);
    return await open.write();
  } finally {
    open.close();
  }
}

/** A store for the belt that is given each batch whole. */
export function wholeBatches(
  write: (batch: NewBatch, rows: readonly SecurityEvent[]) => Promise<unknown>,
): EventsWriter['open'] {
  return () => {
    const batches: { readonly batch: NewBatch; readonly rows: SecurityEvent[] }[] = [];
    return {
      begin: (batch) => void batches.push({ batch, rows: [] }),
      add: async (more) => void batches.at(-1)?.rows.push(...more),
      write: async () => {
        for (const { batch, rows } of batches) await write(batch, rows);
        return { committedTimeMs: 0, isOurs: true };
      },
      close: () => undefined,
    };
  };
}
