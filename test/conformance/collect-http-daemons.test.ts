import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createElasticCollector } from '../../src/collect/elastic.ts';
import { createHecCollector } from '../../src/collect/hec.ts';
import { createHttpCollector } from '../../src/collect/http-ndjson.ts';
import { createLokiCollector } from '../../src/collect/loki.ts';
import { createOtlpCollector } from '../../src/collect/otlp.ts';
import { type CollectorWorld, startCollectorWorld, collectorToken as token } from '../harness/http-collect-world.ts';
import { hasRsyslog, hasSyslogNg, type LogClient, startRsyslog, startSyslogNg } from '../harness/log-clients.ts';
import { until } from '../harness/platform.ts';

const skipWhy = 'run scripts/setup.mjs test, which unpacks rsyslog and syslog-ng';
const awaitedMs = 90_000;

let dir = '';
let world: CollectorWorld;
const clients: LogClient[] = [];

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'vonggac-http-daemons-'));
  world = await startCollectorWorld([
    createHttpCollector,
    (o) => createElasticCollector({ ...o, prefix: '/elastic' }),
    createOtlpCollector,
    createHecCollector,
    createLokiCollector,
  ]);
}, 60_000);
afterEach(async () => {
  for (const client of clients.splice(0)) await client.stop();
});
afterAll(async () => {
  await world?.close();
  rmSync(dir, { recursive: true, force: true });
});

function folder(name: string): string {
  const made = path.join(dir, name);
  mkdirSync(made, { recursive: true });
  return made;
}

/** A snippet of docs/collectors.md, by its first line, with this test's names in it. */
function snippet(name: string, file: string): string {
  const page = readFileSync(new URL('../../docs/collectors.md', import.meta.url), 'utf8');
  const text = [...page.matchAll(/^```\n(# [^\n]+)\n(.*?)^```$/gms)].find(([, first]) => first === `# ${name}`)?.[2];
  if (text === undefined) throw new Error(`docs/collectors.md has no snippet "# ${name}"`);
  return text
    .replaceAll('http://collector.tinh.example:8480', world.url)
    .replaceAll('TOKEN', token)
    .replaceAll('/var/log/qlvb/app.log', file)
    .replace('action.resumeInterval="5"', 'action.resumeInterval="1"');
}

const text = (run: string, n: number): string => `#${run}# ${n} Cán bộ Nguyễn Thị Hạnh: "mật khẩu" sai \\ lần ${n}`;
const texts = (run: string, from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${text(run, from + i)}\n`).join('');

const messageOf = ({ fields }: { readonly fields: Readonly<Record<string, unknown>> }): string =>
  String(fields.message ?? fields.MESSAGE).trim();

/** Messages of a run as they are stored, in the order of their numbers, once all are there. */
async function messages(run: string, want: number): Promise<string[]> {
  let events: Awaited<ReturnType<CollectorWorld['events']>> = [];
  const ask = async (): Promise<boolean> => {
    // The engine may be dead just now.
    const all = await world.events().catch(() => []);
    events = all.filter(({ raw }) => raw.includes(`#${run}#`));
    return new Set(events.map(messageOf)).size >= want && world.waitingRows() === 0;
  };
  await until(`${want} of ${run}`, ask, awaitedMs - 5_000).catch((error: Error) => {
    const said = clients.map((each) => each.said()).join('\n');
    throw new Error(`${error.message}: ${events.length} are there\n${said}`);
  });
  const number = (message: string): number => Number(/# (\d+)/.exec(message)?.[1]);
  return events.map(messageOf).sort((a, b) => number(a) - number(b));
}

const wanted = (run: string, count: number): string[] => Array.from({ length: count }, (_, n) => text(run, n));

describe.skipIf(!hasRsyslog)(`rsyslog’s omelasticsearch (${hasRsyslog ? 'unpacked' : skipWhy})`, () => {
  /** It puts its messages together anew when it sends them again, so some may come twice. */
  const distinct = (all: readonly string[]): string[] => [...new Set(all)];

  function start(run: string): { readonly file: string } {
    const here = folder(run);
    const file = path.join(here, 'in.log');
    writeFileSync(file, '');
    writeFileSync(
      path.join(here, 'rsyslog.conf'),
      `global(workDirectory="${here}")
module(load="imfile")
input(type="imfile" file="${file}" tag="qlvb:")
${snippet('rsyslog: elasticsearch', file)}`,
    );
    clients.push(startRsyslog(path.join(here, 'rsyslog.conf'), here));
    return { file };
  }

  it('what was written to the file is what is stored', { timeout: awaitedMs }, async () => {
    const { file } = start('omes');
    appendFileSync(file, texts('omes', 0, 300));
    expect(distinct(await messages('omes', 300))).toEqual(wanted('omes', 300));
  });

  it('a silent store: nothing is lost', { timeout: awaitedMs * 2 }, async () => {
    const { file } = start('omes-silent');
    appendFileSync(file, texts('omes-silent', 0, 10));
    await messages('omes-silent', 10);
    world.silence();
    appendFileSync(file, texts('omes-silent', 10, 200));
    try {
      await until('a refusal', async () => /protocol="elastic",status="503"\} [1-9]/.test(await world.metricsText()));
    } finally {
      world.resume();
    }
    expect(distinct(await messages('omes-silent', 200))).toEqual(wanted('omes-silent', 200));
  });
});

