import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClickHouseBacking } from '../../src/backing/index.ts';
import { startEmbedded, startOnServer } from '../harness/clickhouse.ts';

/** What the store relies on, held by the embedded engine and, when CLICKHOUSE_URL names one, by a real server. */
const serverUrl = process.env.CLICKHOUSE_URL ?? '';
const implementations = [
  { name: 'embedded', start: startEmbedded },
  ...(serverUrl === '' ? [] : [{ name: 'server', start: () => startOnServer(serverUrl) }]),
];

it.skipIf(serverUrl === '')('runs on a real server too (skipped when CLICKHOUSE_URL is not set)', async () => {
  const server = await startOnServer(serverUrl);
  await server.close();
});

const composed = 'Nguyễn Thị Bưởi – Sở Nội vụ';
const texts: [string, string][] = [
  ['empty', ''],
  ['Vietnamese, composed (NFC)', composed.normalize('NFC')],
  ['Vietnamese, decomposed (NFD)', composed.normalize('NFD')],
  ['quotes and backslashes', `a'b"c\`d\\e\\'f\\\\`],
  ['looks like a NULL', '\\N'],
  ['control characters', '\t\n\r\b\f\v\u0001\u001f\u007f'],
  ['a zero byte', 'a\0b'],
  ['astral and joined', '😀👩‍👩‍👧 𐍈'],
  ['SQL', `'; DROP TABLE t; -- {x:String} /* FORMAT Null */`],
  ['looks like a parameter', '{p:String}'],
  ['a long one', 'Đường dẫn '.repeat(20_000)],
];

