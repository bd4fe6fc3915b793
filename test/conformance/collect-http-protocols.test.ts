import { connect } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { createElasticCollector } from '../../src/collect/elastic.ts';
import { createHecCollector } from '../../src/collect/hec.ts';
import type { HttpCollectorLimits } from '../../src/collect/http-limits.ts';
import { createHttpRoom } from '../../src/collect/http-room.ts';
import { createLokiCollector } from '../../src/collect/loki.ts';
import { createOtlpCollector } from '../../src/collect/otlp.ts';
import { writeMessage } from '../../src/collect/protobuf.ts';
import { IntakeRefused, type Receipt, type Source, type Submission } from '../../src/model/source.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { collectorSource } from '../harness/http-collect-world.ts';
import { readLine } from '../harness/read-line.ts';

const open: FastifyInstance[] = [];
afterEach(async () => {
  while (open.length > 0) await open.pop()?.close();
});

type Headers = Record<string, string>;
type Body = string | Buffer;

const protocols = {
  elastic: {
    path: '/elastic/_bulk',
    type: 'application/x-ndjson',
    body: '{"create":{"_index":"i"}}\n{"message":"x"}\n',
  },
  otlp: {
    path: '/v1/logs',
    type: 'application/json',
    body: '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]}]}]}',
  },
  hec: { path: '/services/collector', type: 'application/json', body: '{"event":"x"}' },
  loki: {
    path: '/loki/api/v1/push',
    type: 'application/json',
    body: '{"streams":[{"stream":{},"values":[["1","x"]]}]}',
  },
} as const;
type Name = keyof typeof protocols;
const names = Object.keys(protocols) as Name[];
const basic = (token: string): string => `Basic ${Buffer.from(`anyone:${token}`).toString('base64')}`;

async function listen(
  limits: Partial<HttpCollectorLimits> = {},
  answer: (s: Submission) => Promise<Receipt> = async (s) => ({ batch: 'b', accepted: s.lines.length, rejected: [] }),
  source: Source = collectorSource,
) {
  const taken: Submission[] = [];
  const app = Fastify({ logger: false, forceCloseConnections: true });
  open.push(app);
  const metrics = createMetrics();
  const submit = (s: Submission): Promise<Receipt> => {
    taken.push(s);
    return answer(s);
  };
  const parts = {
    intake: { submit },
    authenticate: async (token: string) => (token === 'good' ? source : null),
    limits,
    room: createHttpRoom(metrics, limits),
    log: pino({ level: 'silent' }),
    metrics,
  };
  await app.register(createElasticCollector({ ...parts, prefix: '/elastic' }));
  for (const create of [createOtlpCollector, createHecCollector, createLokiCollector])
    await app.register(create(parts));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const ask = (path: string, init: RequestInit): Promise<Response> => fetch(url + path, init);
  const post = (name: Name, body: Body, headers: Headers = {}, path = ''): Promise<Response> =>
    ask(path === '' ? protocols[name].path : path, {
      method: 'POST',
      body: body as NonNullable<RequestInit['body']>,
      headers: { authorization: basic('good'), 'content-type': protocols[name].type, ...headers },
    });
  const texts = (): string[] => taken.flatMap((s) => s.lines.map((line) => line.text));
  return { app, url, ask, post, taken, texts, metrics };
}

describe.each(names)('%s: who may send', (name) => {
  const { body } = protocols[name];
  it('a token in the forms its clients know', async () => {
    const { post, taken } = await listen();
    const forms: Record<Name, string[]> = {
      elastic: [basic('good'), 'Bearer good', `ApiKey ${Buffer.from('id:good').toString('base64')}`],
      otlp: [basic('good'), 'Bearer good'],
      hec: ['Splunk good', basic('good'), 'Bearer good'],
      loki: [basic('good'), 'Bearer good'],
    };
    for (const authorization of forms[name])
      expect((await post(name, body, { authorization })).status, authorization).toBeLessThan(300);
    expect(taken.map(({ source, transport, peer }) => [source.id, transport, peer])).toEqual(
      forms[name].map(() => ['shipper', name, '127.0.0.1']),
    );
  });
  it.each([
    ['none', ''],
    ['a wrong token', 'Bearer bad'],
    ['a scheme nobody knows', 'Digest good'],
    ['half a pair', `Basic ${Buffer.from('anyone').toString('base64')}`],
    ['a header that does not end', `Bearer ${'a'.repeat(8_000)}`],
    ['an origin of another site', 'Bearer bad'],
  ])('refused: %s', async (_case, authorization) => {
    const { post, ask, taken } = await listen();
    const origin = { origin: 'https://evil.example' };
    const refused = await post(name, body, { authorization, ...origin });
    expect([401, 403]).toContain(refused.status);
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    const preflight = await ask(protocols[name].path, { method: 'OPTIONS', headers: origin });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
    expect(taken).toHaveLength(0);
  });
});

