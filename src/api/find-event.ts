import type { EventsPort, FindEvent } from './ports.ts';

/** An event's id begins with its batch, and the ledger knows the partition day of recent batches. */
export function createFindEvent(events: Pick<EventsPort, 'byIds' | 'findBatch'>): FindEvent {
  return async (id, givenDay) => {
    const day = givenDay ?? (await events.findBatch(id.slice(0, Math.max(0, id.lastIndexOf('-')))))?.day;
    if (day === undefined) return null;
    const [event] = await events.byIds([{ event: id, day }]);
    return event ?? null;
  };
}