describe.skipIf(!hasSyslogNg)(`syslog-ng (${hasSyslogNg ? 'unpacked' : skipWhy})`, () => {
  function start(run: string, config: (file: string) => string): { readonly file: string } {
    const here = folder(run);
    const file = path.join(here, 'in.log');
    writeFileSync(file, '');
    writeFileSync(path.join(here, 'ng.conf'), config(file));
    clients.push(startSyslogNg(path.join(here, 'ng.conf'), here));
    return { file };
  }
  const asDocumented = (file: string): string => snippet('syslog-ng: elasticsearch', file);
  const to =
    (destination: () => string) =>
    (file: string): string =>
      `@version: 3.35
options { time-reopen(1); };
source s { file("${file}" flags(no-parse) follow-freq(1)); };
destination d { ${destination()} };
log { source(s); destination(d); };
`;
  const destinations: readonly (readonly [string, (file: string) => string])[] = [
    ['_bulk as docs/collectors.md says', asDocumented],
    [
      'http() to NDJSON',
      to(
        () => `http(url("${world.url}/ingest/v1/ndjson") method("POST")
          headers("Authorization: Bearer ${token}", "Content-Type: application/x-ndjson") batch-lines(100) batch-timeout(500)
          timeout(10) delimiter("\n") body('$(format-json message=$MESSAGE @timestamp=$ISODATE)'));`,
      ),
    ],
    [
      'http() to HEC',
      to(
        () => `http(url("${world.url}/services/collector/event") method("POST")
          headers("Authorization: Splunk ${token}") batch-lines(100) batch-timeout(500) timeout(10)
          body('$(format-json event.message=$MESSAGE time=$S_UNIXTIME host=$HOST)'));`,
      ),
    ],
  ];

  it.each(destinations)(
    '%s: what was written to the file is what is stored',
    { timeout: awaitedMs },
    async (name, config) => {
      const run = `ng-${name.length}`;
      const { file } = start(run, config);
      appendFileSync(file, texts(run, 0, 300));
      expect(await messages(run, 300)).toEqual(wanted(run, 300));
    },
  );

  it('a killed engine: nothing is lost', { timeout: awaitedMs * 2 }, async () => {
    const { file } = start('ng-killed', asDocumented);
    appendFileSync(file, texts('ng-killed', 0, 100));
    await messages('ng-killed', 100);
    world.kill();
    appendFileSync(file, texts('ng-killed', 100, 300));
    expect(await messages('ng-killed', 300)).toEqual(wanted('ng-killed', 300));
  });
});

const curl = '/usr/bin/curl';
describe.skipIf(!existsSync(curl))(`curl (skipped where ${curl} is not)`, () => {
  const post = async (where: string, data: string | Buffer, headers: readonly string[]): Promise<string> => {
    const file = path.join(dir, 'body');
    writeFileSync(file, data);
    const args = ['-sS', '-w', '\n%{http_code}', '--data-binary', `@${file}`, ...headers.flatMap((h) => ['-H', h])];
    return (await promisify(execFile)(curl, [...args, `${world.url}${where}`])).stdout;
  };
  const documents = (run: string): string =>
    wanted(run, 20)
      .map((message) => `{"create":{}}\n${JSON.stringify({ message })}\n`)
      .join('');

  it('_bulk, packed, as the documentation of Elasticsearch writes it', { timeout: awaitedMs }, async () => {
    const headers = [
      `Authorization: ApiKey ${Buffer.from(`id:${token}`).toString('base64')}`,
      'Content-Encoding: gzip',
    ];
    const said = await post('/elastic/logs-curl/_bulk', gzipSync(documents('curl-bulk')), [
      ...headers,
      'Content-Type: application/x-ndjson',
    ]);
    expect(said).toMatch(/"errors":false.*\n200$/s);
    expect(await messages('curl-bulk', 20)).toEqual(wanted('curl-bulk', 20));
  });

  it('HEC, as the documentation of Splunk writes it, with an acknowledgement', { timeout: awaitedMs }, async () => {
    const body = wanted('curl-hec', 20).map((event) => JSON.stringify({ event, sourcetype: 'manual' }));
    const headers = [
      `Authorization: Splunk ${token}`,
      'X-Splunk-Request-Channel: 0aeeac95-ac74-4aa9-b30d-6c4c0ac581ba',
    ];
    const said = await post('/services/collector', body.join(''), headers);
    const { ackId } = JSON.parse(said.split('\n')[0] ?? '') as { ackId: number };
    expect(await post('/services/collector/ack', JSON.stringify({ acks: [ackId] }), headers)).toBe(
      `{"acks":{"${ackId}":true}}\n200`,
    );
    expect(await messages('curl-hec', 20)).toEqual(wanted('curl-hec', 20));
    expect(await post('/services/collector/raw?sourcetype=x', texts('curl-raw', 0, 20), headers)).toMatch(/Success/);
    expect(await messages('curl-raw', 20)).toEqual(wanted('curl-raw', 20));
  });

  it('Loki, as its documentation writes it', { timeout: awaitedMs }, async () => {
    const values = wanted('curl-loki', 20).map((line, n) => [`${1_763_777_702_000_000_000n + BigInt(n)}`, line]);
    const body = JSON.stringify({ streams: [{ stream: { app: 'x' }, values }] });
    const basic = `Authorization: Basic ${Buffer.from(`any:${token}`).toString('base64')}`;
    expect(await post('/loki/api/v1/push', body, [basic, 'Content-Type: application/json'])).toBe('\n204');
    expect(await messages('curl-loki', 20)).toEqual(wanted('curl-loki', 20));
  });
});