describe.each(names)('%s: hostile bodies', (name) => {
  const { body } = protocols[name];
  const small = { bodyBytesMax: 100_000, inflatedBytesMax: 200_000, linesMax: 1_000, linesBytesMax: 400_000 };
  const deep = (n: number): string => `${'['.repeat(n)}${']'.repeat(n)}`;
  const bomb = Buffer.alloc(50_000_000, 0x20);
  const inside: Record<Name, (value: string) => string> = {
    elastic: (value) => `{"create":{"_index":"i"}}\n{"message":${value}}\n`,
    otlp: (value) => `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${value}}]}]}]}`,
    hec: (value) => `{"event":{"a":${value}}}`,
    loki: (value) => `{"streams":[{"stream":{"a":${value}},"values":[["1","x"]]}]}`,
  };

  it.each<readonly [string, Body, Headers, readonly number[]]>([
    ['a gzip bomb', gzipSync(bomb), { 'content-encoding': 'gzip' }, [413]],
    ['a deflate bomb', deflateSync(bomb), { 'content-encoding': 'deflate' }, [413]],
    ['broken gzip', 'not gzip', { 'content-encoding': 'gzip' }, [400]],
    ['gzip that ends early', gzipSync(body).subarray(0, 20), { 'content-encoding': 'gzip' }, [400]],
    ['an encoding nobody knows', body, { 'content-encoding': 'zip' }, [400, 415]],
    ['a body over the bound', 'x'.repeat(200_000), {}, [413]],
    ['words', 'hello', {}, [400]],
    ['half a body', body.slice(0, -6).trimEnd(), {}, name === 'elastic' ? [200] : [400]],
    ['NULs', Buffer.alloc(1_000), {}, [400, 200]],
    ['bytes that are nothing', Buffer.from(Array.from({ length: 1_000 }, (_, i) => (i * 7) % 256)), {}, [400]],
    ['nothing', '', {}, name === 'elastic' ? [200] : [400]],
  ])('%s', async (_case, sent, headers, status) => {
    const { post, taken } = await listen(small);
    const answer = await post(name, sent, headers);
    expect(status).toContain(answer.status);
    if (answer.status >= 400) expect(taken).toHaveLength(0);
    // Others go on.
    expect((await post(name, body)).status).toBeLessThan(300);
  });

  it('deep nesting is kept as text or refused, and nobody falls over it', async () => {
    const { post, texts } = await listen({ ...small, bodyBytesMax: 2_000_000, inflatedBytesMax: 2_000_000 });
    for (const depth of [100, 10_000, 400_000]) {
      const answer = await post(name, inside[name](deep(depth)));
      expect([200, 204, 400]).toContain(answer.status);
    }
    for (const text of texts()) expect(['raw', 'partial', 'parsed']).toContain(readLine(text, 'auto', 0).parseStatus);
    expect((await post(name, body)).status).toBeLessThan(300);
  });

  it('bytes that are no UTF-8 arrive as they are', async () => {
    const { post, taken } = await listen();
    const tcvn3 = Buffer.from([0x22, 0x4e, 0x67, 0x75, 0x79, 0xd4, 0x6e, 0x22]);
    const text = {
      elastic: inside.elastic('@'),
      hec: inside.hec('@'),
      otlp: inside.otlp('{"stringValue":@}'),
      loki: '{"streams":[{"stream":{"a":"\\u1ea1"},"values":[["1",@]]}]}',
    }[name];
    const [before = '', after = ''] = text.split('@');
    expect((await post(name, Buffer.concat([Buffer.from(before), tcvn3, Buffer.from(after)]))).status).toBeLessThan(
      300,
    );
    const line = taken[0]?.lines[0];
    expect(line?.flaw?.reason).toBe('not-utf8');
    expect(Buffer.from(line?.base64 ?? '', 'base64').includes(tcvn3)).toBe(true);
    if (name === 'loki') expect(line?.text).toContain('ạ');
  });

  it('more events than the bound', async () => {
    const { post, taken } = await listen(small);
    const many = {
      elastic: body.repeat(1_100),
      hec: body.repeat(1_100),
      otlp: `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${Array(1_100).fill('{}').join()}]}]}]}`,
      loki: `{"streams":[{"stream":{},"values":[${Array(1_100).fill('["1","x"]').join()}]}]}`,
    }[name];
    expect((await post(name, many)).status).toBe(413);
    expect(taken).toHaveLength(0);
  });

  it('one large name for many small events is no way to fill the memory', async () => {
    const { post, taken } = await listen(small);
    const large = 'x'.repeat(20_000);
    const many = {
      elastic: '',
      hec: '',
      otlp: `{"resourceLogs":[{"resource":{"attributes":[{"key":"a","value":{"stringValue":"${large}"}}]},"scopeLogs":[{"logRecords":[${Array(900).fill('{}').join()}]}]}]}`,
      loki: `{"streams":[{"stream":{"a":"${large}"},"values":[${Array(900).fill('["1","x"]').join()}]}]}`,
    }[name];
    if (many === '') return;
    expect((await post(name, many)).status).toBe(413);
    expect(taken).toHaveLength(0);
  });

  it('a slow client is cut off, others are not', async () => {
    const { url, post } = await listen({ bodyWaitMs: 1000 });
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined).resume();
    const { path, type } = protocols[name];
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic('good')}\r\nContent-Type: ${type}\r\nContent-Length: 100\r\n\r\n{`,
    );
    await new Promise((resolve) => socket.once('close', resolve));
    expect((await post(name, body)).status).toBeLessThan(300);
  });

  it('a client that leaves in the middle stores nothing', async () => {
    const { url, post, taken } = await listen();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    const { path, type } = protocols[name];
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic('good')}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length + 1}\r\n\r\n${body}`,
    );
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
    await post(name, body);
    expect(taken).toHaveLength(1);
  });
});

