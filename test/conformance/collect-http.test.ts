import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpCollectorLimits } from '../../src/collect/http-limits.ts';
import { createHttpCollector } from '../../src/collect/http-ndjson.ts';
import { IntakeRefused, IntakeUncertain, type Receipt, type Source, type Submission } from '../../src/model/source.ts';
import { createMetrics } from '../../src/observe/metrics.ts';

const source: Source = {
  id: 'web',
  name: 'web',
  org: '',
  system: '',
  parser: 'auto',
  origin: 'production',
  drill: '',
  lane: '',
  addresses: [],
};

const open: FastifyInstance[] = [];
afterEach(async () => {
  while (open.length > 0) await open.pop()?.close();
});

async function listen(
  limits: Partial<HttpCollectorLimits> = {},
  answer?: (s: Submission) => Promise<Receipt>,
  more: { readonly handlerTimeout?: number; readonly authenticate?: () => Promise<Source | null> } = {},
) {
  const taken: Submission[] = [];
  const { handlerTimeout = 0, authenticate } = more;
  const app = Fastify({ logger: false, ...(handlerTimeout === 0 ? {} : { handlerTimeout }) });
  open.push(app);
  const intake = {
    async submit(s: Submission): Promise<Receipt> {
      taken.push(s);
      if (answer !== undefined) return answer(s);
      return { batch: 'b1', accepted: s.lines.length, rejected: [] };
    },
  };
  await app.register(
    createHttpCollector({
      intake,
      authenticate: authenticate ?? (async (token) => (token === 'good' ? source : null)),
      limits,
      log: pino({ level: 'silent' }),
      metrics: createMetrics(),
    }),
  );
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/ingest/v1/ndjson`;
  const post = (body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      body: body as NonNullable<RequestInit['body']>,
      headers: { authorization: 'Bearer good', 'content-type': 'application/x-ndjson', ...headers },
    });
  const texts = (): string[] => taken.flatMap((s) => s.lines.map((line) => line.text));
  return { app, url, post, taken, texts };
}

describe('lines of a body', () => {
  const bodies: readonly (readonly [name: string, body: string, lines: readonly (readonly [number, string])[]])[] = [
    [
      'LF',
      '{"a":1}\n{"a":2}\n',
      [
        [1, '{"a":1}'],
        [2, '{"a":2}'],
      ],
    ],
    [
      'no line end at the end',
      '{"a":1}\n{"a":2}',
      [
        [1, '{"a":1}'],
        [2, '{"a":2}'],
      ],
    ],
    [
      'CRLF',
      '{"a":1}\r\n{"a":2}\r\n',
      [
        [1, '{"a":1}'],
        [2, '{"a":2}'],
      ],
    ],
    [
      'a byte-order mark',
      '\ufeff{"a":1}\n{"a":2}',
      [
        [1, '{"a":1}'],
        [2, '{"a":2}'],
      ],
    ],
    ['a byte-order mark before one line', '\ufeff{"a":1}', [[1, '{"a":1}']]],
    [
      'blank lines keep the count',
      '{"a":1}\n\n\r\n{"a":2}\n',
      [
        [1, '{"a":1}'],
        [4, '{"a":2}'],
      ],
    ],
    ['Vietnamese', '{"người":"Đỗ Thị Hạnh"}', [[1, '{"người":"Đỗ Thị Hạnh"}']]],
    ['nothing', '', []],
    ['line ends only', '\n\n\r\n', []],
  ];
  for (const [name, body, want] of bodies) {
    for (const gzip of [false, true]) {
      it(`${name}${gzip ? ', gzip' : ''}`, async () => {
        const { post, taken } = await listen();
        const bytes = gzip ? gzipSync(body) : new TextEncoder().encode(body);
        const answer = await post(bytes, gzip ? { 'content-encoding': 'gzip' } : {});
        expect([answer.status, await answer.json()]).toEqual([
          200,
          { batch: 'b1', accepted: want.length, rejected: [] },
        ]);
        expect(taken[0]?.lines.map((line) => [line.line, line.text])).toEqual(want);
      });
    }
  }

  it('a body cut into single bytes reads the same', async () => {
    const { url, taken } = await listen();
    const { hostname, port } = new URL(url);
    const body = Buffer.from('{"người":1}\r\n{"a":"ạ"}');
    const socket = connect(Number(port), hostname);
    const head = `POST /ingest/v1/ndjson HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
    socket.setNoDelay(true);
    socket.write(head);
    for (const byte of body) {
      socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1.1 200/);
    expect(taken[0]?.lines.map((line) => line.text)).toEqual(['{"người":1}', '{"a":"ạ"}']);
  });

  it('a line of bytes that are no UTF-8 goes on with its bytes, its neighbours as they are', async () => {
    const { post, taken } = await listen();
    await post(Buffer.concat([Buffer.from('{"a":1}\n{"b":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}\n{"c":1}')]));
    expect(taken[0]?.lines.map((line) => [line.line, line.flaw?.reason, line.flaw?.fatal])).toEqual([
      [1, undefined, undefined],
      [2, 'not-utf8', false],
      [3, undefined, undefined],
    ]);
    expect(taken[0]?.lines.map((line) => Buffer.from(line.base64 ?? '', 'base64').toString('latin1'))).toEqual([
      '',
      '{"b":"\xff\xfe"}',
      '',
    ]);
  });

  it('a line over the bound goes on as its head only', async () => {
    const { post, taken } = await listen({ lineBytesMax: 10_000 });
    await post(`{"a":1}\n${'x'.repeat(300_000)}\n{"b":1}`);
    expect(taken[0]?.lines.map((line) => [line.text.length, line.flaw?.reason, line.flaw?.bytes])).toEqual([
      [7, undefined, undefined],
      [4_096, 'too-long', 300_000],
      [7, undefined, undefined],
    ]);
  });

  it('carries key, source and peer', async () => {
    const { post, taken } = await listen();
    await post('{}', { 'idempotency-key': 'K-7' });
    expect(taken[0]).toMatchObject({ key: 'K-7', source: { id: 'web' }, transport: 'http', peer: '127.0.0.1' });
  });
});

