import type { BatchHead } from './ports.ts';
import type { Entry } from './waiting.ts';

/** A batch, and the submissions whose lines it has. */
export interface Planned {
  readonly head: BatchHead;
  readonly entries: readonly Entry[];
}

/**
 * The batches of what is stored together: one of everything without a key, and one for each key, since a client that sends
 * its key again is answered from the batch of that name. `nextId` names the batch without a key.
 */
export function planBatches(entries: readonly Entry[], nextId: () => string): readonly Planned[] {
  const headOf = ({ submission: { receivedTimeMs, key }, day }: Entry, id: string): BatchHead => {
    return { id, day, receivedTimeMs, key };
  };
  const keyless = entries.filter(({ keyedId }) => keyedId === '');
  const [first] = keyless;
  const shared = first === undefined ? [] : [{ head: headOf(first, nextId()), entries: keyless }];
  const keyed = entries.filter(({ keyedId }) => keyedId !== '');
  return [...shared, ...keyed.map((entry) => ({ head: headOf(entry, entry.keyedId), entries: [entry] }))];
}