describe.each(names)('%s: what the belt says, in the protocol’s words', (name) => {
  const { body } = protocols[name];
  it.each([
    ['busy', new IntakeRefused('busy', 2, 'x'), name === 'hec' ? 503 : 429, '2'],
    ['store away', new IntakeRefused('store-away', 5, 'x'), 503, '5'],
    ['a fault', new Error('boom'), 500, null],
  ])('%s', async (_case, error, status, retryAfter) => {
    const { post, metrics } = await listen({}, () => Promise.reject(error));
    const answer = await post(name, body);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, retryAfter]);
    expect(await metrics.text()).toContain(`collect_http_requests_total{protocol="${name}",status="${status}"} 1`);
    const text = await answer.text();
    if (name === 'elastic') expect(JSON.parse(text)).toMatchObject({ status, error: { type: expect.any(String) } });
    else if (name === 'hec') expect(JSON.parse(text)).toMatchObject({ code: status === 500 ? 8 : 9 });
    else if (name === 'otlp')
      expect(JSON.parse(text)).toMatchObject({ code: expect.any(Number), message: expect.any(String) });
    else expect(text).not.toBe('');
  });

  it('who was not told an outcome is told it when the same comes again, and only then', async () => {
    let release: (receipt: Receipt) => void = () => undefined;
    const first = new Promise<Receipt>((resolve) => {
      release = resolve;
    });
    const { post, taken } = await listen({ answerWaitMs: 30 }, () => first);
    expect((await post(name, body)).status).toBe(503);
    release({ batch: 'b', accepted: 1, rejected: [] });
    expect((await post(name, body)).status).toBeLessThan(300);
    expect(taken).toHaveLength(1);
    // Now it has heard; the same once more is new.
    expect((await post(name, body)).status).toBeLessThan(300);
    expect(taken).toHaveLength(2);
  });

  it('so is a client that had gone before', async () => {
    let release: (receipt: Receipt) => void = () => undefined;
    const first = new Promise<Receipt>((resolve) => {
      release = resolve;
    });
    const { app, url, post, taken, metrics } = await listen({}, () => first);
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const { path, type } = protocols[name];
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic('good')}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    while (taken.length === 0) await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
    const connections = (): Promise<number> =>
      new Promise((resolve) => app.server.getConnections((_, n) => resolve(n)));
    while ((await connections()) > 0) await new Promise((resolve) => setImmediate(resolve));
    const again = post(name, body);
    const told = `collect_http_told_again_total{protocol="${name}"} 1`;
    while (!(await metrics.text()).includes(told)) await new Promise((resolve) => setImmediate(resolve));
    release({ batch: 'b', accepted: 1, rejected: [] });
    expect((await again).status).toBeLessThan(300);
    expect(taken).toHaveLength(1);
  });

  it('what was certainly not taken is taken when it comes again', async () => {
    let isAway = true;
    const { post, taken } = await listen({}, async (s) => {
      if (isAway) throw new IntakeRefused('store-away', 1, 'x');
      return { batch: 'b', accepted: s.lines.length, rejected: [] };
    });
    expect((await post(name, body)).status).toBe(503);
    isAway = false;
    expect((await post(name, body)).status).toBeLessThan(300);
    expect(taken).toHaveLength(2);
  });
});