it('a long gzip body leaves no listeners behind', async () => {
  const { post, taken } = await listen();
  const warnings: string[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning.name);
  process.on('warning', onWarning);
  const body = Array.from({ length: 20_000 }, () => randomBytes(48).toString('hex')).join('\n');
  expect((await post(gzipSync(body), { 'content-encoding': 'gzip' })).status).toBe(200);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', onWarning);
  expect(taken[0]?.lines.length).toBe(20_000);
  expect(warnings).toEqual([]);
});

describe('what is refused', () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000, 0x61));
  const cases: readonly (readonly [
    name: string,
    body: string | Uint8Array,
    headers: Record<string, string>,
    status: number,
    code: string,
  ])[] = [
    ['no token', '{}', { authorization: '' }, 401, 'unauthorized'],
    ['a wrong token', '{}', { authorization: 'Bearer bad' }, 401, 'unauthorized'],
    ['basic access', '{}', { authorization: 'Basic Z29vZDo=' }, 401, 'unauthorized'],
    ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported-type'],
    ['an unknown encoding', '{}', { 'content-encoding': 'zstd' }, 415, 'unsupported-encoding'],
    ['a body over the bound', 'x'.repeat(200_000), {}, 413, 'body-too-large'],
    ['a gzip bomb', bomb, { 'content-encoding': 'gzip' }, 413, 'body-too-large'],
    ['more lines than the bound', '1\n'.repeat(1_001), {}, 413, 'too-many-lines'],
    ['broken gzip', 'not gzip at all', { 'content-encoding': 'gzip' }, 400, 'bad-gzip'],
    ['gzip that ends early', gzipSync('{"a":1}').subarray(0, 20), { 'content-encoding': 'gzip' }, 400, 'bad-gzip'],
    ['a key too long', '{}', { 'idempotency-key': 'k'.repeat(201) }, 400, 'bad-idempotency-key'],
  ];
  it.each(cases)('%s', async (_name, body, headers, status, code) => {
    const { post, taken } = await listen({ bodyBytesMax: 100_000, inflatedBytesMax: 200_000, linesMax: 1_000 });
    const answer = await post(body, headers);
    const problem = (await answer.json()) as Record<string, string>;
    expect([answer.status, problem.code]).toEqual([status, code]);
    expect(problem.message).not.toBe('');
    expect(problem.messageVi).not.toBe('');
    expect(taken).toHaveLength(0);
  });

  it('a body over the bound without a declared length', async () => {
    const { url, taken } = await listen({ bodyBytesMax: 100_000 });
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 40; i++) yield Buffer.alloc(4_000, 0x61);
    }
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      body: endless() as unknown as NonNullable<RequestInit['body']>,
      duplex: 'half',
      headers: { authorization: 'Bearer good' },
    };
    const answer = await fetch(url, init);
    expect(answer.status).toBe(413);
    expect(taken).toHaveLength(0);
  });

  it('a client that leaves in the middle stores nothing', async () => {
    const { url, taken, post } = await listen();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write(
      'POST /ingest/v1/ndjson HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Length: 100\r\n\r\n{"a":1}\n{"b":2}\n{"c"',
    );
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
    await post('{"after":1}');
    expect(taken.map((s) => s.lines.length)).toEqual([1]);
  });

  it('a slow client is cut off, others are not', async () => {
    const { url, post, taken } = await listen({ bodyWaitMs: 1000 });
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(
      'POST /ingest/v1/ndjson HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Length: 100\r\n\r\n{',
    );
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    expect((await post('{}')).status).toBe(200);
    expect(taken).toHaveLength(1);
  });
});

