import type { Redis } from 'ioredis';
import { answered } from './away.ts';
import type { StateLimits } from './limits.ts';

/** A session as it is kept; the key is the SHA-256 of the cookie's token, never the token. */
interface SessionRecord {
  /** Public id, for listing and revoking. */
  readonly id: string;
  readonly account: string;
  readonly createdMs: number;
  readonly seenMs: number;
  readonly address: string;
  readonly agent: string;
}

interface StoredSession {
  readonly key: string;
  readonly record: SessionRecord;
}

/** Server-side sessions: revocable, listable, gone at FLUSHALL (people sign in again). All throw StateAway. */
export interface Sessions {
  /** Keeps a session for `ttlMs`; an account's oldest sessions beyond the limit end. */
  put(key: string, record: SessionRecord, ttlMs: number): Promise<void>;
  get(key: string): Promise<SessionRecord | null>;
  /** Sets `seenMs` and the time to live of a session that still exists; false when it is gone (never revives it). */
  touch(key: string, seenMs: number, ttlMs: number): Promise<boolean>;
  remove(key: string): Promise<void>;
  /** All sessions, or those of one account, newest first. */
  list(account?: string): Promise<readonly StoredSession[]>;
}

/** `<prefix>:session:<key>` holds the record; the sorted set `<prefix>:sessions` names the keys by their end, ms. */
export function createSessions(o: {
  readonly redis: Redis;
  readonly prefix: string;
  readonly limits: StateLimits;
  readonly clock: () => number;
}): Sessions {
  const { redis, limits } = o;
  const index = `${o.prefix}:sessions`;
  const keyOf = (key: string): string => `${o.prefix}:session:${key}`;

  const get = async (key: string): Promise<SessionRecord | null> =>
    readRecord(await answered(() => redis.get(keyOf(key))));

  const remove = async (key: string): Promise<void> => {
    await answered(() => redis.multi().del(keyOf(key)).zrem(index, key).exec());
  };

  const list = async (account?: string): Promise<readonly StoredSession[]> => {
    const keys = await answered(async () => {
      await redis.zremrangebyscore(index, '-inf', String(o.clock()));
      return redis.zrange(index, '0', '-1');
    });
    if (keys.length === 0) return [];
    const texts = await answered(() => redis.mget(keys.map(keyOf)));
    return keys
      .flatMap((key, i) => {
        const record = readRecord(texts[i] ?? null);
        return record === null || (account !== undefined && record.account !== account) ? [] : [{ key, record }];
      })
      .sort((a, b) => b.record.createdMs - a.record.createdMs);
  };

  return {
    get,
    remove,
    list,
    put: async (key, record, ttlMs) => {
      await answered(() =>
        redis
          .multi()
          .set(keyOf(key), JSON.stringify(record), 'PX', ttlMs)
          .zadd(index, o.clock() + ttlMs, key)
          .exec(),
      );
      const open = await list(record.account);
      for (const { key: old } of open.slice(limits.sessionsPerAccountMax)) if (old !== key) await remove(old);
    },
    touch: async (key, seenMs, ttlMs) => {
      const record = await get(key);
      if (record === null) return false;
      const text = JSON.stringify({ ...record, seenMs });
      const set = await answered(() => redis.set(keyOf(key), text, 'PX', ttlMs, 'XX'));
      if (set === null) return false;
      await answered(() => redis.zadd(index, 'XX', o.clock() + ttlMs, key));
      return true;
    },
  };
}

function readRecord(text: string | null): SessionRecord | null {
  return text === null ? null : (JSON.parse(text) as SessionRecord);
}
