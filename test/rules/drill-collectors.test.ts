import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createHttpCollector } from '../../src/collect/http-ndjson.ts';
import { createLineHeaders } from '../../src/collect/line-headers.ts';
import { type Listeners, openListeners } from '../../src/collect/stream-listeners.ts';
import { loadScenario } from '../../src/drill/load.ts';
import { createReplay, type Emission } from '../../src/drill/replay.ts';
import { drillSources } from '../../src/drill/run.ts';
import type { ScenarioSource } from '../../src/drill/scenario.ts';
import { score } from '../../src/drill/score.ts';
import { createIntake, type Intake } from '../../src/ingest/index.ts';
import type { SecurityEvent } from '../../src/model/event.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createRegister } from '../../src/register/index.ts';
import { compileRules } from '../../src/sigma/index.ts';
import { readLine } from '../harness/read-line.ts';
import { wholeBatches } from '../harness/whole-batch.ts';
import { readOwnRules } from './own-rules.ts';

/** The drill over real sockets, collectors, register and intake; only the store is a list. */
const { scenario, records } = await loadScenario('drills/qlvb-2026');
const sources = drillSources(scenario, { drill: 'dt-test', lane: '' });
const set = compileRules(readOwnRules().flatMap(({ rule }) => (rule === null ? [] : [rule])));
const log = pino({ level: 'silent' });
const clock = Date.now;

const rows: SecurityEvent[] = [];
let intake: Intake;
let syslog: Listeners;
let http: FastifyInstance;
let url = '';
const udp = new Map<string, UdpSocket>();
const tcp = new Map<string, Socket>();

beforeAll(async () => {
  const asDocuments = (items: readonly { readonly id: string }[]) =>
    items.map((item) => ({ subject: item.id, document: item as unknown as Readonly<Record<string, unknown>> }));
  const register = createRegister({
    load: async (kind) => asDocuments(kind === 'system' ? scenario.world.systems : sources),
  });
  await register.refresh();
  intake = createIntake({
    readLine,
    open: wholeBatches(async (_batch, written) => void rows.push(...written)),
    lookup: async () => null,
    locate: (source, host, atMs, ...addresses) => register.locate(source, host, atMs, addresses),
    offer: async () => undefined,
    deadLetter: async () => undefined,
    clock,
    log,
    metrics: createMetrics(),
  });
  const any = { host: '127.0.0.1', port: 0 };
  const { sourceOf } = register;
  syslog = await openListeners({
    intake,
    sourceOf,
    headers: createLineHeaders(),
    listen: { 'syslog-udp': any, 'syslog-tcp': any },
    tls: null,
    clock,
    log,
    metrics: createMetrics(),
  });
  http = Fastify();
  const authenticate = async (token: string) => register.source(token);
  await http.register(createHttpCollector({ intake, authenticate, log, metrics: createMetrics() }));
  url = `${await http.listen(any)}/ingest/v1/ndjson`;
});

afterAll(async () => {
  for (const socket of tcp.values()) socket.destroy();
  for (const socket of udp.values()) socket.close();
  await http.close();
  await syslog.close();
  await intake.close();
});

async function send(source: ScenarioSource, lines: readonly string[], key: string): Promise<void> {
  if (source.route === 'http') {
    const headers = { authorization: `Bearer dt-test-${source.id}`, 'idempotency-key': key };
    const answer = await fetch(url, { method: 'POST', headers, body: lines.join('\n') });
    if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
    return;
  }
  if (source.route === 'syslog-tcp') {
    let socket = tcp.get(source.id);
    if (socket === undefined) {
      socket = connect({ host: '127.0.0.1', port: syslog.ports['syslog-tcp'] ?? 0, localAddress: source.sendFrom });
      tcp.set(source.id, socket);
    }
    const open = socket;
    return new Promise((done, fail) => {
      open.write(`${lines.join('\n')}\n`, (error) => (error ? fail(error) : done()));
    });
  }
  let socket = udp.get(source.id);
  if (socket === undefined) {
    const fresh = createSocket('udp4');
    await new Promise<void>((done) => fresh.bind(0, source.sendFrom, done));
    udp.set(source.id, fresh);
    socket = fresh;
  }
  const bound = socket;
  for (const line of lines) {
    await new Promise<void>((done, fail) => {
      bound.send(line, syslog.ports['syslog-udp'] ?? 0, '127.0.0.1', (error) => (error ? fail(error) : done()));
    });
  }
}

test.skipIf(process.platform !== 'linux')(
  'through the collectors every line arrives letter by letter, in its place, marked as drill (Linux: needs 127.0.0.0/8)',
  async () => {
    const emissions: Emission[] = [];
    const errors: unknown[] = [];
    const replay = createReplay({
      scenario,
      records,
      speed: 60,
      clock,
      schedule: (delayMs, run) => {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
      send,
      onEmit: (batch) => emissions.push(...batch),
      onError: (_source, error) => errors.push(error),
    });
    replay.start();
    await replay.finished;
    expect(errors).toEqual([]);
    await vi.waitFor(() => expect(rows.length).toBe(records.length), { timeout: 60_000, interval: 50 });

    expect(rows.map((row) => row.raw).sort()).toEqual(emissions.map((emission) => emission.line).sort());
    const hosts = new Map(scenario.world.systems.flatMap((system) => system.hosts.map((host) => [host, system.id])));
    for (const row of rows) {
      expect(row).toMatchObject({ origin: 'drill', drill: 'dt-test', parseStatus: 'parsed', level: 3 });
      expect(row.system, row.host).toBe(hosts.get(row.host));
    }
    const findings = rows.flatMap((row) =>
      set.match(row).map((index) => {
        const rule = set.rules[index]?.id ?? '';
        return { rule, raw: row.raw, alert: `${rule} ${row.host}`, seenMs: row.receivedTimeMs, correlated: false };
      }),
    );
    const result = score({ scenario, emissions, findings });
    expect(result).toMatchObject({ expected: 28, found: 28, missed: [], unexpected: [], foreign: 0 });
  },
);