describe.each(implementations)('ClickHouse port: $name', ({ start }) => {
  let backing: ClickHouseBacking;
  let client: ClickHouseClient;
  const clients: ClickHouseClient[] = [];

  function clientOf(gzip: boolean): ClickHouseClient {
    const made = createClient({
      url: backing.url,
      username: backing.username,
      password: backing.password,
      database: backing.database,
      compression: { request: gzip, response: gzip },
      log: { level: ClickHouseLogLevel.OFF },
    });
    clients.push(made);
    return made;
  }

  async function rows<T>(query: string, query_params: Record<string, unknown> = {}, by = client): Promise<T[]> {
    const found = await by.query({ query, query_params, format: 'JSONEachRow' });
    return await found.json<T>();
  }

  async function table(columns: string, engine = 'MergeTree ORDER BY tuple()'): Promise<string> {
    const name = `t_${randomBytes(4).toString('hex')}`;
    await client.command({ query: `CREATE TABLE ${name} (${columns}) ENGINE = ${engine}` });
    return name;
  }

  async function count(name: string): Promise<number> {
    return Number((await rows<{ n: string }>(`SELECT toString(count()) AS n FROM ${name}`))[0]?.n);
  }

  beforeAll(async () => {
    backing = await start();
    client = clientOf(false);
  });
  afterAll(async () => {
    await Promise.all(clients.map((one) => one.close()));
    await backing.close();
  });

  it('answers a ping', async () => {
    expect((await client.ping()).success).toBe(true);
    expect((await client.ping({ select: true })).success).toBe(true);
  });

  it('works in the database it was opened on', async () => {
    const found = await rows('SELECT currentDatabase() AS d, engine FROM system.databases WHERE name = d');
    expect(found).toEqual([{ d: backing.database, engine: expect.stringMatching(/^(Atomic|Replicated|Shared)$/) }]);
  });

  it('takes another database with the request, for that request alone', async () => {
    const other = createClient({
      url: backing.url,
      username: backing.username,
      password: backing.password,
      database: 'system',
    });
    clients.push(other);
    expect(await rows('SELECT currentDatabase() AS d', {}, other)).toEqual([{ d: 'system' }]);
    expect(await rows('SELECT currentDatabase() AS d')).toEqual([{ d: backing.database }]);
  });

  it.each(texts)('text goes in and out bit for bit: %s', async (_, text) => {
    const name = await table('p String, i String');
    await client.insert({ table: name, values: [{ p: 'key', i: text }], format: 'JSONEachRow' });
    const found = await rows(`SELECT i, {p:String} AS p, i = {p:String} AS same FROM ${name}`, { p: text });
    expect(found).toEqual([{ i: text, p: text, same: 1 }]);
  });

  it.each([
    ['UInt64', '18446744073709551615', '18446744073709551615'],
    ['Int64', '-9223372036854775808', '-9223372036854775808'],
    ['UInt256', `1${'0'.repeat(70)}`, `1${'0'.repeat(70)}`],
    ['UInt8', 7, '7'],
    ['Bool', true, 'true'],
    ['Nullable(String)', null, null],
    ['Nullable(UInt8)', null, null],
    ['Array(String)', ["a'b", 'c\\d', 'Đ'], "['a\\'b','c\\\\d','Đ']"],
    ['Array(Nullable(UInt8))', [1, null], '[1,NULL]'],
    ['Map(String, UInt8)', { k: 1 }, "{'k':1}"],
    ["DateTime64(3, 'UTC')", new Date('2026-11-22T05:06:07.089Z'), '2026-11-22 05:06:07.089'],
    ['IPv6', '2001:db8::1', '2001:db8::1'],
  ])('parameter of type %s', async (type, value, want) => {
    const [found] = await rows<{ t: string; v: string | null }>(
      `SELECT toTypeName({v:${type}}) AS t, toString({v:${type}}) AS v`,
      { v: value },
    );
    expect(found).toEqual({ t: type, v: want });
  });

  it('takes an identifier as a parameter', async () => {
    const name = await table('x UInt8');
    await client.insert({ table: name, values: [{ x: 3 }], format: 'JSONEachRow' });
    expect(await rows('SELECT x FROM {t:Identifier}', { t: name })).toEqual([{ x: 3 }]);
  });

  it('takes thousands of values in one parameter', async () => {
    const ids = Array.from({ length: 5000 }, (_, i) => `lo-${i}-${'x'.repeat(20)}`);
    const query = 'SELECT length({ids:Array(String)}) AS n, arrayUniq({ids:Array(String)}) AS u';
    expect(await rows(query, { ids })).toEqual([{ n: 5000, u: 5000 }]);
    const found = await client.query({
      query,
      query_params: { ids },
      format: 'JSONEachRow',
      use_multipart_params: true,
    });
    expect(await found.json()).toEqual([{ n: 5000, u: 5000 }]);
  });

  it('keeps 64-bit numbers exact in rows', async () => {
    const name = await table('a UInt64, b Int64');
    const values = [{ a: '18446744073709551615', b: '-9223372036854775808' }];
    await client.insert({ table: name, values, format: 'JSONEachRow' });
    expect(await rows(`SELECT toString(a) AS a, toString(b) AS b FROM ${name}`)).toEqual(values);
  });

  it.each([
    ['JSON', (text: string) => JSON.parse(text).data[0].a],
    ['JSONCompactEachRow', (text: string) => JSON.parse(text)[0]],
    ['CSV', (text: string) => Number(text)],
    ['TabSeparated', (text: string) => Number(text)],
  ] as const)('answers in format %s', async (format, read) => {
    const found = await client.query({ query: 'SELECT 42 AS a', format });
    expect(read(await found.text())).toBe(42);
  });

  it.each([
    ['UNKNOWN_IDENTIFIER', '47', 'SELECT khong_co'],
    ['SYNTAX_ERROR', '62', 'SELEC 1'],
    ['SYNTAX_ERROR', '62', 'SELECT 1; SELECT 2'],
    ['SYNTAX_ERROR', '62', '/* nothing */ -- at all'],
    ['UNKNOWN_TABLE', '60', 'SELECT * FROM khong_co'],
    ['UNKNOWN_DATABASE', '81', 'SELECT * FROM khong_co.x'],
    ['UNKNOWN_SETTING', '115', 'SELECT 1 SETTINGS khong_co = 1'],
    ['UNKNOWN_FUNCTION', '46', 'SELECT khong_co(1)'],
    ['UNKNOWN_QUERY_PARAMETER', '456', 'SELECT {khong_co:String}'],
    ['FUNCTION_THROW_IF_VALUE_IS_NON_ZERO', '395', "SELECT throwIf(1, 'Không (được) phép')"],
    [
      'MEMORY_LIMIT_EXCEEDED',
      '241',
      'SELECT groupArray(number) FROM numbers(100000000) SETTINGS max_memory_usage = 50000000',
    ],
    [
      'TIMEOUT_EXCEEDED',
      '159',
      'SELECT sum(sipHash64(number)) FROM numbers(100000000000) SETTINGS max_execution_time = 0.2',
    ],
  ])('an error keeps its type and code: %s', async (type, code, query) => {
    const failed = await client.exec({ query }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code, type });
    expect(String(failed)).not.toContain('Code:');
  });

  it('a wrong parameter value is an error, not a wrong answer', async () => {
    await expect(rows('SELECT {n:UInt8} AS n', { n: 'ba' })).rejects.toMatchObject({ type: 'BAD_QUERY_PARAMETER' });
  });

  it('a wrong password is refused', async () => {
    const stranger = createClient({
      url: backing.url,
      username: backing.username,
      password: 'sai',
      log: { level: ClickHouseLogLevel.OFF },
    });
    clients.push(stranger);
    await expect(rows('SELECT 1', {}, stranger)).rejects.toMatchObject({
      code: '516',
      type: 'AUTHENTICATION_FAILED',
    });
  });

  it('takes SQL text through exec and command', async () => {
    const name = await table('a UInt8');
    await client.command({ query: `INSERT INTO ${name} VALUES (1), (2)` });
    await client.command({ query: `INSERT INTO ${name} FORMAT JSONEachRow {"a":3}\n{"a":4};` });
    const { stream } = await client.exec({ query: `SELECT sum(a) FROM ${name} FORMAT CSV` });
    expect(Buffer.concat(await stream.toArray()).toString()).toBe('10\n');
  });

  it.each([false, true])('inserts arrays, both formats, gzip %s', async (gzip) => {
    const by = clientOf(gzip);
    const name = await table("a UInt8, s String, d String DEFAULT concat('D', s), j JSON");
    await by.insert({ table: name, values: [{ a: 1, s: 'x', j: { k: { m: 1 } } }], format: 'JSONEachRow' });
    await by.insert({ table: name, values: [[2, 'Đ']], format: 'JSONCompactEachRow', columns: ['a', 's'] });
    await by.insert({ table: name, values: [], format: 'JSONEachRow' });
    expect(await rows(`SELECT a, s, d, toString(j.k.m) AS m FROM ${name} ORDER BY a`, {}, by)).toEqual([
      { a: 1, s: 'x', d: 'Dx', m: '1' },
      { a: 2, s: 'Đ', d: 'DĐ', m: expect.anything() },
    ]);
  });

  it.each([false, true])('inserts a stream of 50 000 rows whole, as one part, gzip %s', async (gzip) => {
    const name = await table('id UInt32, text String');
    const stream = Readable.from(
      (function* () {
        for (let id = 0; id < 50_000; id++) yield { id, text: `${id} ${'Nhật ký '.repeat(20)}` };
      })(),
      { objectMode: true },
    );
    const { summary } = await clientOf(gzip).insert({ table: name, values: stream, format: 'JSONEachRow' });
    expect(summary?.written_rows).toBe('50000');
    const sums = `toString(uniqExact(id)) AS ids, toString(sum(length(text))) AS bytes`;
    const wanted = { ids: '50000', bytes: String(50_000 * 20 * Buffer.byteLength('Nhật ký ') + 50_000 + 238_890) };
    expect(await rows(`SELECT ${sums} FROM ${name}`)).toEqual([wanted]);
    expect(await count(name)).toBe(50_000);
    const parts = await rows(
      'SELECT level FROM system.parts WHERE database = currentDatabase() AND table = {name:String}',
      {
        name,
      },
    );
    expect(parts).toHaveLength(1);
  });

  it('inserts a raw stream through exec', async () => {
    const name = await table('a UInt8, b String');
    const { stream } = await client.exec({
      query: `INSERT INTO ${name} FORMAT CSV`,
      values: Readable.from(['1,"x;y"\n', '2,"z"\n']),
    });
    stream.resume();
    await expect.poll(() => count(name)).toBe(2);
  });

  it('an insert with a bad row stores nothing', async () => {
    const name = await table('a UInt8');
    const failed = await client
      .insert({ table: name, values: [{ a: 1 }, { a: 2 }, { a: 'ba' }], format: 'JSONEachRow' })
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: expect.stringMatching(/^(27|72)$/) });
    expect(await count(name)).toBe(0);
  });

  it.each(['in the URL', 'in the SQL'])('insert_deduplication_token %s keeps a retry out', async (where) => {
    const name = await table('a UInt32', 'MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100');
    const send = async (token: string, values: { a: number }[]): Promise<void> => {
      if (where === 'in the URL') {
        const clickhouse_settings = { insert_deduplication_token: token };
        await client.insert({ table: name, values, format: 'JSONEachRow', clickhouse_settings });
        return;
      }
      const query = `INSERT INTO ${name} SETTINGS insert_deduplication_token = '${token}' FORMAT JSONEachRow`;
      const body = values.map((row) => JSON.stringify(row)).join('\n');
      const { stream } = await client.exec({ query, values: Readable.from([body]) });
      await stream.toArray();
    };
    await send('lo-1', [{ a: 1 }, { a: 2 }]);
    await send('lo-1', [{ a: 1 }, { a: 2 }]);
    expect(await count(name)).toBe(2);
    // The same rows under another token are other rows; and no token of before sticks to a plain insert.
    await send('lo-2', [{ a: 1 }, { a: 2 }]);
    expect(await count(name)).toBe(4);
    await client.insert({ table: name, values: [{ a: 9 }], format: 'JSONEachRow' });
    await client.insert({ table: name, values: [{ a: 8 }], format: 'JSONEachRow' });
    expect(await count(name)).toBe(6);
  });

  it('settings of a request hold for it and for no other', async () => {
    const query = "SELECT getSetting('max_block_size') AS b, getSetting('max_execution_time') AS t";
    const [before] = await rows<object>(query);
    for (let n = 0; n < 8; n++) {
      const clickhouse_settings = { max_block_size: '777', max_execution_time: 5 };
      const found = await client.query({ query, format: 'JSONEachRow', clickhouse_settings });
      expect(Object.values((await found.json<object>())[0] ?? {}).map(Number)).toEqual([777, 5]);
    }
    for (let n = 0; n < 16; n++) expect((await rows(query))[0]).toEqual(before);
    const failing = { query: 'SELECT throwIf(1)', clickhouse_settings: { max_block_size: '778' } };
    await expect(client.query(failing)).rejects.toThrow();
    for (let n = 0; n < 16; n++) expect((await rows(query))[0]).toEqual(before);
  });

  it('SET and USE in a statement hold for nothing after it', async () => {
    const query = "SELECT getSetting('max_block_size') AS b, currentDatabase() AS d";
    const [before] = await rows(query);
    for (let n = 0; n < 8; n++) {
      await client.command({ query: 'SET max_block_size = 779' });
      await client.command({ query: 'USE system' });
    }
    for (let n = 0; n < 16; n++) expect((await rows(query))[0]).toEqual(before);
  });

  it('a parameter of an earlier request is not there any more', async () => {
    for (let n = 0; n < 16; n++) await rows('SELECT {cu:String} AS a', { cu: `${n}` });
    for (let n = 0; n < 16; n++) {
      const type = 'UNKNOWN_QUERY_PARAMETER';
      await expect(rows('SELECT { cu : String } AS a', { moi: 'x' })).rejects.toMatchObject({ type });
    }
  });

  it('200 parameterised queries at once each get their own value', async () => {
    const wanted = Array.from({ length: 200 }, (_, n) => `giá trị ${n}`);
    const found = await Promise.all(
      wanted.map((v) => rows<{ v: string }>('SELECT {v:String} AS v, sum(number) AS s FROM numbers(10000)', { v })),
    );
    expect(found.map((one) => one[0]?.v)).toEqual(wanted);
  });

  it('12 failing queries beside 200 good ones: every good answer is right', async () => {
    // Each failing one has already produced rows when it fails: chDB hands those to the session's next query.
    const failing = [
      'SELECT number, throwIf(number = 90000) FROM numbers(100000) SETTINGS max_block_size = 1000',
      "SELECT 'poison', sleepEachRow(0.01) FROM numbers(1000) SETTINGS max_block_size = 1, max_execution_time = 0.1",
      "SELECT 'poison' || repeat('x', number % 100) FROM numbers(1000000) SETTINGS max_result_bytes = 100000",
      "SELECT 'poison', groupArray(number) FROM numbers(10000000) GROUP BY number % 3 SETTINGS max_memory_usage = 30000000",
    ];
    let failed = 0;
    const bad = Array.from({ length: 12 }, async (_, n) => {
      const query = failing[n % failing.length] ?? '';
      await client.query({ query, format: 'JSONEachRow' }).then(
        (found) => found.text(),
        () => failed++,
      );
    });
    const good = Array.from({ length: 200 }, async (_, n) => {
      const found = await rows('SELECT {n:UInt32} AS n, count() AS c FROM numbers({n:UInt32})', { n });
      expect(found).toEqual([{ n, c: expect.toSatisfy((c: unknown) => Number(c) === n) }]);
    });
    await Promise.all([...bad, ...good]);
    expect(failed).toBe(12);
    // And behind one another on whatever session comes next.
    for (let n = 0; n < 12; n++) {
      await client.query({ query: failing[n % failing.length] ?? '', format: 'JSONEachRow' }).catch(() => {});
      expect(await rows('SELECT {n:UInt32} AS n', { n })).toEqual([{ n }]);
    }
  });

  it('an abort stops the query in the engine', async () => {
    const mark = `dừng-${randomBytes(4).toString('hex')}`;
    const abort = new AbortController();
    const work = client
      .query({
        query: `SELECT sum(sipHash64(number)), '${mark}' FROM numbers(1000000000000)`,
        abort_signal: abort.signal,
        clickhouse_settings: { cancel_http_readonly_queries_on_client_close: 1 },
      })
      .catch((error: unknown) => error);
    const running = async (): Promise<number> => {
      const query = 'SELECT query FROM system.processes WHERE position(query, {a:String} || {b:String}) > 0';
      return (await rows(query, { a: mark.slice(0, 6), b: mark.slice(6) })).length;
    };
    await expect.poll(running).toBe(1);
    abort.abort();
    expect(String(await work)).toContain('aborted');
    await expect.poll(running).toBe(0);
  });

  it('an answer of 30 MB comes whole, gzip or not', async () => {
    for (const gzip of [false, true]) {
      const found = await clientOf(gzip).query({
        query: "SELECT number AS n, repeat('y', 100) AS y FROM numbers(250000)",
        format: 'JSONCompactEachRow',
      });
      let seen = 0;
      for await (const chunk of found.stream<[number, string]>()) {
        for (const row of chunk) {
          if (Number(row.json()[0]) !== seen) throw new Error(`row ${seen} is out of place`);
          seen++;
        }
      }
      expect(seen).toBe(250_000);
    }
  });
});
