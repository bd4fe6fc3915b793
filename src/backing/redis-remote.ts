import type { RedisBacking } from './redis.ts';
import { probeRedis } from './redis-probe.ts';

/** How long the first connection may take: in a compose file both come up together. */
const connectMsMax = 30_000;
const retryMs = 200;

/**
 * A Redis that others run, from `redis://user:password@host:port/db` or `rediss://…` (TLS).
 * Rejects with an Error whose `code` is `redis-url` for an URL that is none, `redis-away` when
 * nothing answers in time, `redis-refused` when the credentials are not right.
 */
export async function openRemoteRedis(o: { url: string; waitMs?: number }): Promise<RedisBacking> {
  const connection = connectionOf(o.url);
  try {
    await probeRedis({ connection, msMax: o.waitMs ?? connectMsMax, retryMs });
  } catch (error) {
    const refused = error instanceof Error && 'refused' in error && error.refused === true;
    const reason = error instanceof Error ? error.message : String(error);
    const text = `Redis at ${connection.host}:${connection.port} ${refused ? 'does not let us in' : 'does not answer'}: ${reason}`;
    throw Object.assign(new Error(text), { code: refused ? 'redis-refused' : 'redis-away' });
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
