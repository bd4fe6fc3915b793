import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { answered } from './away.ts';

interface RateVerdict {
  readonly allowed: boolean;
  /** How many more are allowed right now. */
  readonly remaining: number;
  /** When the next one would be allowed; 0 when this one was. */
  readonly retryAfterMs: number;
}

/** Counts one try on `key`: at most `limit` in any stretch of `windowMs`. Refused tries do not count. Throws StateAway. */
export type RateLimit = (key: string, limit: number, windowMs: number) => Promise<RateVerdict>;

/**
 * A log of the allowed tries, exact at every moment; holds at most `limit` entries a key.
 *
 * KEYS    1 sorted set of tries by server time, ms
 * ARGV    1 limit · 2 window, ms · 3 unique name of this try
 * returns {1, remaining, 0} allowed · {0, 0, ms until the oldest try leaves the window} refused
 */
const rateScript = `
local now = redis.call('TIME')
local at = tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)
local window = tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', at - window))
local used = redis.call('ZCARD', KEYS[1])
if used >= tonumber(ARGV[1]) then
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  local wait = window
  if oldest[2] then wait = tonumber(oldest[2]) + window - at end
  return {0, 0, math.max(1, wait)}
end
redis.call('ZADD', KEYS[1], string.format('%.0f', at), ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {1, tonumber(ARGV[1]) - used - 1, 0}
`;

export function createRateLimit(o: { readonly redis: Redis; readonly prefix: string }): RateLimit {
  return async (key, limit, windowMs) => {
    const name = randomUUID();
    const answer = await answered(() =>
      o.redis.eval(rateScript, 1, `${o.prefix}:rate:${key}`, limit, Math.ceil(windowMs), name),
    );
    if (!Array.isArray(answer)) throw new TypeError('rate script: unexpected answer');
    return { allowed: answer[0] === 1, remaining: Number(answer[1]), retryAfterMs: Number(answer[2]) };
  };
}
