import type { BatchRef } from '../model/batch.ts';
import { eventSelect, readEvent, type StoredEvent } from './event-columns.ts';
import type { StoreLimits } from './limits.ts';
import { inChunks, type Sql } from './sql.ts';

export interface EventsReader {
  /** Every event of a batch, ordered by id. */
  readBatch(ref: BatchRef): Promise<StoredEvent[]>;
  /** The events named, in the order named; those that retention removed are left out. */
  byIds(refs: readonly { readonly event: string; readonly day: string }[]): Promise<StoredEvent[]>;
}

/** Batch part of an event id `<batch>-<row>`. */
function batchOf(event: string): string {
  return event.slice(0, Math.max(0, event.lastIndexOf('-')));
}

export function createEventsReader(o: { sql: Sql; limits: StoreLimits }): EventsReader {
  const { sql, limits } = o;
  return {
    async readBatch(ref) {
      const rows = await sql.tuples(
        `SELECT ${eventSelect} FROM events WHERE day = {day:Date} AND batch = {batch:String} ORDER BY id`,
        { day: ref.day, batch: ref.id },
      );
      return rows.map(readEvent);
    },
    async byIds(refs) {
      const dayOfEvent = new Map(refs.map((r) => [r.event, r.day]));
      const found = new Map<string, StoredEvent>();
      for (const ids of inChunks([...dayOfEvent.keys()], limits.idCharsPerQuery / 2)) {
        const rows = await sql.tuples(
          `SELECT ${eventSelect} FROM events WHERE day IN {days:Array(Date)} AND batch IN {batches:Array(String)}
             AND id IN {ids:Array(String)}`,
          {
            ids,
            batches: [...new Set(ids.map(batchOf))],
            days: [...new Set(ids.map((id) => dayOfEvent.get(id) ?? ''))],
          },
        );
        for (const row of rows) {
          const event = readEvent(row);
          found.set(event.id, event);
        }
      }
      return [...dayOfEvent.keys()].flatMap((id) => found.get(id) ?? []);
    },
  };
}
