import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alertView, defaultAlertLimits } from '../../src/alert/index.ts';
import {
  type AccountPorts,
  type ApiParts,
  buildApi,
  createAccess,
  createPasswords,
  createToken,
  defaultApiLimits,
  firstAdminLink,
} from '../../src/api/index.ts';
import type { ClickHouseBacking, RedisBacking } from '../../src/backing/index.ts';
import { createFeedSeal } from '../../src/compose/indicator-feeds.ts';
import { openIndicators } from '../../src/compose/indicators.ts';
import type { Health, IncidentDetail } from '../../src/contract/api.ts';
import { createIncidents } from '../../src/incident/index.ts';
import {
  createEmailChannel,
  createNotifier,
  createWebhookChannel,
  defaultNotifyLimits,
  type Notifier,
} from '../../src/notify/index.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createQueues, type Queues } from '../../src/queue/index.ts';
import { createState, type State } from '../../src/state/index.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { createSourceViews } from '../../src/watch/views.ts';
import { alertOf, eventOf, incidentOf, systemNamed } from '../harness/api-world.ts';
import { startClickHouse } from '../harness/clickhouse.ts';
import { until } from '../harness/poll.ts';
import { startRedis } from '../harness/redis.ts';
import { insertBatch } from '../harness/whole-batch.ts';

/** The API over the real store and the real state: what the in-memory ports promise must hold here, too. */
const log = pino({ level: 'silent' });
const password = 'mật khẩu rất dài 123';
const origin = 'http://localhost:80';
const receivedTimeMs = Date.now() - 60_000;
const day = new Date(receivedTimeMs).toISOString().slice(0, 10);

let clickhouse: ClickHouseBacking;
let redis: RedisBacking;
let store: Store;
let state: State;
let queues: Queues;
let accounts: AccountPorts;
/** Two processes of the platform, as far as the API is concerned. */
let first: FastifyInstance;
let second: FastifyInstance;

async function openApi(): Promise<FastifyInstance> {
  const names = (id: string) => ({ systemName: id, orgName: '', systemLevel: 0 });
  const incidents = createIncidents({
    alerts: store.detection,
    incidents: store.incidents,
    ledger: store.ledger,
    lock: state.lock,
    names,
    publish: state.bus.publish,
    viewAlert: () => {
      throw new Error('not asked here');
    },
    warn: () => undefined,
    clock: Date.now,
  });
  const access = createAccess({
    ledger: store.ledger,
    sessions: state.sessions,
    clock: Date.now,
    log,
    limits: defaultApiLimits,
  });
  const parts: ApiParts = {
    access,
    alerts: store.detection,
    incidents: store.incidents,
    handling: incidents,
    viewAlert: (alert, names) => alertView(alert, names, defaultAlertLimits),
    events: store.events,
    ledger: store.ledger,
    lock: state.lock,
    sessions: state.sessions,
    rateLimit: state.rateLimit,
    deliveries: store.notices,
    mappings: () => ({ version: 'none', unknownLogsource: 'closed', all: [] }),
    rules: {
      list: () => [],
      get: () => null,
      set: () => ({
        version: 'none',
        loadedMs: 0,
        detections: 0,
        correlations: 0,
        filters: 0,
        refused: [],
        refusedTotal: 0,
        failure: '',
        failedMs: 0,
      }),
      reload: async () => ({ kind: 'loaded', changed: false }),
    },
    tryLines: async () => ({ problems: [], lines: [], more: 0, parsers: ['auto'] }),
    personal: { mask: (text) => text, reveal: async () => null },
    drills: { current: async () => [] },
    agents: { fingerprint: 'SHA256:test', said: state.agents.all },
    indicators: openIndicators({
      store,
      lock: state.lock,
      seal: createFeedSeal(() => new Uint8Array(32)),
      clock: Date.now,
    }).api,
    health: { health: healthNow },
    sources: createSourceViews({
      rows: store.sourceWatch,
      parserIds: ['auto', 'json'],
      officialDays: async () => ({ off: [], worked: [] }),
      clock: Date.now,
    }),
    metrics: createMetrics(),
    collectors: [],
    boardDir: null,
    trustedProxies: [],
    publicUrl: '',
    version: 'test',
    limits: defaultApiLimits,
    clock: Date.now,
    log,
  };
  return buildApi(parts);
}

const noRules = { ruleSet: 'none', rulesLoadedMs: 0, rulesFailure: '', workers: [] };

