import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { Logger } from '../observe/log.ts';
import type { ClickHouseBacking } from './clickhouse.ts';

/** How long the first connection may take: in a compose file both come up together. */
const connectMsMax = 30_000;
const retryMs = 250;

/**
 * A ClickHouse server that others run, from `http(s)://user:password@host:port`. Makes the database when it is missing
 * and the account may. Rejects with an Error whose `code` is `clickhouse-url` for an URL that is none,
 * `clickhouse-away` when nothing answers in time, `clickhouse-refused` when the server does not let us in.
 */
export async function openRemoteClickHouse(o: {
  url: string;
  database: string;
  log: Logger;
  waitMs?: number;
}): Promise<ClickHouseBacking> {
  const { url, username, password } = endpointOf(o.url);
  const client = createClient({ url, username, password, log: { level: ClickHouseLogLevel.OFF } });
  try {
    await answers(client, url, o.waitMs ?? connectMsMax, o.log);
    await makeDatabase(client, o.database);
  } finally {
    await client.close();
  }
  return { url, username, password, database: o.database, pid: null, close: async () => {} };
}

function endpointOf(text: string): { url: string; username: string; password: string } {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw failed('clickhouse-url', 'the ClickHouse URL is not of the form http://user:password@host:8123');
  }
  return {
    url: url.origin,
    username: decodeURIComponent(url.username) || 'default',
    password: decodeURIComponent(url.password),
  };
}

type Client = ReturnType<typeof createClient>;

async function answers(client: Client, url: string, waitMs: number, log: Logger): Promise<void> {
  const deadline = Date.now() + waitMs;
  for (let tries = 0; ; tries++) {
    const ping = await client.ping();
    if (ping.success) return;
    if (Date.now() >= deadline) {
      throw failed('clickhouse-away', `ClickHouse at ${url} does not answer: ${ping.error.message}`);
    }
    if (tries === 0) log.warn({ url, reason: ping.error.message }, 'ClickHouse does not answer yet, it is waited for');
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

async function makeDatabase(client: Client, database: string): Promise<void> {
  try {
    const found = await client.query({
      query: 'SELECT 1 FROM system.databases WHERE name = {name:String}',
      query_params: { name: database },
      format: 'JSONEachRow',
    });
    if ((await found.json()).length > 0) return;
    await client.command({
      query: 'CREATE DATABASE IF NOT EXISTS {name:Identifier}',
      query_params: { name: database },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failed('clickhouse-refused', `ClickHouse does not let us use the database ${database}: ${reason}`);
  }
}

function failed(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
