import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterEach, describe, expect, it } from 'vitest';
import type { EmbeddedClickHouseLimits } from '../../src/backing/clickhouse-child/protocol.ts';
import { type ClickHouseBacking, openEmbeddedClickHouse } from '../../src/backing/index.ts';
import { processStart } from '../../src/backing/process-alive.ts';
import { createLog } from '../../src/observe/log.ts';

/** What only the embedded engine has: its bounds, its process, and the facts measured about chDB. */
const log = createLog('silent');
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function open(
  limits: Partial<EmbeddedClickHouseLimits> = {},
  name = 'vonggac-embedded-',
  warnings: object[] = [],
): Promise<{ backing: ClickHouseBacking; client: ClickHouseClient; dataDir: string }> {
  const dataDir = await mkdtemp(join(tmpdir(), name));
  closers.push(() => rm(dataDir, { recursive: true, force: true }));
  const listening = createLog('silent');
  listening.warn = (said: object) => warnings.push(said);
  const backing = await openEmbeddedClickHouse({ dataDir, log: listening, limits });
  closers.push(() => backing.close());
  return { backing, client: clientOf(backing), dataDir };
}

function clientOf(backing: ClickHouseBacking): ClickHouseClient {
  const client = createClient({
    url: backing.url,
    username: backing.username,
    password: backing.password,
    database: backing.database,
    max_open_connections: 50,
    log: { level: ClickHouseLogLevel.OFF },
  });
  closers.push(() => client.close());
  return client;
}

async function rows<T>(client: ClickHouseClient, query: string, abort_signal?: AbortSignal): Promise<T[]> {
  const found = await client.query({ query, format: 'JSONEachRow', ...(abort_signal ? { abort_signal } : {}) });
  return await found.json<T>();
}

async function count(client: ClickHouseClient, table: string): Promise<number> {
  return Number((await rows<{ n: string }>(client, `SELECT toString(count()) AS n FROM ${table}`))[0]?.n);
}

async function table(client: ClickHouseClient): Promise<string> {
  await client.command({ query: 'CREATE TABLE IF NOT EXISTS t (a UInt64) ENGINE = MergeTree ORDER BY a' });
  return 't';
}

/** Takes longer than any test. */
const slow = 'SELECT sum(sipHash64(number)) FROM numbers(1000000000000)';

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

/** A request that @clickhouse/client would not send. */
function raw(
  backing: ClickHouseBacking,
  o: { path: string; method?: string; headers?: Record<string, string>; body?: Uint8Array | string; auth?: boolean },
): Promise<Answer> {
  const auth: Record<string, string> = { 'X-ClickHouse-User': backing.username, 'X-ClickHouse-Key': backing.password };
  return new Promise((resolve, reject) => {
    const sent = request(backing.url + o.path, {
      method: o.method ?? 'POST',
      agent: false,
      headers: { ...(o.auth === false ? {} : auth), ...o.headers },
    });
    sent.on('error', reject);
    sent.on('response', async (response) => {
      const body = Buffer.concat(await response.toArray()).toString();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
    });
    sent.end(o.body);
  });
}

