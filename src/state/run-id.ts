import type { Redis } from 'ioredis';

/**
 * The run id of the server a connection is at: another one after a restart, when the last second of what was written
 * may be lost. Asked once a connection.
 */
export function createRunId(redis: Redis): () => Promise<string> {
  let known: Promise<string> | null = null;
  redis.on('close', () => {
    known = null;
  });
  return () => {
    const asked = known ?? redis.info('server').then((info) => /^run_id:(\w+)/m.exec(info)?.[1] ?? '');
    known = asked;
    asked.catch(() => {
      if (known === asked) known = null;
    });
    return asked;
  };
}