describe('_bulk', () => {
  it('each item has its own answer, and only what is a log is taken', async () => {
    const { post, taken } = await listen({}, async (s) => ({
      batch: 'b',
      accepted: s.lines.length - 1,
      rejected: [{ line: 2, reason: 'too-long' }],
    }));
    const body = [
      '{"create":{"_index":"a","_id":"1"}}',
      '{"n":1}',
      '{"update":{"_index":"a","_id":"2"}}',
      '{"doc":{}}',
      '{"delete":{"_index":"a","_id":"3"}}',
      '',
      '{"index":{}}',
      '{"n":2}',
      `{"index":{"_index":"${'ạ'.repeat(100)}"}}`,
      '{"n":3}',
      '{"create":{"_index":"a","pipeline":"p"}}',
      '{"n":4}',
    ].join('\r\n');
    const answer = await post('elastic', body, {}, '/elastic/logs/_bulk');
    expect(answer.headers.get('x-elastic-product')).toBe('Elasticsearch');
    const said = (await answer.json()) as {
      errors: boolean;
      items: Record<string, { status: number; _index: string }>[];
    };
    expect(said.errors).toBe(true);
    expect(
      said.items.map((item) => Object.entries(item).map(([action, { status }]) => `${action} ${status}`)[0]),
    ).toEqual(['create 201', 'update 400', 'delete 400', 'index 400', 'index 400', 'create 201']);
    expect(said.items[3]?.index?._index).toBe('logs');
    expect(taken[0]?.lines).toEqual([
      { line: 1, text: '{"_index":"a","_id":"1","_source":{"n":1}}' },
      { line: 2, text: '{"_index":"logs","_source":{"n":2}}' },
      { line: 3, text: '{"_index":"a","_source":{"n":4}}' },
    ]);
  });
  it.each([
    ['no action', '{"n":1}\n{"n":2}\n'],
    ['an action nobody knows', '{"drop":{"_index":"a"}}\n{}\n'],
    ['an action without a document', '{"create":{"_index":"a"}}\n'],
    ['an action that is very long', `{"create":{"_index":"${'a'.repeat(50_000)}"}}\n{}\n`],
  ])('the whole is refused, as Elasticsearch does: %s', async (_case, body) => {
    const { post, taken } = await listen();
    const answer = await post('elastic', body);
    expect([answer.status, ((await answer.json()) as { error: { type: string } }).error.type]).toEqual([
      400,
      'illegal_argument_exception',
    ]);
    expect(taken).toHaveLength(0);
  });
  it('a document over the line bound goes on as its head, the others as they are', async () => {
    const { post, taken } = await listen({ lineBytesMax: 10_000 });
    await post(
      'elastic',
      `{"create":{"_index":"a"}}\n{"x":"${'x'.repeat(300_000)}"}\n{"create":{"_index":"a"}}\n{"n":2}\n`,
    );
    expect(taken[0]?.lines.map((line) => [line.line, line.text.length, line.flaw?.reason])).toEqual([
      [1, 4_096, 'too-long'],
      [2, 32, undefined],
    ]);
  });
  it('what clients ask before they send, and nothing without a token', async () => {
    const { ask } = await listen();
    const rows: readonly (readonly [string, string, number])[] = [
      ['GET', '/elastic', 200],
      ['GET', '/elastic/', 200],
      ['HEAD', '/elastic/', 200],
      ['GET', '/elastic/_license', 200],
      ['GET', '/elastic/_cluster/health', 200],
      ['GET', '/elastic/_cat/health', 200],
      ['GET', '/elastic/_index_template/filebeat-8.17.0', 404],
      ['HEAD', '/elastic/_template/filebeat', 404],
      ['GET', '/elastic/_ilm/policy/filebeat', 404],
      ['PUT', '/elastic/_ilm/policy/filebeat', 200],
      ['PUT', '/elastic/_index_template/filebeat-8.17.0', 200],
      ['GET', '/elastic/_data_stream/filebeat-8.17.0', 404],
      ['GET', '/elastic/_search', 404],
      ['POST', '/elastic/logs/_search', 405],
      ['DELETE', '/elastic/logs', 405],
    ];
    for (const [method, path, status] of rows) {
      const answer = await ask(path, {
        method,
        headers: { authorization: basic('good') },
        ...(method === 'PUT' ? { body: '{}' } : {}),
      });
      expect([method, path, answer.status, answer.headers.get('x-elastic-product')]).toEqual([
        method,
        path,
        status,
        'Elasticsearch',
      ]);
      if (method === 'PUT') expect(answer.headers.get('warning')).toMatch(/nothing is kept/);
      expect(
        (await ask(path, { method, ...(method === 'PUT' ? { body: '{}' } : {}) })).status,
        `${method} ${path}`,
      ).toBe(401);
    }
  });
  it('a client that gives up on any refusal is cut off instead', async () => {
    const { url } = await listen({}, () => Promise.reject(new IntakeRefused('busy', 1, 'x')));
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const { path, body } = protocols.elastic;
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic('good')}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    let said = '';
    for await (const chunk of socket) said += String(chunk);
    expect(said).toBe('');
  });
});