describe('the HTTP subset', () => {
  it('says what it does not do, by name', async () => {
    const { backing } = await open();
    const query = encodeURIComponent('SELECT 1');
    for (const [name, path] of [
      ['session_id', `/?session_id=s&query=${query}`],
      ['role', `/?role=r&query=${query}`],
      ['compress', `/?compress=1&query=${query}`],
      ['readonly', `/?readonly=1&query=${query}`],
      ['log_comment', `/?log_comment=c&query=${query}`],
    ] as const) {
      const answer = await raw(backing, { path });
      expect(answer).toMatchObject({ status: 501, headers: { 'x-clickhouse-exception-code': '48' } });
      expect(answer.body).toMatch(new RegExp(`^Code: 48\\. DB::Exception: ${name} .*\\(NOT_IMPLEMENTED\\)\\n$`));
    }
    const zstd = await raw(backing, { path: '/', headers: { 'Content-Encoding': 'zstd' }, body: 'SELECT 1' });
    expect(zstd.body).toContain('Content-Encoding zstd is not supported');
    expect(await raw(backing, { path: '/play' })).toMatchObject({ status: 404 });
  });

  it('words an error as the server does: code, message and type once', async () => {
    const { backing, client } = await open();
    const path = `/?query=${encodeURIComponent(`INSERT INTO ${await table(client)} FORMAT JSONEachRow`)}`;
    const answer = await raw(backing, { path, body: '{"a":1}\n{"a":"ba"}' });
    expect(answer).toMatchObject({ status: 400, headers: { 'x-clickhouse-exception-code': '27' } });
    expect(answer.body).toMatch(
      /^Code: 27\. DB::Exception: Cannot parse input.*at row 2[\s\S]*\(CANNOT_PARSE_INPUT_ASSERTION_FAILED\)\n$/,
    );
    expect(answer.body.match(/Code: |\([A-Z_]{5,}\)/g)).toHaveLength(2);
  });

  it('takes a read by GET and no write', async () => {
    const { backing } = await open();
    const get = (sql: string): Promise<Answer> =>
      raw(backing, { method: 'GET', path: `/?query=${encodeURIComponent(sql)}` });
    expect(await get('SELECT 1')).toMatchObject({ status: 200, body: '1\n' });
    expect(await get('CREATE TABLE x (a UInt8) ENGINE = Memory')).toMatchObject({
      headers: { 'x-clickhouse-exception-code': '164' },
    });
  });

  it('lets nobody in without the credentials of this start', async () => {
    const { backing } = await open();
    for (const headers of [
      {},
      { 'X-ClickHouse-User': backing.username },
      { 'X-ClickHouse-User': backing.username, 'X-ClickHouse-Key': `${backing.password}x` },
      { Authorization: `Basic ${Buffer.from('default:').toString('base64')}` },
      { Authorization: `Bearer ${backing.password}` },
    ] as Record<string, string>[]) {
      const answer = await raw(backing, { path: '/?query=SELECT+1', auth: false, headers });
      expect(answer).toMatchObject({ status: 403, headers: { 'x-clickhouse-exception-code': '516' } });
    }
  });

  it('listens on the loopback interface only, with other credentials every time', async () => {
    const [one, two] = [await open(), await open()];
    expect(one.backing.password).not.toBe(two.backing.password);
    expect(one.backing.password.length).toBeGreaterThanOrEqual(32);
    const port = new URL(one.backing.url).port;
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((nic) => nic && !nic.internal && nic.family === 'IPv4');
    if (!outside) return;
    await expect(fetch(`http://${outside.address}:${port}/ping`)).rejects.toThrow();
  });

  it('a body that ends too early stores nothing and leaves no file', async () => {
    const { backing, client, dataDir } = await open();
    const name = await table(client);
    const lines = Array.from({ length: 5000 }, (_, a) => `{"a":${a}}`).join('\n');
    const path = `/?query=${encodeURIComponent(`INSERT INTO ${name} FORMAT JSONEachRow`)}`;
    const whole = gzipSync(lines);
    const cut = whole.subarray(0, whole.length / 2);
    const answer = await raw(backing, { path, headers: { 'Content-Encoding': 'gzip' }, body: cut });
    expect(answer.status).toBe(500);
    // And one whose sender hangs up halfway.
    await new Promise<void>((resolve) => {
      const sent = request(backing.url + path, {
        method: 'POST',
        headers: { 'X-ClickHouse-User': backing.username, 'X-ClickHouse-Key': backing.password },
      });
      sent.on('error', () => {});
      sent.on('close', resolve);
      sent.write(lines.slice(0, 1000), () => sent.destroy());
    });
    expect(await count(client, name)).toBe(0);
    await expect.poll(() => readdir(join(dataDir, 'clickhouse-inserts'))).toEqual([]);
    expect(await raw(backing, { path, headers: { 'Content-Encoding': 'gzip' }, body: whole })).toMatchObject({
      status: 200,
    });
    expect(await count(client, name)).toBe(5000);
  });

  it('works in a directory whose name is full of globs', async () => {
    const { client } = await open({}, "dữ liệu {a,b}*?['x']-");
    const name = await table(client);
    await client.insert({ table: name, values: [{ a: 1 }, { a: 2 }], format: 'JSONEachRow' });
    expect(await count(client, name)).toBe(2);
  });
});