async function healthNow(): Promise<Health> {
  const up = await store.ping();
  return {
    status: up ? 'ok' : 'down',
    atMs: Date.now(),
    version: 'test',
    collect: { lagMs: 0, waitingRows: 0, droppedUdp: 0, spool: null },
    store: { up, lagMs: 0 },
    detect: { lagMs: 0, waitingBatches: 0, lastBatch: '', rules: 0, refusedRules: 0, ...noRules },
    notify: { lagMs: 0, waiting: 0, failed: 0 },
    queue: { up: true },
    sources: [],
  };
}

async function fill(): Promise<void> {
  for (const id of ['qlvb', 'tthc']) {
    const batch = `b${id}`;
    const { committedTimeMs: _, ...row } = eventOf(`${batch}-0`, id);
    const event = { ...row, batch, eventTimeMs: receivedTimeMs - 500, receivedTimeMs };
    await insertBatch(store.events, { id: batch, day, receivedTimeMs, key: '' }, [event]);
    const alert = alertOf(`alert-${id}`, `inc-${id}`, id, event.id);
    await store.detection.insertFindings(
      [
        {
          rule: alert.rule.id,
          event: event.id,
          batch,
          day,
          alert: alert.id,
          eventTimeMs: event.eventTimeMs,
          receivedTimeMs,
          matched: [
            { field: 'cs-uri-stem', value: '/upload/shell.jsp', selection: 's', how: 'endswith', spans: [[8, 9]] },
          ],
        },
      ],
      `findings-${id}`,
    );
    await store.detection.writeAlerts([{ ...alert, evidence: [{ event: event.id, day }] }]);
    await store.incidents.write([{ ...incidentOf(`inc-${id}`, id), groupKey: id, revision: 1 }]);
    await store.ledger.append({
      kind: 'system',
      subject: id,
      actor: 'test',
      action: 'put',
      document: { ...systemNamed(id) },
    });
  }
}

beforeAll(async () => {
  [clickhouse, redis] = await Promise.all([startClickHouse(), startRedis()]);
  store = await openStore({ backing: clickhouse, replicated: false, log, clock: Date.now });
  state = createState({ connection: redis.connection, log });
  queues = createQueues({ connection: redis.connection, log, metrics: createMetrics() });
  await fill();
  accounts = {
    ledger: store.ledger,
    lock: state.lock,
    clock: Date.now,
    passwords: createPasswords({ workMax: 1, waitingMax: 10 }),
    subjectsMax: 100,
    setupCodeMs: 60_000,
  };
  first = await openApi();
  second = await openApi();
});

afterAll(async () => {
  await first.close();
  await second.close();
  await queues.close();
  await state.close();
  await store.close();
  await Promise.all([clickhouse.close(), redis.close()]);
});

async function signIn(app: FastifyInstance, name: string): Promise<string> {
  const response = await app.inject({
    method: 'POST',
    url: '/api/v1/login',
    headers: { origin },
    payload: { name, password },
  });
  expect(response.statusCode, response.body).toBe(200);
  return String(response.headers['set-cookie']).split(';')[0] ?? '';
}

async function flushAll(): Promise<void> {
  const { host, port, username = '', password: secret = '' } = redis.connection;
  const client = new Redis({
    host,
    port,
    ...(username === '' ? {} : { username }),
    ...(secret === '' ? {} : { password: secret }),
  });
  await client.flushall();
  client.disconnect();
}

test('from the one-time link to a handled incident, over two processes', async () => {
  const link = await firstAdminLink(accounts);
  const made = await first.inject({
    method: 'POST',
    url: '/api/v1/setup',
    payload: { code: link?.code, password, name: 'chu' },
  });
  expect(made.statusCode, made.body).toBe(200);
  const cookie = await signIn(first, 'chu');
  const get = (app: FastifyInstance, url: string): Promise<LightMyRequestResponse> =>
    app.inject({ url: `/api/v1${url}`, headers: { cookie } });
  await until(async () => (await get(second, '/me')).statusCode === 200, Boolean);
  expect((await get(second, '/incidents?state=open')).json().items).toHaveLength(2);
  expect((await get(second, '/alerts?system=qlvb')).json().items).toMatchObject([
    { id: 'alert-qlvb', incidentCode: 'SC-2611-INC-QLVB', systemName: 'Hệ thống qlvb' },
  ]);
  const act = (version: number, state: string) =>
    second.inject({
      method: 'POST',
      url: '/api/v1/incidents/inc-qlvb/actions',
      headers: { cookie, origin },
      payload: { action: 'state', version, state },
    });
  expect((await act(0, 'triage')).json()).toMatchObject({ state: 'triage', version: 1 });
  expect((await act(0, 'investigating')).json()).toMatchObject({
    code: 'conflict',
    newest: { state: 'triage', version: 1 },
  });
  const detail: IncidentDetail = (await get(first, '/incidents/inc-qlvb')).json();
  expect(detail.evidence).toMatchObject([{ event: { id: 'bqlvb-0' }, matched: [{ spans: [[8, 9]] }] }]);
  expect(detail.history.at(-1)).toMatchObject({ action: 'state', actor: 'chu', version: 1 });
});