describe('OTLP', () => {
  const record = writeMessage({ 5: writeMessage({ 1: 'x' }) });
  const request = writeMessage({ 1: writeMessage({ 2: writeMessage({ 2: record }) }) });
  const type = { 'content-type': 'application/x-protobuf' };
  it('answers in the encoding of the request, what was not taken too', async () => {
    const { post } = await listen({}, async (s) => ({
      batch: 'b',
      accepted: 0,
      rejected: s.lines.map(({ line }) => ({ line, reason: 'binary' })),
    }));
    const json = await post('otlp', protocols.otlp.body);
    expect(await json.json()).toEqual({ partialSuccess: { rejectedLogRecords: '1', errorMessage: 'binary' } });
    const protobuf = await post('otlp', request, type);
    expect(protobuf.headers.get('content-type')).toBe('application/x-protobuf');
    expect(Buffer.from(await protobuf.arrayBuffer()).toString('latin1')).toBe('\n\n\b\u0001\u0012\u0006binary');
  });
  it('all taken: an empty answer', async () => {
    const { post, texts } = await listen();
    expect(await (await post('otlp', protocols.otlp.body)).json()).toEqual({});
    expect((await (await post('otlp', request, type)).arrayBuffer()).byteLength).toBe(0);
    const line =
      '{"resourceLogs":[{"resource":{},"scopeLogs":[{"scope":{},"logRecords":[{"body":{"stringValue":"x"}}]}]}]}';
    expect(texts()).toEqual([line, line]);
  });
  it('a refusal is a Status in the encoding of the request', async () => {
    const { post } = await listen();
    const answer = await post('otlp', Buffer.from('0aff0100', 'hex'), type);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/x-protobuf']);
    expect(Buffer.from(await answer.arrayBuffer()).toString('latin1')).toMatch(/protobuf: a length/);
  });
  it('another type is told so', async () => {
    const { post } = await listen();
    expect((await post('otlp', 'x', { 'content-type': 'text/plain' })).status).toBe(415);
  });
});

