import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { type ClickHouseBacking, openEmbeddedClickHouse, openRemoteClickHouse } from '../../src/backing/index.ts';
import { createLog } from '../../src/observe/log.ts';

/**
 * A ClickHouse of the test file's own. With CLICKHOUSE_URL set it is a database of its own on that server, else the
 * embedded engine in a temporary directory. close() removes what was made.
 */
export function startClickHouse(): Promise<ClickHouseBacking> {
  const url = process.env.CLICKHOUSE_URL;
  return url === undefined || url === '' ? startEmbedded() : startOnServer(url);
}

export async function startEmbedded(): Promise<ClickHouseBacking> {
  const dataDir = await mkdtemp(join(tmpdir(), 'vonggac-test-'));
  const backing = await openEmbeddedClickHouse({ dataDir, log: createLog('error') });
  return withCleanUp(backing, () => rm(dataDir, { recursive: true, force: true }));
}

export async function startOnServer(url: string): Promise<ClickHouseBacking> {
  const database = `vonggac_test_${randomBytes(6).toString('hex')}`;
  const backing = await openRemoteClickHouse({ url, database, log: createLog('error') });
  return withCleanUp(backing, async () => {
    const client = createClient({ url: backing.url, username: backing.username, password: backing.password });
    await client.command({ query: `DROP DATABASE IF EXISTS ${database} SYNC` });
    await client.close();
  });
}

function withCleanUp(backing: ClickHouseBacking, cleanUp: () => Promise<void>): ClickHouseBacking {
  return {
    url: backing.url,
    username: backing.username,
    password: backing.password,
    database: backing.database,
    ...(backing.handOver === undefined ? {} : { handOver: backing.handOver }),
    get pid() {
      return backing.pid;
    },
    async close() {
      await backing.close();
      await cleanUp();
    },
  };
}
