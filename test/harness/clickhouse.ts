import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseBacking } from '../../src/backing/index.ts';
import { openEmbeddedClickHouse } from '../../src/backing/index.ts';
import { createLog } from '../../src/observe/log.ts';

/**
 * A ClickHouse of the test file's own: the embedded engine in a temporary directory. close() removes it again.
 */
export async function startClickHouse(): Promise<ClickHouseBacking> {
  const dataDir = await mkdtemp(join(tmpdir(), 'vonggac-test-'));
  const backing = await openEmbeddedClickHouse({ dataDir, log: createLog('error') });
  return {
    url: backing.url,
    username: backing.username,
    password: backing.password,
    database: backing.database,
    get pid() {
      return backing.pid;
    },
    async close() {
      await backing.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
