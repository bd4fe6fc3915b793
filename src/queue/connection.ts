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

/** Waits 50 ms … 1 s between tries, for ever: a Redis that restarts is back for us within a second. */
function retryStrategy(times: number): number {
  return Math.min(50 * times, 1000);
}

function optionsOf(address: RedisAddress) {
  return {
    host: address.host,
    port: address.port,
    ...(address.username === undefined ? {} : { username: address.username }),
    ...(address.password === undefined ? {} : { password: address.password }),
    ...(address.db === undefined ? {} : { db: address.db }),
    ...(address.tls === true ? { tls: {} } : {}),
    connectTimeout: 2000,
    retryStrategy,
  };
}

function logged(redis: Redis, log: Logger, name: string): Redis {
  let away = false;
  redis.on('error', (error: Error) => {
    // One line an outage, not one a retry.
    if (!away) log.warn({ err: error, connection: name }, 'Redis does not answer');
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.info({ connection: name }, 'Redis answers again');
    away = false;
  });
  return redis;
}

/** For producers: a command fails at once while Redis is away and never later than `commandTimeoutMs`. */
export function openProducerConnection(address: RedisAddress, log: Logger, commandTimeoutMs: number): Redis {
  const redis = new Redis({
    ...optionsOf(address),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: commandTimeoutMs,
  });
  return logged(redis, log, 'queue-producer');
}

/** For workers: commands wait until Redis is back (BullMQ asks for `maxRetriesPerRequest: null`). */
export function openWorkerConnection(address: RedisAddress, log: Logger): Redis {
  return logged(new Redis({ ...optionsOf(address), maxRetriesPerRequest: null }), log, 'queue-worker');
}