describe('HEC', () => {
  const answered = async (response: Response): Promise<unknown[]> => {
    const said = (await response.json()) as Record<string, unknown>;
    return [
      response.status,
      said.code,
      said.text,
      ...('invalid-event-number' in said ? [said['invalid-event-number']] : []),
    ];
  };
  it.each<readonly [string, string, Headers, readonly unknown[]]>([
    ['no token', '{"event":1}', { authorization: '' }, [401, 2, 'Token is required']],
    ['no scheme of its own', '{"event":1}', { authorization: 'Digest x' }, [401, 3, 'Invalid authorization']],
    ['a wrong token', '{"event":1}', { authorization: 'Splunk x' }, [403, 4, 'Invalid token']],
    ['nothing', '  \n', {}, [400, 5, 'No data']],
    ['no JSON', '{"event":1} {"event" 2}', {}, [400, 6, 'Invalid data format', 1]],
    ['a value that is none', '{"event":abc}', {}, [400, 6, 'Invalid data format', 0]],
    ['an object without an end', '{"event":{"a":1}', {}, [400, 6, 'Invalid data format', 0]],
    ['no event', '{"event":1}{"host":"a"}', {}, [400, 12, 'Event field is required', 1]],
    ['an event of null', '{"event":null}', {}, [400, 12, 'Event field is required', 0]],
    ['an empty event', '{"event":""}', {}, [400, 13, 'Event field cannot be blank', 0]],
    ['fields that are none', '{"event":1,"fields":[1]}', {}, [400, 15, 'Error in handling indexed fields', 0]],
    ['a channel that is none', '{"event":1}', { 'x-splunk-request-channel': 'a b' }, [400, 11, 'Invalid data channel']],
  ])('%s', async (_case, body, headers, want) => {
    const { post, taken } = await listen();
    expect(await answered(await post('hec', body, headers))).toEqual(want);
    expect(taken).toHaveLength(0);
  });

  it('objects one behind the other keep their values as they were sent', async () => {
    const { post, texts } = await listen();
    const body = `\ufeff{"time":1763777702.345,"event":{"id":18446744073709551615,\n "s":"a}{\\"ạ"},"host":"h"}
      {"event":"x","sourcetype":"st","index":"main","more":true}{"event":[1,{"a":"]"}]}`;
    expect(await answered(await post('hec', body))).toEqual([200, 0, 'Success']);
    expect(texts()).toEqual([
      '{"sourcetype":"httpevent","host":"h","time":1763777702.345,"event":{"id":18446744073709551615,  "s":"a}{\\"ạ"}}',
      '{"sourcetype":"st","index":"main","event":"x","more":true}',
      '{"sourcetype":"httpevent","event":[1,{"a":"]"}]}',
    ]);
  });

  it('raw lines are bare without metadata, and events with some', async () => {
    const { post, texts } = await listen();
    await post('hec', 'một\nhai "2"\n', {}, '/services/collector/raw');
    await post('hec', 'ba', {}, '/services/collector/raw?sourcetype=s&host=h%22');
    expect(texts()).toEqual(['một', 'hai "2"', '{"sourcetype":"s","host":"h\\"","event":"ba"}']);
  });

  it('an acknowledgement is given once the events are stored, told once, and forgotten', async () => {
    const { post } = await listen();
    const channel = { 'x-splunk-request-channel': '0aeeac95-ac74-4aa9-b30d-6c4c0ac581ba' };
    const ids: number[] = [];
    for (let i = 0; i < 3; i++)
      ids.push(((await (await post('hec', '{"event":1}', channel)).json()) as { ackId: number }).ackId);
    expect(ids).toEqual([0, 1, 2]);
    const ask = async (acks: unknown, headers: Headers = channel) =>
      (await post('hec', JSON.stringify({ acks }), headers, '/services/collector/ack')).json();
    expect(await ask([0, 2, 9])).toEqual({ acks: { 0: true, 2: true, 9: false } });
    expect(await ask([0, 1])).toEqual({ acks: { 0: false, 1: true } });
    expect(await ask([0], { 'x-splunk-request-channel': 'another' })).toEqual({ acks: { 0: false } });
    expect(await ask([0], {})).toMatchObject({ code: 10 });
    expect(await ask('x')).toMatchObject({ code: 6 });
  });

  it('no acknowledgement for what was not stored', async () => {
    const { post } = await listen({}, () => Promise.reject(new IntakeRefused('busy', 1, 'x')));
    expect(await (await post('hec', '{"event":1}', { 'x-splunk-request-channel': 'c' })).json()).toEqual({
      text: 'Server is busy',
      code: 9,
    });
  });

  it('health asks for a token as well', async () => {
    const { ask } = await listen();
    expect((await ask('/services/collector/health', {})).status).toBe(401);
    expect(
      await (await ask('/services/collector/health', { headers: { authorization: 'Splunk good' } })).json(),
    ).toMatchObject({ code: 17 });
  });
});

describe('Loki', () => {
  it('labels, metadata and exact times stay with their line', async () => {
    const { post, texts } = await listen();
    const body = '{"streams":[{"stream":{"app":"x"},"values":[["1763777702000000001","một",{"id":"7"}],["2","hai"]]}]}';
    expect((await post('loki', body)).status).toBe(204);
    expect(texts()).toEqual([
      '{"stream":{"app":"x"},"values":[["1763777702000000001","một",{"id":"7"}]]}',
      '{"stream":{"app":"x"},"values":[["2","hai"]]}',
    ]);
  });
  it('protobuf packed by Snappy, as Promtail and Alloy send it', async () => {
    const { post, texts } = await listen();
    const time = writeMessage({ 1: 1_763_777_702, 2: 5 });
    const entry = writeMessage({ 1: time, 2: 'đăng nhập', 3: writeMessage({ 1: 'id', 2: '7' }) });
    const push = writeMessage({ 1: writeMessage({ 1: '{app="nginx", host="web01"}', 2: entry }) });
    const packed = Buffer.concat([Buffer.from([push.length, (60 << 2) | 0, push.length - 1]), push]);
    const type = { 'content-type': 'application/x-protobuf' };
    expect((await post('loki', packed, type)).status).toBe(204);
    expect(texts()).toEqual([
      '{"stream":{"app":"nginx","host":"web01"},"values":[["1763777702000000005","đăng nhập",{"id":"7"}]]}',
    ]);
    const bomb = Buffer.concat([Buffer.from('ffffffff0f', 'hex'), packed]);
    expect((await post('loki', bomb, type)).status).toBe(413);
  });
  it('what was refused is said, what was taken stays', async () => {
    const { post } = await listen({}, async () => ({
      batch: 'b',
      accepted: 1,
      rejected: [{ line: 2, reason: 'too-long' }],
    }));
    const answer = await post('loki', '{"streams":[{"stream":{},"values":[["1","x"],["2","y"]]}]}');
    expect([answer.status, await answer.text()]).toEqual([
      400,
      '1 entries stored, 1 refused, the first of them number 2: too-long\n',
    ]);
  });
});