describe('bounds, each named when it bites', () => {
  it('waitersMax and waitMsMax', async () => {
    const { client } = await open({ readSessions: 1, waitersMax: 1, waitMsMax: 300 });
    const abort = new AbortController();
    const busy = rows(client, slow, abort.signal).catch(() => 'aborted');
    await expect
      .poll(() => rows(client, 'SELECT 1').catch((error: { type: string }) => error.type))
      .toBe('TOO_MANY_SIMULTANEOUS_QUERIES');
    // Of two at once one waits and the other is one too many, unless the second comes when the first has given up.
    const two = async (): Promise<string[]> => {
      const both = await Promise.allSettled([rows(client, 'SELECT 1'), rows(client, 'SELECT 2')]);
      return both.map((one) => (one.status === 'rejected' ? String(one.reason) : one.status)).sort();
    };
    await expect
      .poll(two)
      .toEqual([expect.stringContaining('waitMsMax (300)'), expect.stringContaining('waitersMax is 1')]);
    abort.abort();
    expect(await busy).toBe('aborted');
    await expect.poll(() => rows(client, 'SELECT 1 AS a').catch(() => [])).toEqual([{ a: 1 }]);
  });

  it('slow reads in all their sessions do not keep an insert waiting', async () => {
    const { client } = await open({ readSessions: 2 });
    const name = await table(client);
    const abort = new AbortController();
    let ended = 0;
    const busy = [1, 2, 3, 4].map(() =>
      rows(client, slow, abort.signal)
        .catch(() => 'aborted')
        .finally(() => ended++),
    );
    for (let a = 0; a < 5; a++) await client.insert({ table: name, values: [{ a }], format: 'JSONEachRow' });
    expect(ended).toBe(0);
    abort.abort();
    await Promise.all(busy);
    await expect.poll(() => count(client, name).catch(() => 0)).toBe(5);
  });

  it.each([
    ['sqlBytesMax', { sqlBytesMax: 1000 }, `SELECT '${'x'.repeat(2000)}'`, '307'],
    ['max bytes', { resultBytesMax: 1000 }, 'SELECT number FROM numbers(100000)', '396'],
    ['maximum', { queryMemoryBytesMax: 20_000_000 }, 'SELECT groupArray(number) FROM numbers(10000000)', '241'],
    ['Timeout', { executionSecondsMax: 1 }, slow, '159'],
  ] as const)('%s', async (word, limits, query, code) => {
    const { client } = await open(limits);
    const failed = await rows(client, query).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code });
    expect(String(failed)).toContain(word);
    expect(await rows(client, 'SELECT 1 AS a')).toEqual([{ a: 1 }]);
  });

  it('a cap raised by one request is back for the next', async () => {
    const { client } = await open({ readSessions: 1 });
    const query = "SELECT getSetting('max_execution_time') AS s";
    const found = await client.query({ query, format: 'JSONEachRow', clickhouse_settings: { max_execution_time: 5 } });
    expect(JSON.stringify(await found.json())).toContain('5');
    expect(JSON.stringify(await rows(client, query))).toContain('60');
  });

  it('insertBytesMax, and the log says so', async () => {
    const said: object[] = [];
    const { client, dataDir } = await open({ insertBytesMax: 1000 }, undefined, said);
    const name = await table(client);
    const values = Array.from({ length: 500 }, (_, a) => ({ a }));
    const failed = await client.insert({ table: name, values, format: 'JSONEachRow' }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: '307', type: 'TOO_MANY_BYTES' });
    expect(String(failed)).toContain('insertBytesMax (1000)');
    expect(await readdir(join(dataDir, 'clickhouse-inserts'))).toEqual([]);
    await expect.poll(() => said).toContainEqual({ times: 1, reason: expect.stringContaining('insertBytesMax') });
  });
});

