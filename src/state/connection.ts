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
 * One connection to Redis that heals itself. With `commandTimeoutMs` a command fails when the connection is lost or no
 * answer comes in time, and the caller, who knows what it was for, tries again. A blocking reader passes null: its
 * command waits for Redis to come back.
 */
export function openConnection(address: RedisAddress, log: Logger, commandTimeoutMs: number | null): Redis {
  const redis = new Redis({
    host: address.host,
    port: address.port,
    ...(address.username === undefined ? {} : { username: address.username }),
    ...(address.password === undefined ? {} : { password: address.password }),
    ...(address.db === undefined ? {} : { db: address.db }),
    ...(address.tls === true ? { tls: {} } : {}),
    ...(commandTimeoutMs === null
      ? { maxRetriesPerRequest: null }
      : { maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false, commandTimeout: commandTimeoutMs }),
    connectTimeout: 2000,
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