describe('search and pages', () => {
  let authorization: string;
  let owner: string;
  beforeAll(async () => {
    const wanted = { kind: 'api', name: 'test', role: 'analyst' } as const;
    authorization = `Bearer ${(await createToken(accounts, wanted, 'test')).token}`;
    const own = { kind: 'api', name: 'own', role: 'owner', systems: ['qlvb'] } as const;
    owner = `Bearer ${(await createToken(accounts, own, 'test')).token}`;
    const known = async (headers: { authorization: string }): Promise<boolean> =>
      (await first.inject({ url: '/api/v1/me', headers })).statusCode === 200;
    await until(() => known({ authorization: owner }), Boolean);
  });

  const rows: readonly [string, number, (body: Record<string, unknown>) => unknown, unknown][] = [
    ['/events', 200, (body) => body.total, 2],
    ['/events?q=host:qlvb*', 200, (body) => body.total, 1],
    ['/events?q=host:', 400, (body) => body.code, 'bad-query'],
    ['/events?q=(', 400, (body) => body.code, 'bad-query'],
    ['/events?cursor=x', 400, (body) => body.code, 'bad-cursor'],
    ['/alerts?cursor=x', 400, (body) => body.code, 'bad-cursor'],
    ['/incidents?cursor=eyJ4Ijox', 400, (body) => body.code, 'bad-cursor'],
    ['/events/bqlvb-0', 200, (body) => body.host, 'qlvb-web-01'],
    [`/events/bqlvb-0?day=${day}`, 200, (body) => body.raw, '203.0.113.9 - - "GET /upload/shell.jsp" qlvb'],
    ['/events/none-0', 404, (body) => body.code, 'not-found'],
    ['/alerts/none', 404, (body) => body.code, 'not-found'],
    ['/incidents/none', 404, (body) => body.code, 'not-found'],
  ];
  test.each(rows)('%s', async (url, status, read, want) => {
    const response = await first.inject({ url: `/api/v1${url}`, headers: { authorization } });
    expect(response.statusCode, response.body).toBe(status);
    expect(read(response.json())).toEqual(want);
  });

  test.each(['/alerts', '/incidents', '/events'])('%s: pages join without a gap', async (url) => {
    const get = async (query: string) =>
      (await first.inject({ url: `/api/v1${url}?limit=1${query}`, headers: { authorization } })).json();
    const one = await get('');
    const two = await get(`&cursor=${one.cursor}`);
    expect(new Set([...one.items, ...two.items].map(({ id }: { id: string }) => id)).size).toBe(2);
    expect(two.cursor).toBeNull();
  });

  test('an owner sees its system only', async () => {
    for (const url of ['/alerts', '/incidents', '/events']) {
      const response = await first.inject({ url: `/api/v1${url}`, headers: { authorization: owner } });
      expect(response.json().items, url).toHaveLength(1);
      expect(response.body, url).not.toMatch(/tthc/);
    }
    for (const url of ['/alerts/alert-tthc', '/incidents/inc-tthc', '/events/btthc-0']) {
      expect((await first.inject({ url: `/api/v1${url}`, headers: { authorization: owner } })).statusCode, url).toBe(
        404,
      );
    }
  });

  test('a token revoked in one process is refused by the other within five seconds', async () => {
    expect(defaultApiLimits.directoryAgeMsMax).toBeLessThan(5_000);
    const { token, record } = await createToken(accounts, { kind: 'api', name: 'x', role: 'admin' }, 'test');
    const headers = { authorization: `Bearer ${token}` };
    const status = async (app: FastifyInstance): Promise<number> =>
      (await app.inject({ url: '/api/v1/tokens', headers })).statusCode;
    await until(async () => (await status(first)) === 200 && (await status(second)) === 200, Boolean);
    await first.inject({ method: 'DELETE', url: `/api/v1/tokens/${record.id}`, headers });
    expect(await status(first)).toBe(401);
    await until(async () => (await status(second)) === 401, Boolean);
  });
});