describe('the process', () => {
  it('killed with SIGKILL in the middle of inserts it comes back on the same port, and no acknowledged row is lost or doubled', async () => {
    const { backing, client } = await open();
    const columns = '(a UInt64) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 1000';
    await client.command({ query: `CREATE TABLE k ${columns}` });
    const pids = new Set<number | null>([backing.pid]);
    const acknowledged: number[] = [];
    let stop = false;
    let batch = 0;
    const sender = async (): Promise<void> => {
      while (!stop) {
        const at = batch++;
        const values = Array.from({ length: 100 }, (_, i) => ({ a: at * 100 + i }));
        const clickhouse_settings = { insert_deduplication_token: `lo-${at}` };
        while (!stop) {
          const done = await client
            .insert({ table: 'k', values, format: 'JSONEachRow', clickhouse_settings })
            .then(() => true)
            .catch(() => false);
          if (done) {
            acknowledged.push(at);
            break;
          }
        }
      }
    };
    const senders = [sender(), sender(), sender()];
    for (let round = 0; round < 3; round++) {
      const before = acknowledged.length;
      await expect.poll(() => acknowledged.length).toBeGreaterThan(before + 5);
      const pid = backing.pid;
      expect(pid).not.toBeNull();
      if (pid !== null) process.kill(pid, 'SIGKILL');
      await expect.poll(() => backing.pid).toSatisfy((now) => now !== null && !pids.has(now));
      pids.add(backing.pid);
    }
    const before = acknowledged.length;
    await expect.poll(() => acknowledged.length).toBeGreaterThan(before + 5);
    stop = true;
    await Promise.all(senders);
    const found = await rows<{ lo: string; n: string }>(
      client,
      'SELECT toString(intDiv(a, 100)) AS lo, toString(count()) AS n FROM k GROUP BY lo',
    );
    const stored = new Map(found.map((row) => [Number(row.lo), Number(row.n)]));
    expect([...stored.values()].filter((n) => n !== 100)).toEqual([]);
    expect(acknowledged.filter((at) => !stored.has(at))).toEqual([]);
  });

  it('an insert whose token was written but whose rows were not is taken when it is sent again', async () => {
    const first = await open();
    const columns = '(a UInt64) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 1000';
    await first.client.command({ query: `CREATE TABLE claims ${columns}` });
    const insert = (client: typeof first.client, token: string): Promise<unknown> =>
      client.insert({
        table: 'claims',
        values: [{ a: token.length }],
        format: 'JSONEachRow',
        clickhouse_settings: { insert_deduplication_token: token },
      });
    for (const token of ['a', 'ab', 'abc', 'abcd']) await insert(first.client, token);
    await first.client.command({ query: 'OPTIMIZE TABLE claims FINAL' });
    await first.client.command({ query: 'SYSTEM STOP MERGES claims' });
    await insert(first.client, 'abcde');
    await first.client.close();
    await first.backing.close();
    // What a kill between token and part leaves behind, for the last insert; the others have become one part.
    const store = join(first.dataDir, 'clickhouse', 'store');
    const places = await readdir(store, { recursive: true });
    const parts = places.filter((place) => /\/all_\d+_\d+_\d+$/.test(place));
    const last = parts.filter((place) => place.endsWith('/all_5_5_0'));
    expect(last).toHaveLength(1);
    const merged = parts.filter((place) => /all_[1-4]_[1-4]_0$/.test(place));
    for (const place of [...last, ...merged]) await rm(join(store, place), { recursive: true });

    const again = await openEmbeddedClickHouse({ dataDir: first.dataDir, log });
    closers.push(() => again.close());
    const client = clientOf(again);
    for (const token of ['a', 'abcd', 'abcde']) await insert(client, token);
    expect(await rows<{ a: string }>(client, 'SELECT toString(a) AS a FROM claims ORDER BY a')).toEqual(
      ['1', '2', '3', '4', '5'].map((a) => ({ a })),
    );
  });

  it('close() lets a short query finish and ends a long one', async () => {
    const { backing, client } = await open({ drainMs: 2000 });
    const long = rows(client, slow).catch((error: unknown) => error);
    let short: Promise<unknown> = Promise.resolve();
    let count = 0;
    // One that is seen to be under way, however late the answer comes; the question itself is listed, too.
    await expect
      .poll(async () => {
        const mark = `short-${++count}.`;
        short = rows(client, `SELECT sleep(1) AS s, '${mark}' AS mark`);
        short.catch(() => undefined);
        const query = `SELECT toString(countIf(query LIKE '%${mark}%')) AS short, toString(countIf(query LIKE '%Hash%')) AS long`;
        return (await rows(client, `${query} FROM system.processes`))[0];
      })
      .toEqual({ short: '2', long: '2' });
    const { pid } = backing;
    await backing.close();
    expect(await short).toEqual([{ s: 0, mark: `short-${count}.` }]);
    expect(await long).toMatchObject({ type: 'QUERY_WAS_CANCELLED' });
    expect(backing.pid).toBeNull();
    expect(processStart(pid ?? 0)).toBeNull();
  });

  it('keeps what was stored over a restart, with other credentials', async () => {
    const { backing, client, dataDir } = await open();
    const name = await table(client);
    await client.insert({ table: name, values: [{ a: 7 }], format: 'JSONEachRow' });
    await backing.close();
    const again = await openEmbeddedClickHouse({ dataDir, log });
    closers.push(() => again.close());
    expect(again.password).not.toBe(backing.password);
    expect(await rows(clientOf(again), `SELECT toString(a) AS a FROM ${name}`)).toEqual([{ a: '7' }]);
  });

  it('a directory that another engine holds is one clear error', async () => {
    const { dataDir } = await open();
    const second = openEmbeddedClickHouse({ dataDir, log, limits: { lockWaitMs: 100 } });
    await expect(second).rejects.toMatchObject({ code: 'clickhouse-failed', message: expect.stringContaining('lock') });
  });

  it('a directory whose holder is going is waited for', async () => {
    const { backing, dataDir } = await open();
    const second = openEmbeddedClickHouse({ dataDir, log });
    closers.push(async () => (await second).close());
    const early = await Promise.race([second, new Promise((resolve) => setTimeout(resolve, 1500, 'waits'))]);
    expect(early).toBe('waits');
    await backing.close();
    expect((await second).pid).not.toBeNull();
  });
});

