import { Redis } from 'ioredis';
import type { RedisBacking } from './redis.ts';

/** How long the first connection may take: in a compose file both come up together. */
const connectMsMax = 30_000;

/**
 * A Redis that others run, from `redis://user:password@host:port/db` or `rediss://…` (TLS).
 * Rejects with an Error whose `code` is `redis-url` for an URL that is none, `redis-away` when nothing answers.
 */
export async function openRemoteRedis(o: { url: string }): Promise<RedisBacking> {
  const connection = connectionOf(o.url);
  const { tls, ...plain } = connection;
  const client = new Redis({
    ...plain,
    ...(tls ? { tls: {} } : {}),
    retryStrategy: () => 200,
    maxRetriesPerRequest: null,
  });
  let last = 'no answer';
  client.on('error', (error: Error) => {
    last = error.message;
  });
  const timer = setTimeout(() => client.disconnect(), connectMsMax);
  try {
    await client.ping();
  } catch {
    const where = `${connection.host}:${connection.port}`;
    throw Object.assign(new Error(`Redis at ${where} does not answer: ${last}`), { code: 'redis-away' });
  } finally {
    clearTimeout(timer);
    client.disconnect();
  }
  return { connection, pid: null, close: async () => {} };
}

function connectionOf(text: string): RedisBacking['connection'] {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '' || !/^\/?\d*$/.test(url.pathname)) {
    throw Object.assign(new Error('the Redis URL is not of the form redis://user:password@host:port/db'), {
      code: 'redis-url',
    });
  }
  const db = url.pathname.slice(1);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 6379),
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(db === '' ? {} : { db: Number(db) }),
    ...(url.protocol === 'rediss:' ? { tls: true } : {}),
  };
}