describe('owners are told over the real log and queue', () => {
  const mails: string[] = [];
  const calls: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      let text = '';
      stream.on('data', (part: Buffer) => {
        text += part.toString('utf8');
      });
      stream.on('end', () => {
        mails.push(text);
        done();
      });
    },
  });
  const hook = createServer((request, response) => {
    calls.push(String(request.headers['x-vonggac-notice']));
    request.resume();
    response.end('ok');
  });
  let notifier: Notifier;

  beforeAll(async () => {
    await new Promise<void>((ready) => smtp.listen(0, '127.0.0.1', ready));
    await new Promise<void>((ready) => hook.listen(0, '127.0.0.1', ready));
    const port = (address: AddressInfo | string | null): number =>
      typeof address === 'object' && address !== null ? address.port : 0;
    const system = { ...systemNamed('qlvb'), webhookUrl: `http://127.0.0.1:${port(hook.address())}/` };
    notifier = createNotifier({
      systemOf: () => system,
      notices: store.notices,
      offer: queues.offerNotify,
      lock: state.lock,
      channels: {
        email: createEmailChannel({
          smtpUrl: `smtp://127.0.0.1:${port(smtp.server.address())}`,
          from: 'Vọng Gác <soc@example.gov.vn>',
          timeoutMs: 5_000,
        }),
        webhook: createWebhookChannel({
          secret: 's',
          allowedHosts: ['127.0.0.1'],
          timeoutMs: 5_000,
          answerBytesMax: 100,
          clock: Date.now,
        }),
      },
      boardUrl: () => '',
      clock: Date.now,
      log,
      limits: { ...defaultNotifyLimits, sweepAgeMs: 0 },
    });
  });
  afterAll(async () => {
    await notifier.close();
    hook.closeAllConnections();
    await new Promise<void>((done) => hook.close(() => done()));
    await new Promise<void>((done) => smtp.close(() => done()));
  });

  const raised = (id: string) => ({
    alert: alertOf('alert-qlvb', id, 'qlvb', 'bqlvb-0'),
    incident: incidentOf(id, 'qlvb'),
  });
  const outcomes = async (id: string): Promise<string[]> =>
    (await store.notices.of(id)).map(({ channel, outcome }) => `${channel} ${outcome}`).sort();

  test('a notice goes through log, queue, SMTP and webhook, and shows on the incident', async () => {
    expect(await notifier.onAlert(raised('inc-qlvb'))).toHaveLength(2);
    const work = queues.workNotify(async (id) => void (await notifier.deliver(id)), { concurrency: 2 });
    await until(async () => (await outcomes('inc-qlvb')).length === 4, Boolean);
    await work.close();
    expect(await outcomes('inc-qlvb')).toEqual(['email queued', 'email sent', 'webhook queued', 'webhook sent']);
    expect(mails).toHaveLength(1);
    expect(calls).toHaveLength(1);
    expect(await notifier.onAlert(raised('inc-qlvb'))).toEqual([]);
    expect(await notifier.sweep()).toBe(0);
  });

  test('notices that wait survive FLUSHALL: the sweep offers them again, and each is sent once', async () => {
    await notifier.onAlert(raised('inc-later'));
    await flushAll();
    mails.length = 0;
    calls.length = 0;
    await until(async () => (await notifier.sweep()) === 2, Boolean);
    const work = queues.workNotify(async (id) => void (await notifier.deliver(id)), { concurrency: 2 });
    await until(async () => (await outcomes('inc-later')).length === 4, Boolean);
    await work.close();
    expect([mails.length, calls.length]).toEqual([1, 1]);
  });
});

test('FLUSHALL signs people out and does nothing else; they sign in again', async () => {
  const cookie = await signIn(first, 'chu');
  await flushAll();
  expect((await first.inject({ url: '/api/v1/me', headers: { cookie } })).statusCode).toBe(401);
  const again = await signIn(first, 'chu');
  const accountsNow = await first.inject({ url: '/api/v1/accounts', headers: { cookie: again } });
  expect(accountsNow.json().items).toMatchObject([{ name: 'chu', role: 'admin' }]);
});

test('every chain of the ledger holds', async () => {
  const { items } = await store.ledger.audit(500);
  expect(new Set(items.map(({ kind }) => kind))).toEqual(
    new Set(['system', 'setting', 'account', 'session', 'incident', 'token']),
  );
  for (const { kind, subject } of items)
    expect(await store.ledger.check(kind, subject), `${kind} ${subject}`).toMatchObject({ ok: true });
});