describe('records of several lines', () => {
  const begun = (n: number): string => `2026-11-22 10:00:0${n},000 ERROR [main] vn.gov.App - hồ sơ ${n} không lưu được`;
  const trace = (n: number): readonly string[] => [
    `java.lang.IllegalStateException: ${n}`,
    `\tat vn.gov.App.run(App.java:${n})`,
  ];
  const whole = (n: number): string => [begun(n), ...trace(n)].join('\n');
  const pinnedTo = (parser: string): Source => ({ ...collectorSource, parser });
  /** By their texts, what each client's request is, with a member beside each text that is its own where `own` says so. */
  const ways: Readonly<Record<'loki' | 'otlp', (texts: readonly string[], own?: boolean) => string>> = {
    loki: (texts, own = false) =>
      JSON.stringify({
        streams: [{ stream: { app: 'x' }, values: texts.map((text, i) => [`${i}`, text, own ? { i: `${i}` } : {}]) }],
      }),
    otlp: (texts, own = false) =>
      JSON.stringify({
        resourceLogs: [
          {
            scopeLogs: [
              {
                logRecords: texts.map((text, i) => ({
                  timeUnixNano: `${i}`,
                  body: { stringValue: text },
                  ...(own ? { attributes: [{ key: 'i', value: { intValue: i } }] } : {}),
                })),
              },
            ],
          },
        ],
      }),
  };
  /** What is stored as messages of what a request brought. */
  async function stored(name: 'loki' | 'otlp' | 'hec', body: string, parser: string, path = ''): Promise<unknown[]> {
    const { post, taken } = await listen({}, undefined, pinnedTo(parser));
    expect((await post(name, body, {}, path)).status).toBeLessThan(300);
    return taken.flatMap((submission) =>
      submission.lines.map((line) => {
        const { text } = line;
        const read = JSON.parse(text.startsWith('{') ? text : JSON.stringify({ event: text }));
        return read.streams === undefined && read.values !== undefined
          ? read.values[0][1]
          : (read.event ?? read.resourceLogs[0].scopeLogs[0].logRecords[0].body.stringValue);
      }),
    );
  }

  for (const name of ['loki', 'otlp'] as const) {
    describe(name, () => {
      const body = ways[name];
      it('an entry of several lines is one record, whatever its source is pinned to', async () => {
        for (const parser of ['auto', 'java', 'raw'])
          expect(await stored(name, body([whole(1), whole(2)]), parser), parser).toEqual([whole(1), whole(2)]);
      });
      it('lines that are an entry each are put together for a source that is pinned', async () => {
        const lines = [begun(1), ...trace(1), begun(2), begun(3), ...trace(3)];
        expect(await stored(name, body(lines), 'java')).toEqual([whole(1), begun(2), whole(3)]);
        expect(await stored(name, body(lines), 'auto')).toEqual(lines);
      });
      it('not those that say something else beside their text', async () => {
        const lines = [begun(1), ...trace(1)];
        expect(await stored(name, body(lines, true), 'java')).toEqual(lines);
      });
      it('not messages of an application that bear no beginning, nor what comes before the first one', async () => {
        const lines = ['đăng nhập', 'đăng xuất', ...trace(0)];
        expect(await stored(name, body(lines), 'java')).toEqual(lines);
        expect(await stored(name, body([...lines, whole(1), ...trace(2)]), 'java')).toEqual([
          ...lines,
          [whole(1), ...trace(2)].join('\n'),
        ]);
      });
      it('a record without an end goes on as another at the bound', async () => {
        const [first, second] = await stored(
          name,
          body([begun(1), ...Array.from({ length: 700 }, () => '\tat x')]),
          'java',
        );
        expect([String(first).split('\n').length, String(second).split('\n').length]).toEqual([500, 201]);
      });
      it('each entry counts against the bound of a request', async () => {
        const { post, taken } = await listen({ linesMax: 2 }, undefined, pinnedTo('java'));
        expect((await post(name, body([begun(1), ...trace(1)]))).status).toBe(413);
        expect(taken).toEqual([]);
      });
    });
  }

  it('Loki: streams are not mixed, and a refusal names the entry by its number', async () => {
    const refuse = async (): Promise<Receipt> => ({ batch: 'b', accepted: 1, rejected: [{ line: 4, reason: 'x' }] });
    const { post, texts, taken } = await listen({}, refuse, pinnedTo('java'));
    const values = (lines: readonly string[]) => lines.map((line) => ['1', line]);
    const streams = [
      { stream: { app: 'a' }, values: values([begun(1), ...trace(1)]) },
      { stream: { app: 'b' }, values: values(trace(2)) },
    ];
    const answer = await post('loki', JSON.stringify({ streams }));
    expect(await answer.text()).toContain('number 4');
    expect(texts()).toHaveLength(3);
    expect(taken[0]?.lines.map(({ line }) => line)).toEqual([1, 4, 5]);
  });

  it('HEC: an event of several lines is one; raw lines are put together, events are not', async () => {
    const event = (text: string): string => JSON.stringify({ event: text });
    const lines = [begun(1), ...trace(1), begun(2)];
    expect(await stored('hec', [whole(1), begun(2)].map(event).join(''), 'java')).toEqual([whole(1), begun(2)]);
    expect(await stored('hec', lines.map(event).join(''), 'java')).toEqual(lines);
    const raw = '/services/collector/raw';
    for (const path of [raw, `${raw}?sourcetype=x`]) {
      expect(await stored('hec', lines.join('\n'), 'java', path)).toEqual([whole(1), begun(2)]);
      expect(await stored('hec', lines.join('\n'), 'auto', path)).toEqual(lines);
      expect(await stored('hec', 'a,b\n1,2', 'csv', path)).toEqual(['a,b', '1,2']);
    }
  });

  it('what is put together is read as one event with its trace', async () => {
    const { post, taken } = await listen({}, undefined, pinnedTo('java'));
    await post('loki', ways.loki([begun(1), ...trace(1)]));
    const event = readLine(taken[0]?.lines[0]?.text ?? '', 'java', 0);
    expect([event.parser, event.message]).toEqual(['loki+java', expect.stringContaining('hồ sơ 1 không lưu được')]);
    expect(JSON.stringify(event.fields)).toContain('IllegalStateException');
  });
});

