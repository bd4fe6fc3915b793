import type { SecurityEvent } from '../../src/model/event.ts';
import type { EventsWriter, NewBatch, OpenBatch } from '../../src/store/events-writer.ts';

/** Stores events that are there already. */
export async function insertBatch(
  events: Pick<EventsWriter, 'open'>,
  batch: NewBatch,
  rows: readonly SecurityEvent[],
): ReturnType<OpenBatch['write']> {
  const open = events.open(batch);
  try {
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
  return (batch) => {
    const rows: SecurityEvent[] = [];
    return {
      add: async (more) => void rows.push(...more),
      write: async () => {
        await write(batch, rows);
        return { committedTimeMs: 0, isOurs: true };
      },
      close: () => undefined,
    };
  };
}
