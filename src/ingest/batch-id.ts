import { createHash } from 'node:crypto';

/**
 * Ids of batches without a key: base-36 milliseconds (nine digits, so text order is time order until the year 5188),
 * the writer's own id, a counter. They never go backwards, whatever the clock does.
 */
export function createBatchIds(clock: () => number, writer: string): () => string {
  let lastMs = 0;
  let count = 0;
  return () => {
    const nowMs = Math.floor(clock());
    count = nowMs > lastMs ? 0 : count + 1;
    lastMs = Math.max(nowMs, lastMs);
    return `${lastMs.toString(36).padStart(9, '0')}-${writer}-${count.toString(36).padStart(3, '0')}`;
  };
}

/** The id of a client's keyed batch: the same source and key are the same batch, for ever. */
export function keyedBatchId(source: string, key: string): string {
  return `k${createHash('sha256').update(`${source}\0${key}`).digest('hex').slice(0, 32)}`;
}
