import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { FeedItem } from '../contract/feed.ts';
import type { Logger } from '../observe/log.ts';
import { answered } from './away.ts';
import { publishScript, sinceScript } from './bus-scripts.ts';
import type { StateLimits } from './limits.ts';
import { createRunId } from './run-id.ts';

/** A numbered message of the feed. `seq` grows by one within an epoch. */
interface BusMessage {
  readonly epoch: string;
  readonly seq: number;
  readonly atMs: number;
  readonly item: FeedItem;
}

interface BusHead {
  readonly epoch: string;
  readonly seq: number;
}

/** What a subscriber hears. `broken`: messages were missed for good or numbering began anew; start again from `head`. */
export type BusNews =
  | { readonly kind: 'message'; readonly message: BusMessage }
  | { readonly kind: 'broken'; readonly reason: 'gap' | 'epoch'; readonly head: BusHead };

type Missed =
  | { readonly kind: 'ok'; readonly messages: readonly BusMessage[]; readonly head: BusHead }
  | { readonly kind: 'gap' | 'epoch'; readonly head: BusHead };

export interface Bus {
  /** Gives the items their numbers, in order; returns where the stream is then. Rejects while Redis is away. */
  publish(items: readonly FeedItem[]): Promise<BusHead>;
  head(): Promise<BusHead>;
  /** Everything after `seq` of `epoch`, at most `max`, or why that is not to be had (any more). */
  since(epoch: string, seq: number, max?: number): Promise<Missed>;
  /** Every message any process publishes once `listening`, in order; returns how to stop. */
  subscribe(listener: (news: BusNews) => void): () => void;
  /** Resolves once the reader stands: from then on nothing that is published passes the subscribers by. */
  listening(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The live feed's stream: one Redis stream whose entry ids are the sequence numbers. Each process reads it once over
 * a connection of its own, whatever the number of its subscribers.
 */
export function createBus(o: {
  readonly redis: Redis;
  /** Opens the reader's connection when the first subscriber comes. */
  readonly openReader: () => Redis;
  readonly prefix: string;
  readonly limits: StateLimits;
  readonly clock: () => number;
  readonly log: Logger;
}): Bus {
  const { redis, limits } = o;
  const log = o.log.child({ part: 'bus' });
  const streamKey = `${o.prefix}:feed`;
  const headKey = `${o.prefix}:feed-head`;
  const listeners = new Set<(news: BusNews) => void>();
  const runId = createRunId(redis);
  let reader: Redis | null = null;
  let closed = false;
  let stands: () => void = () => undefined;
  const standing = new Promise<void>((resolve) => {
    stands = resolve;
  });

  const touch = async (messages: readonly string[]): Promise<BusHead> => {
    const epoch = randomBytes(8).toString('hex');
    const answer = await answered(async () => {
      const args = [await runId(), epoch, limits.feedMessagesMax, ...messages];
      return redis.eval(publishScript, 2, streamKey, headKey, ...args);
    });
    if (!Array.isArray(answer)) throw new TypeError('feed script: unexpected answer');
    return { epoch: String(answer[0]), seq: Number(answer[1]) };
  };

  const since = async (epoch: string, seq: number, max: number = limits.feedMessagesMax): Promise<Missed> => {
    const answer = await answered(() => redis.eval(sinceScript, 2, streamKey, headKey, epoch, seq, max));
    if (!Array.isArray(answer)) throw new TypeError('feed script: unexpected answer');
    const [status, nowEpoch, newest, entries]: unknown[] = answer;
    const head = { epoch: String(nowEpoch), seq: Number(newest) };
    // An emptied Redis has no head yet; give it one, so that the client can go on from there.
    if (status === 'epoch' || status === 'gap')
      return { kind: status, head: head.epoch === '' ? await touch([]) : head };
    return { kind: 'ok', messages: Array.isArray(entries) ? entries.flatMap(readEntry) : [], head };
  };

  const tell = (news: BusNews): void => {
    for (const listener of listeners) {
      try {
        listener(news);
      } catch (error) {
        log.error({ err: error }, 'a subscriber of the feed failed');
      }
    }
  };

  const read = async (connection: Redis): Promise<void> => {
    let at: BusHead | null = null;
    while (!closed && reader === connection) {
      try {
        at ??= await touch([]);
        stands();
        const entries = await readAfter(connection, streamKey, at.seq, limits.feedBlockMs);
        if (entries.length === 0) {
          const head = await touch([]);
          if (head.epoch !== at.epoch) {
            // A publisher may have written between the two calls: its entries are read in the next round.
            at = await beforeFirst(connection, streamKey, head);
            tell({ kind: 'broken', reason: 'epoch', head: at });
          }
          continue;
        }
        for (const message of entries) {
          const before: BusHead = at;
          at = { epoch: message.epoch, seq: message.seq };
          if (message.epoch !== before.epoch) {
            tell({ kind: 'broken', reason: 'epoch', head: { epoch: message.epoch, seq: message.seq - 1 } });
          } else if (message.seq !== before.seq + 1) {
            tell({ kind: 'broken', reason: 'gap', head: { epoch: message.epoch, seq: message.seq - 1 } });
          }
          tell({ kind: 'message', message });
        }
      } catch (error) {
        if (closed || reader !== connection) return;
        log.debug({ err: error }, 'feed reader waits for Redis');
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };

  return {
    publish: async (items) => {
      const atMs = o.clock();
      let head: BusHead | null = null;
      for (let from = 0; from < items.length || head === null; from += limits.feedPublishMax) {
        const part = items.slice(from, from + limits.feedPublishMax);
        head = await touch(part.map((item) => JSON.stringify({ atMs, item })));
      }
      return head;
    },
    head: () => touch([]),
    since,
    subscribe: (listener) => {
      listeners.add(listener);
      if (reader === null && !closed) {
        reader = o.openReader();
        void read(reader);
      }
      return () => {
        listeners.delete(listener);
      };
    },
    listening: () => standing,
    close: async () => {
      closed = true;
      listeners.clear();
      reader?.disconnect();
      reader = null;
    },
  };
}

async function readAfter(connection: Redis, stream: string, seq: number, blockMs: number): Promise<BusMessage[]> {
  const answer = await connection.xread('COUNT', 200, 'BLOCK', blockMs, 'STREAMS', stream, `${seq}-0`);
  return (answer ?? []).flatMap(([, entries]) => entries.flatMap(readEntry));
}

/** Where an epoch stood before the first of its entries; where it stands when it has none. */
async function beforeFirst(connection: Redis, stream: string, head: BusHead): Promise<BusHead> {
  const [first] = (await connection.xrange(stream, '-', '+', 'COUNT', 1)).flatMap(readEntry);
  return first?.epoch === head.epoch ? { epoch: first.epoch, seq: first.seq - 1 } : head;
}

/** An entry is [id, [field, value, …]]; one of another shape was not written by us and is passed over. */
function readEntry(entry: unknown): BusMessage[] {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string' || !Array.isArray(entry[1])) return [];
  const [, epoch, , text] = entry[1];
  if (typeof epoch !== 'string' || typeof text !== 'string') return [];
  const { atMs, item } = JSON.parse(text) as { atMs: number; item: FeedItem };
  return [{ epoch, seq: Number.parseInt(entry[0], 10), atMs, item }];
}