describe('all together', () => {
  it('more requests than there are places, over all protocols', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { post, taken } = await listen({ requestsMax: 1 }, async (s) => {
      await gate;
      return { batch: 'b', accepted: s.lines.length, rejected: [] };
    });
    const first = post('loki', protocols.loki.body);
    while (taken.length === 0) await new Promise((resolve) => setImmediate(resolve));
    for (const name of names) expect((await post(name, protocols[name].body)).status).toBe(name === 'hec' ? 503 : 429);
    release();
    expect((await first).status).toBe(204);
    for (const name of names) expect((await post(name, protocols[name].body)).status).toBeLessThan(300);
  });
  it('a thousand connections with half a head each: others are served', async () => {
    const { url, post } = await listen();
    const { hostname, port } = new URL(url);
    const sockets = await Promise.all(
      Array.from({ length: 1_000 }, async (_, i) => {
        const socket = connect(Number(port), hostname);
        socket.on('error', () => undefined);
        await new Promise((resolve) => socket.once('connect', resolve));
        socket.write(`POST ${protocols[names[i % names.length] ?? 'hec'].path} HTTP/1.1\r\nHost: x\r\nAuthor`);
        return socket;
      }),
    );
    for (const name of names) expect((await post(name, protocols[name].body)).status).toBeLessThan(300);
    for (const socket of sockets) socket.destroy();
  });
  it('more bytes than all may hold together', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { post, taken } = await listen({ heldBytesMax: 10_000 }, async (s) => {
      await gate;
      return { batch: 'b', accepted: s.lines.length, rejected: [] };
    });
    const large = JSON.stringify({ event: 'x'.repeat(9_000) });
    const first = post('hec', large);
    while (taken.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await post('hec', large)).status).toBe(503);
    const little = post('loki', protocols.loki.body);
    while (taken.length === 1) await new Promise((resolve) => setImmediate(resolve));
    release();
    expect((await little).status).toBe(204);
    expect((await first).status).toBe(200);
  });
});
