import { Redis } from 'ioredis';
import type { RedisBacking } from './redis.ts';

/**
 * Connects until the server answers, and returns its INFO text. A server that loads its append-only file is waited for.
 * Rejects when `msMax` is over or `signal` aborts, or at once when the credentials are refused; the Error's
 * `refused` tells the two apart.
 */
export async function probeRedis(o: {
  connection: RedisBacking['connection'];
  msMax: number;
  retryMs: number;
  signal?: AbortSignal;
}): Promise<string> {
  const { tls, ...plain } = o.connection;
  const deadline = Date.now() + o.msMax;
  for (;;) {
    const client = new Redis({ ...plain, ...(tls ? { tls: {} } : {}), lazyConnect: true, retryStrategy: () => null });
    // connect() rejects with "Connection is closed" and leaves the cause to this event.
    let cause = 'no answer';
    client.on('error', (error: Error) => {
      cause = error.message;
    });
    try {
      await client.connect();
      return await client.info('server');
    } catch (error) {
      const text = `${cause} ${error instanceof Error ? error.message : String(error)}`;
      const refused = /WRONGPASS|NOAUTH|NOPERM/.test(text);
      if (refused || o.signal?.aborted || Date.now() >= deadline) {
        throw Object.assign(new Error(refused ? text : cause), { refused });
      }
    } finally {
      client.disconnect();
    }
    await new Promise((resolve) => setTimeout(resolve, o.retryMs));
  }
}
