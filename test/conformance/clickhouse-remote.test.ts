import { createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClickHouseBacking, openRemoteClickHouse } from '../../src/backing/index.ts';
import { createLog } from '../../src/observe/log.ts';
import { startClickHouse } from '../harness/clickhouse.ts';

/** Any server will do for opening one: the embedded engine, or the one that CLICKHOUSE_URL names. */
const log = createLog('silent');
let server: ClickHouseBacking;
beforeAll(async () => {
  server = await startClickHouse();
});
afterAll(() => server.close());

function urlWith(password: string): string {
  const url = new URL(server.url);
  url.username = encodeURIComponent(server.username);
  url.password = encodeURIComponent(password);
  return url.href;
}

describe('a remote ClickHouse', () => {
  it('is opened from an URL with credentials, and its database is made when it is missing', async () => {
    const database = `xa_${process.pid}`;
    for (let time = 0; time < 2; time++) {
      const remote = await openRemoteClickHouse({ url: urlWith(server.password), database, log });
      const { url, username, password } = server;
      expect(remote).toMatchObject({ url, username, password, database, pid: null });
      const client = createClient({ url, username, password, database });
      const found = await client.query({ query: 'SELECT currentDatabase() AS d', format: 'JSONEachRow' });
      expect(await found.json()).toEqual([{ d: database }]);
      if (time === 1) await client.command({ query: `DROP DATABASE ${database}` });
      await client.close();
      await remote.close();
    }
  });

  it('with a wrong password is one clear error', async () => {
    const failed = openRemoteClickHouse({ url: urlWith('sai'), database: 'x', log });
    await expect(failed).rejects.toMatchObject({ code: 'clickhouse-refused' });
  });

  it('that does not answer is one clear error that does not show the password', async () => {
    const url = 'http://u:bi-mat@127.0.0.1:1';
    const failed = await openRemoteClickHouse({ url, database: 'x', log, waitMs: 300 }).catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: 'clickhouse-away', message: expect.stringContaining('ECONNREFUSED') });
    expect(String(failed)).not.toContain('bi-mat');
  });

  it.each(['', 'localhost', 'localhost:8123', 'clickhouse://host', 'redis://h'])('refuses the URL %j', async (url) => {
    await expect(openRemoteClickHouse({ url, database: 'x', log })).rejects.toMatchObject({ code: 'clickhouse-url' });
  });
});
