import { Redis } from 'ioredis';
import type { Logger } from '../observe/log.ts';

/** Where Redis is; what the backing hands out. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  readonly tls?: boolean;
}

/** Waits 50 ms … 1 s between tries, for ever. */
function retryStrategy(times: number): number {
  return Math.min(50 * times, 1000);
}

/**
 * One connection to Redis that heals itself. A command sent while Redis is away waits for it, but never longer than
 * `commandTimeoutMs`; a blocking reader passes null and bounds its own waits.
 */
export function openConnection(address: RedisAddress, log: Logger, commandTimeoutMs: number | null): Redis {
  const redis = new Redis({
    host: address.host,
    port: address.port,
    ...(address.username === undefined ? {} : { username: address.username }),
    ...(address.password === undefined ? {} : { password: address.password }),
    ...(address.db === undefined ? {} : { db: address.db }),
    ...(address.tls === true ? { tls: {} } : {}),
    ...(commandTimeoutMs === null ? {} : { commandTimeout: commandTimeoutMs }),
    connectTimeout: 2000,
    maxRetriesPerRequest: null,
    // A command cut off by a lost connection is not sent twice behind the caller's back: the caller repeats what it knows.
    autoResendUnfulfilledCommands: false,
    retryStrategy,
  });
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away) log.warn({ err: error }, 'Redis does not answer');
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.info('Redis answers again');
    away = false;
  });
  return redis;
}
