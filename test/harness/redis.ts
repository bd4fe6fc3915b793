import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSpawnedRedis, type RedisBacking } from '../../src/backing/index.ts';
import { createLog } from '../../src/observe/log.ts';

/** A Redis of the test file's own: a real redis-server in a temporary directory. close() removes it again. */
export async function startRedis(): Promise<RedisBacking> {
  const dataDir = await mkdtemp(join(tmpdir(), 'vonggac-test-redis-'));
  const backing = await openSpawnedRedis({ dataDir, binary: 'redis-server', log: createLog('error') });
  return {
    connection: backing.connection,
    get pid() {
      return backing.pid;
    },
    async close() {
      await backing.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