describe('a body handed over as a file', () => {
  const query = 'INSERT INTO handed (n) FORMAT JSONEachRow';
  const insert = (client: ClickHouseClient, headers: Record<string, string>): Promise<unknown> =>
    client
      .exec({ query, values: Readable.from([], { objectMode: false }), http_headers: headers })
      .then(({ stream }) => {
        stream.resume();
      });
  const count = async (client: ClickHouseClient): Promise<number> => {
    const answer = await client.query({ query: 'SELECT count() AS n FROM handed', format: 'JSONEachRow' });
    return Number((await answer.json<{ n: string }>())[0]?.n);
  };

  it('is inserted and gone afterwards', async () => {
    const { backing, client, dataDir } = await open();
    await client.command({ query: 'CREATE TABLE handed (n UInt32) ENGINE = MergeTree ORDER BY n' });
    const handed = await backing.handOver?.([Buffer.from('{"n":1}\n'), Buffer.from('{"n":2}')]);
    await insert(client, handed?.headers ?? {});
    expect(await count(client)).toBe(2);
    expect(await readdir(join(dataDir, 'clickhouse-inserts'))).toEqual([]);
  });

  it.each([
    ['that is gone is to be tried again', 'handed-999', '394'],
    ['cannot be one outside of the directory', '../clickhouse/uuid', '62'],
  ])('%s', async (_, name, code) => {
    const { client } = await open();
    await client.command({ query: 'CREATE TABLE handed (n UInt32) ENGINE = MergeTree ORDER BY n' });
    await expect(insert(client, { 'x-vonggac-insert-file': name })).rejects.toMatchObject({ code });
    expect(await count(client)).toBe(0);
  });

  it('has the bound of every body', async () => {
    const { backing, client } = await open({ insertBytesMax: 10 });
    await client.command({ query: 'CREATE TABLE handed (n UInt32) ENGINE = MergeTree ORDER BY n' });
    const handed = await backing.handOver?.([Buffer.from('{"n":1}\n'), Buffer.from('{"n":2}')]);
    await expect(insert(client, handed?.headers ?? {})).rejects.toMatchObject({ code: '307' });
  });
});