describe('what the belt says', () => {
  const cases: readonly (readonly [
    name: string,
    error: Error,
    status: number,
    code: string,
    retryAfter: string | null,
  ])[] = [
    ['busy', new IntakeRefused('busy', 2, 'x'), 429, 'busy', '2'],
    ['store away', new IntakeRefused('store-away', 5, 'x'), 503, 'store-away', '5'],
    ['a fault', new Error('boom'), 500, 'internal', null],
  ];
  it.each(cases)('%s', async (_name, error, status, code, retryAfter) => {
    const { post } = await listen({}, () => Promise.reject(error));
    const answer = await post('{}');
    const body = (await answer.json()) as Record<string, string>;
    expect([answer.status, body.code, answer.headers.get('retry-after')]).toEqual([status, code, retryAfter]);
  });

  it('rejections by line', async () => {
    const receipt: Receipt = { batch: 'b9', accepted: 1, rejected: [{ line: 2, reason: 'too-long' }] };
    const { post } = await listen({}, () => Promise.resolve(receipt));
    expect(await (await post('{}\n{}')).json()).toEqual(receipt);
  });

  it('nothing for too long: the client is told that the outcome is not known', async () => {
    const { post } = await listen({ answerWaitMs: 30 }, () => new Promise(() => undefined));
    const answer = await post('{}');
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, 'outcome-unknown']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it.each([
    ['while the token is checked: nothing can be stored yet', true, 'store-away'],
    ['while the store has the lines: the outcome is not known', false, 'outcome-unknown'],
  ])('the server’s own limit, %s', async (_when, isChecking, code) => {
    const never = (): Promise<never> => new Promise(() => undefined);
    const { post } = await listen({}, never, { handlerTimeout: 1000, ...(isChecking ? { authenticate: never } : {}) });
    const answer = await post('{}');
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, code]);
  });

  it('a belt that was closed over an open question: nobody is told that nothing was stored', async () => {
    const { post } = await listen({}, () => Promise.reject(new IntakeUncertain()));
    const answer = await post('{}');
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, 'outcome-unknown']);
  });

  it('more requests at once than the bound are told to come back', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { post, taken } = await listen({ requestsMax: 1 }, async (s) => {
      await gate;
      return { batch: 'b', accepted: s.lines.length, rejected: [] };
    });
    const first = post('{}');
    while (taken.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await post('{}')).status).toBe(429);
    release();
    expect((await first).status).toBe(200);
    expect((await post('{}')).status).toBe(200);
  });
});
