import { Client } from '@elastic/elasticsearch';
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { pino } from 'pino';
import { pinoLoki } from 'pino-loki';
import { Logger as SplunkLogger } from 'splunk-logging';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createElasticCollector } from '../../src/collect/elastic.ts';
import { createHecCollector } from '../../src/collect/hec.ts';
import { createLokiCollector } from '../../src/collect/loki.ts';
import { createOtlpCollector } from '../../src/collect/otlp.ts';
import { type CollectorWorld, startCollectorWorld, collectorToken as token } from '../harness/http-collect-world.ts';
import { until } from '../harness/platform.ts';

/** The clients people have, from the registries, through the real belt into the real engine. */
describe('HTTP collectors and their own clients', () => {
  let world: CollectorWorld;
  beforeAll(async () => {
    world = await startCollectorWorld([
      (o) => createElasticCollector({ ...o, prefix: '/elastic' }),
      createOtlpCollector,
      createHecCollector,
      createLokiCollector,
    ]);
  });
  afterAll(() => world?.close());

  const viet = 'Nguyễn Thị Hạnh đăng nhập thất bại – “sai mật khẩu” 😀 \u0000\\ "x"\ttab';
  const access = '203.0.113.9 - - [22/Nov/2026:09:15:02 +0700] "GET /qlvb/a.php?id=1%27 HTTP/1.1" 404 153 "-" "sqlmap"';

  /** A record of several lines, as the clients that put it together send it: one entry. */
  const traceOf = (mark: string): string =>
    `2026-11-22 09:15:02,123 ERROR [main] vn.gov.App - ${mark}\njava.io.IOException: hết chỗ\n\tat vn.gov.App.run(App.java:1)`;

  /** Messages of the events that a run marked, in any order. */
  async function stored(mark: string, want: number) {
    return until(`${want} events of ${mark}`, async () => {
      const found = (await world.events()).filter((event) => event.raw.includes(mark));
      return found.length >= want && world.waitingRows() === 0 ? found : null;
    });
  }

  /** The store falls silent until a client was refused, or gave up waiting once, and then comes back. */
  async function whileSilent(protocol: string, work: () => Promise<unknown>): Promise<void> {
    const refusals = async (): Promise<number> => {
      const counts = [
        ...(await world.metricsText()).matchAll(
          /collect_http_requests_total\{protocol="(\w+)",status="(?:429|503)"\} (\d+)/g,
        ),
      ];
      return counts.reduce((sum, [, name, count]) => sum + (name === protocol ? Number(count) : 0), 0);
    };
    const before = await refusals();
    world.silence();
    const done = work();
    done.catch(() => undefined);
    try {
      await until('a refusal', async () => (await refusals()) > before);
    } finally {
      world.resume();
    }
    await done;
  }

  function numbered(mark: string, count: number): { n: number; message: string; mark: string }[] {
    return Array.from({ length: count }, (_, n) => ({ n, message: `${viet} ${n}`, mark }));
  }

  function numbersOf(events: readonly { readonly fields: Readonly<Record<string, unknown>> }[], name = 'n'): number[] {
    return events.map(({ fields }) => Number(fields[name])).sort((a, b) => a - b);
  }

  describe('@elastic/elasticsearch', () => {
    const client = (more: object = {}): Client =>
      new Client({ node: `${world.url}/elastic`, auth: { username: 'filebeat', password: token }, ...more });

    it('asks what it asks at start', async () => {
      const info = await client().info();
      expect(info.version.number).toMatch(/^8\./);
      expect(await client().ping()).toBe(true);
      expect((await client().cluster.health()).status).toBe('green');
      expect(await client().indices.existsIndexTemplate({ name: 'filebeat' })).toBe(false);
      expect((await client().indices.putIndexTemplate({ name: 'filebeat', index_patterns: ['x'] })).acknowledged).toBe(
        true,
      );
    });

    it.each([
      ['basic', {}],
      ['packed', { compression: true }],
      ['an API key', { auth: { apiKey: { id: 'any', api_key: token } } }],
      ['a bearer', { auth: { bearer: token } }],
    ])('bulk helper, %s: what was sent is what is stored, byte for byte', async (name, more) => {
      const mark = `es-${name}`;
      const sent = numbered(mark, 500);
      const result = await client(more).helpers.bulk({
        datasource: sent,
        flushBytes: 20_000,
        onDocument: ({ n }) =>
          n % 2 === 0 ? { create: { _index: 'logs-vn' } } : { index: { _index: 'logs-vn', _id: `i${n}` } },
      });
      expect(result).toMatchObject({ total: 500, successful: 500, failed: 0 });
      const events = await stored(`"mark":"${mark}"`, 500);
      expect(numbersOf(events)).toEqual(sent.map(({ n }) => n));
      const seven = events.find(({ fields }) => fields.n === 7);
      expect(seven?.fields).toMatchObject({ message: `${viet} 7`, _index: 'logs-vn', _id: 'i7' });
      expect(seven?.raw).toBe(`{"_index":"logs-vn","_id":"i7","_source":${JSON.stringify(sent[7])}}`);
    });

    it('what Filebeat and Winlogbeat send is what rules expect', async () => {
      const time = '2026-11-22T02:15:02.000Z';
      await client().bulk({
        index: 'filebeat',
        operations: [
          { create: {} },
          {
            '@timestamp': time,
            message: access,
            mark: 'es-beats',
            host: { name: 'web01' },
            agent: { type: 'filebeat' },
          },
          { create: { _index: 'winlogbeat' } },
          {
            '@timestamp': time,
            mark: 'es-beats',
            winlog: { channel: 'Security', event_id: '4625', computer_name: 'DC01' },
          },
        ],
      });
      const [web, windows] = await stored('es-beats', 2);
      expect(web).toMatchObject({
        host: 'web01',
        eventTimeMs: Date.parse(time),
        fields: { 'c-ip': '203.0.113.9', 'sc-status': 404 },
      });
      expect(web?.logsource.categories).toEqual(['webserver']);
      expect(windows).toMatchObject({ host: 'DC01', logsource: { product: 'windows', services: ['security'] } });
    });

    it('a silent store: refused, sent again, stored once', async () => {
      const sent = numbered('es-silent', 300);
      await whileSilent('elastic', () =>
        client({ maxRetries: 20 }).helpers.bulk({ datasource: sent, onDocument: () => ({ create: { _index: 'x' } }) }),
      );
      expect(numbersOf(await stored('es-silent', 300))).toEqual(sent.map(({ n }) => n));
    });

    it('a wrong token is told so', async () => {
      const wrong = client({ auth: { username: 'x', password: 'vgc_wrong' } });
      await expect(wrong.info()).rejects.toMatchObject({ statusCode: 401 });
      await expect(new Client({ node: `${world.url}/elastic` }).info()).rejects.toMatchObject({ statusCode: 401 });
    });
  });

  describe.each([
    ['JSON', JsonExporter],
    ['protobuf', ProtobufExporter],
  ])('OpenTelemetry’s exporter, %s', (kind, Exporter) => {
    function provider(more: object = {}): LoggerProvider {
      const exporter = new Exporter({
        url: `${world.url}/v1/logs`,
        headers: { authorization: `Bearer ${token}` },
        ...more,
      });
      return new LoggerProvider({
        resource: resourceFromAttributes({ 'service.name': 'một-cửa', 'host.name': 'app02', 'os.type': 'linux' }),
        processors: [new BatchLogRecordProcessor({ exporter })],
      });
    }

    it.each([
      ['plain', {}],
      ['packed', { compression: 'gzip' }],
    ])('%s: what was sent is what is stored', async (name, more) => {
      const mark = `otel-${kind}-${name}`;
      const logs = provider(more);
      const logger = logs.getLogger('nhật-ký', '1.2');
      const observed = Date.UTC(2026, 10, 22, 2, 15, 2, 345);
      for (let n = 0; n < 300; n++)
        logger.emit({
          timestamp: observed,
          severityText: 'WARN',
          severityNumber: 13,
          body: viet,
          attributes: { n, mark, flag: true, list: ['a', 'ạ'], half: 0.5, minus: -7 },
        });
      await logs.shutdown();
      const events = await stored(mark, 300);
      expect(numbersOf(events, 'attributes.n')).toEqual(Array.from({ length: 300 }, (_, n) => n));
      expect(events[0]).toMatchObject({ host: 'app02', eventTimeMs: observed, message: viet, parseStatus: 'parsed' });
      expect(events[0]?.fields).toMatchObject({
        body: viet,
        severity_text: 'WARN',
        'resource.attributes.service.name': 'một-cửa',
        'scope.name': 'nhật-ký',
        'attributes.flag': true,
        'attributes.list': ['a', 'ạ'],
        'attributes.half': 0.5,
      });
      expect(String(events[0]?.fields['attributes.minus'])).toBe('-7');
      expect(events[0]?.logsource.product).toBe('linux');
    });

    it('a body that is a line, and one that is a map', async () => {
      const mark = `otel-${kind}-body`;
      const logs = provider();
      const logger = logs.getLogger('x');
      logger.emit({ body: access, attributes: { mark } });
      logger.emit({ body: { action: 'export', user: { name: 'hạnh' } }, attributes: { mark } });
      await logs.shutdown();
      const events = await stored(mark, 2);
      expect(events.map(({ fields }) => fields['c-ip'] ?? fields['body.user.name'])).toEqual(['203.0.113.9', 'hạnh']);
    });

    it('a body of several lines is one event, read with all of them', async () => {
      const mark = `otel-${kind}-trace`;
      const logs = provider();
      for (const n of [1, 2]) logs.getLogger('x').emit({ body: traceOf(`${mark}-${n}`) });
      await logs.shutdown();
      const events = await stored(mark, 2);
      expect(events.map(({ fields }) => fields.body).sort()).toEqual([1, 2].map((n) => traceOf(`${mark}-${n}`)));
    });

    it('a silent store: refused, sent again, stored once', async () => {
      const mark = `otel-${kind}-silent`;
      await whileSilent('otlp', async () => {
        const logs = provider({ timeoutMillis: 30_000 });
        for (let n = 0; n < 50; n++) logs.getLogger('x').emit({ body: 'b', attributes: { n, mark } });
        await logs.shutdown();
      });
      expect(numbersOf(await stored(mark, 50), 'attributes.n')).toEqual(Array.from({ length: 50 }, (_, n) => n));
    });
  });

  describe('pino-loki', () => {
    const options = () => ({
      host: world.url,
      basicAuth: { username: 'loki', password: token },
      labels: { app: 'dvc', host: 'app03' },
      batching: { interval: 1 },
      silenceErrors: true,
    });

    it('what was sent is what is stored', async () => {
      const stream = pinoLoki(options());
      const log = pino({ base: null }, stream);
      for (let n = 0; n < 200; n++) log.info({ n, mark: 'loki-plain', user: 'hạnh' }, viet);
      stream.end();
      const events = await stored('loki-plain', 200);
      expect(numbersOf(events)).toEqual(Array.from({ length: 200 }, (_, n) => n));
      expect(events[0]).toMatchObject({
        host: 'app03',
        parser: 'loki+json',
        fields: { app: 'dvc', msg: viet, user: 'hạnh' },
      });
    });
  });

  it('pino-loki: a message of several lines is one event', async () => {
    const stream = pinoLoki({ host: world.url, basicAuth: { username: 'loki', password: token }, silenceErrors: true });
    pino({ base: null }, stream).error(traceOf('loki-trace'));
    stream.end();
    expect((await stored('loki-trace', 1)).map(({ fields }) => fields.msg)).toEqual([traceOf('loki-trace')]);
  });

  describe('splunk-logging', () => {
    const send = (message: unknown, metadata: object = {}, more: object = {}): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const logger = new SplunkLogger({ token, url: world.url, ...more });
        // It reports an error here and to the callback.
        logger.error = () => undefined;
        logger.send({ message, metadata }, (error, _response, body) => {
          if (error === null && body.code === 0) resolve(body);
          else reject(error ?? body);
        });
      });

    /** As an application does: the logger tells it of a refusal and does not send again by itself. */
    async function sendUntilTaken(message: unknown): Promise<void> {
      for (;;) {
        try {
          return void (await send(message, { time: 1_763_777_702 }));
        } catch (error) {
          expect(error).toMatchObject({ code: 9 });
        }
      }
    }

    it('what was sent is what is stored', async () => {
      const metadata = { source: 'qlvb', sourcetype: 'httpevent', host: 'app04', time: 1_763_777_702.345 };
      for (let n = 0; n < 5; n++)
        expect(await send({ n, mark: 'hec-plain', text: viet }, metadata)).toMatchObject({ text: 'Success', code: 0 });
      const events = await stored('hec-plain', 5);
      expect(numbersOf(events, 'message.n')).toEqual([0, 1, 2, 3, 4]);
      expect(events[0]).toMatchObject({
        host: 'app04',
        eventTimeMs: 1_763_777_702_345,
        fields: { 'message.text': viet, 'hec.source': 'qlvb', severity: 'info' },
      });
    });

    it('a message of several lines is one event', async () => {
      await send(traceOf('hec-trace'));
      const events = await stored('hec-trace', 1);
      expect(events.map(({ raw }) => JSON.parse(raw).event.message)).toEqual([traceOf('hec-trace')]);
      expect(events[0]).toMatchObject({ message: 'hec-trace', parser: expect.stringContaining('java') });
    });

    it('a wrong token is told so', async () => {
      await expect(send('x', {}, { token: 'wrong' })).rejects.toMatchObject({ text: 'Invalid token', code: 4 });
    });

    it('a silent store: refused, sent again, stored once', async () => {
      await whileSilent('hec', () => sendUntilTaken({ n: 1, mark: 'hec-silent' }));
      expect(await stored('hec-silent', 1)).toHaveLength(1);
    });
  });
});
