import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { SMTPServer } from 'smtp-server';
import { WebSocket } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  AlertView,
  DeliveryView,
  EventSearch,
  EventView,
  Health,
  HistoryRow,
  IncidentAction,
  IncidentCard,
  IncidentDetail,
  Page,
  SystemView,
} from '../../src/contract/api.ts';
import type { FeedMessage } from '../../src/contract/feed.ts';
import type { System } from '../../src/model/register.ts';
import type { Source } from '../../src/model/source.ts';
import { ledgerHash } from '../../src/store/ledger-hash.ts';
import { freePort } from '../harness/free-port.ts';
import { createToken, type RunningPlatform, startPlatform, until } from '../harness/platform.ts';
import { startRedis } from '../harness/redis.ts';

const webhookSecret = 'khóa webhook của buổi kiểm thử';
const publicUrl = 'https://soc.example.gov.vn';

/** All of a test's events lie in one whole hour that is over, so that alerts of one rule and host are one alert. */
const hourMs = 3_600_000;
const baseMs = (Math.floor(Date.now() / hourMs) - 1) * hourMs;

/** Command lines and the severity our rules give them. */
const commands = {
  nothing: 'notepad.exe a.txt',
  medium: 'whoami /all',
  high: 'net user hotro MatKhau@2026 /add',
  otherHigh: 'wevtutil cl Security',
  critical: 'vssadmin delete shadows /all /quiet',
} as const;

let seq = 0;
function lineOf(host: string, what: keyof typeof commands, minute: number): string {
  const command = commands[what];
  seq += 1;
  return JSON.stringify({
    seq: String(seq),
    product: 'windows',
    category: 'process_creation',
    EventID: 1,
    Computer: host,
    Image: `C:\\Windows\\System32\\${command.split(' ')[0]?.replace('.exe', '')}.exe`,
    ParentImage: 'C:\\Windows\\explorer.exe',
    CommandLine: command,
    User: 'QLVB\\hotro',
    UtcTime: new Date(baseMs + minute * 60_000 + (seq % 60_000)).toISOString().replace('T', ' ').replace('Z', ''),
  });
}

interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

function headerOf(mail: string, name: string): string {
  const head = mail.split('\r\n\r\n', 1)[0]?.replaceAll(/\r\n[ \t]+/g, ' ') ?? '';
  const line = head.split('\r\n').find((each) => each.toLowerCase().startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim() ?? '';
}

/** Quoted-printable to bytes, one character a byte; `_` is a blank in header words only. */
function unquoted(text: string): string {
  return text.replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** RFC 2047 words of a header. */
function decodeWords(text: string): string {
  const bytes = text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toLowerCase() === 'b' ? Buffer.from(word, 'base64').toString('latin1') : unquoted(word.replaceAll('_', ' ')),
    );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function bodyOf(mail: string): string {
  const body = mail.slice(mail.indexOf('\r\n\r\n') + 4);
  switch (headerOf(mail, 'content-transfer-encoding')) {
    case 'base64':
      return Buffer.from(body, 'base64').toString('utf8');
    case 'quoted-printable':
      return Buffer.from(unquoted(body.replaceAll('=\r\n', '')), 'latin1').toString('utf8');
    default:
      return body;
  }
}

interface Hook {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const mails: Mail[] = [];
const hooks: Hook[] = [];
const mailsTo = (system: string): Mail[] => mails.filter(({ to }) => to.includes(`truc@${system}.example.gov.vn`));
const hooksOf = (system: string): Hook[] => hooks.filter((hook) => hook.path === `/${system}`);

/** A real SMTP server. */
async function startSmtp(port: number): Promise<{ close: () => Promise<void> }> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const mail = Buffer.concat(parts).toString('utf8');
        mails.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          subject: decodeWords(headerOf(mail, 'subject')),
          text: bodyOf(mail),
        });
        done(null, 'queued');
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

async function startWebhooks(port: number): Promise<{ close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      hooks.push({
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString('utf8'),
      });
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

let platform: RunningPlatform;
let dataDir = '';
let env: Record<string, string> = {};
let admin = '';
let ports = { smtp: 0, webhook: 0 };
let flushRedis: () => Promise<unknown>;
const closers: (() => Promise<unknown>)[] = [];

async function ask<T>(token: string, where: string, method = 'GET', body?: object): Promise<Answer<T>> {
  const answer = await fetch(`${platform.url}/api/v1${where}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as T };
}

async function got<T>(token: string, where: string): Promise<T> {
  const { status, body } = await ask<T>(token, where);
  expect([where, status]).toEqual([where, 200]);
  return body;
}

async function put(where: string, body: object): Promise<void> {
  const { status, body: said } = await ask(admin, where, 'PUT', body);
  expect([where, status, said]).toEqual([where, 200, expect.anything()]);
}

async function apiToken(role: string, systems: readonly string[] = []): Promise<string> {
  const name = `${role}-${systems.join('-') || 'tat-ca'}`;
  const limited = systems.flatMap((system) => ['--system', system]);
  return createToken(dataDir, ['--kind', 'api', '--name', name, '--role', role, ...limited], env);
}

async function putSystem(id: string, o: Partial<System> = {}): Promise<void> {
  const system: System = {
    id,
    name: `Hệ thống ${id}`,
    org: `so-${id}`,
    orgName: `Sở ${id}`,
    level: 3,
    hosts: [],
    addresses: [],
    owner: { name: `Chủ quản ${id}`, email: `chuquan@${id}.example.gov.vn`, phone: '' },
    duty: { name: `Trực ban ${id}`, email: `truc@${id}.example.gov.vn`, phone: '' },
    notifyFrom: 'high',
    webhookUrl: `http://127.0.0.1:${ports.webhook}/${id}`,
    ...o,
  };
  await put(`/systems/${id}`, { system });
}

/** A source of a system with a collector's token of its own, known to every part of the platform when it returns. */
async function putSource(id: string, system: string, o: Partial<Source> = {}): Promise<string> {
  const source: Source = {
    id,
    name: id,
    org: `so-${system}`,
    system,
    parser: 'auto',
    origin: 'production',
    drill: '',
    lane: '',
    addresses: [],
    ...o,
  };
  const token = await createToken(dataDir, ['--kind', 'collector', '--name', id, '--source', id], env);
  await put(`/sources/${id}`, { source: { ...source, name: `Nguồn ${id}` } });
  await until(`${id} is in the register`, async () =>
    (await got<Health>(admin, '/health')).sources.some((each) => each.id === id && each.name === `Nguồn ${id}`),
  );
  return token;
}

async function send(collector: string, lines: readonly string[]): Promise<void> {
  const answer = await fetch(`${platform.url}/ingest/v1/ndjson`, {
    method: 'POST',
    headers: { authorization: `Bearer ${collector}`, 'content-type': 'application/x-ndjson' },
    body: lines.join('\n'),
  });
  expect([answer.status, await answer.json()]).toMatchObject([200, { accepted: lines.length, rejected: [] }]);
}

/** Everything that was accepted is evaluated, and so every notice it calls for is written. */
async function evaluated(): Promise<void> {
  const fromMs = Date.now();
  await until('every batch evaluated', async () => {
    const health = await got<Health>(admin, '/health');
    return health.status !== 'down' && health.atMs > fromMs && health.detect.waitingBatches === 0;
  });
}

async function incidentsOf(system: string): Promise<IncidentCard[]> {
  const { items } = await got<Page<IncidentCard>>(admin, '/incidents?limit=500');
  return items.filter((card) => card.system === system);
}

async function onlyIncidentOf(system: string): Promise<IncidentCard> {
  await evaluated();
  const cards = await incidentsOf(system);
  expect(cards).toHaveLength(1);
  const [card] = cards;
  if (card === undefined) throw new Error('no incident');
  return card;
}

const detailOf = (id: string, token = admin): Promise<IncidentDetail> => got<IncidentDetail>(token, `/incidents/${id}`);

/** How each notice of an incident went, by channel, once none of them is under way. */
async function settledDeliveries(incident: string, timeoutMs = 60_000): Promise<DeliveryView[]> {
  return until(
    `the notices of ${incident} are sent`,
    async () => {
      const { deliveries } = await detailOf(incident);
      const sent = new Set(deliveries.filter(({ outcome }) => outcome === 'sent').map(({ notice }) => notice));
      return deliveries.length > 0 && deliveries.every(({ notice }) => sent.has(notice)) && [...deliveries];
    },
    timeoutMs,
  );
}

const outcomesOf = (deliveries: readonly DeliveryView[]): string[] =>
  deliveries.map(({ channel, outcome }) => `${channel} ${outcome}`).sort();

interface Feed {
  readonly messages: readonly FeedMessage[];
  /** Systems of which an alert or incident was shown. */
  systems(): Set<string>;
}

async function openFeed(token: string, resume = ''): Promise<Feed> {
  const messages: FeedMessage[] = [];
  const socket = new WebSocket(`${platform.url.replace(/^http/, 'ws')}/api/v1/feed${resume}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  let failed = false;
  socket.addEventListener('message', ({ data }) => messages.push(JSON.parse(String(data)) as FeedMessage));
  socket.addEventListener('error', () => {
    failed = true;
  });
  closers.push(async () => socket.close());
  await until('the feed says hello', () => {
    if (failed) throw new Error('the feed refused the connection');
    return messages.some(({ kind }) => kind === 'hello');
  });
  return {
    messages,
    systems: () =>
      new Set(
        messages.flatMap((each) =>
          each.kind === 'alert' ? [each.alert.system] : each.kind === 'incident' ? [each.incident.system] : [],
        ),
      ),
  };
}

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'vonggac-people-'));
  closers.push(() => rm(dataDir, { recursive: true, force: true }));
  const redis = await startRedis();
  closers.push(() => redis.close());
  const { host, port, password = '' } = redis.connection;
  const client = new Redis({ host, port, password });
  closers.push(async () => client.disconnect());
  flushRedis = () => client.flushall();
  // Both receivers are away at first; only their ports are known.
  ports = { smtp: await freePort(), webhook: await freePort() };
  env = {
    REDIS_URL: `redis://:${password}@${host}:${port}/0`,
    VONGGAC_SMTP_URL: `smtp://127.0.0.1:${ports.smtp}`,
    VONGGAC_WEBHOOK_SECRET: webhookSecret,
    VONGGAC_WEBHOOK_ALLOWED_HOSTS: `127.0.0.1:${ports.webhook}`,
    VONGGAC_PUBLIC_URL: publicUrl,
  };
  platform = await startPlatform({ dataDir, env });
  closers.push(() => platform.stop('SIGKILL'));
  admin = await apiToken('admin');
});

afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Told while nobody could be told: its deliveries are looked at last, since the sweep takes its minute. */
let lost: IncidentCard;

describe('an owner is told', () => {
  it('while mail and webhook are away each try is on the incident; then Redis is emptied', async () => {
    await putSystem('thuloi');
    await send(await putSource('thuloi-win', 'thuloi'), [lineOf('TL-01', 'high', 10)]);
    lost = await onlyIncidentOf('thuloi');
    await until('both channels failed', async () => {
      const { deliveries } = await detailOf(lost.id);
      const failed = deliveries.filter(({ outcome }) => outcome === 'failed').map(({ channel }) => channel);
      return failed.includes('email') && failed.includes('webhook');
    });
    expect(await flushRedis()).toBe('OK');
    const receivers = [await startSmtp(ports.smtp), await startWebhooks(ports.webhook)];
    for (const receiver of receivers) closers.push(receiver.close);
  });

  it('once by mail and once by signed webhook, and again when it gets worse', async () => {
    await putSystem('yte');
    const collector = await putSource('yte-win', 'yte');
    await send(collector, [lineOf('YT-01', 'medium', 5), lineOf('YT-01', 'nothing', 6)]);
    const below = await onlyIncidentOf('yte');
    expect(below.severity).toBe('medium');
    expect((await detailOf(below.id)).deliveries).toEqual([]);

    await send(collector, [lineOf('YT-01', 'high', 10)]);
    const card = await onlyIncidentOf('yte');
    const first = await settledDeliveries(card.id);
    expect(outcomesOf(first)).toEqual(['email queued', 'email sent', 'webhook queued', 'webhook sent']);
    expect(new Set(first.map(({ recipient }) => recipient))).toEqual(
      new Set(['truc@yte.example.gov.vn', `http://127.0.0.1:${ports.webhook}`]),
    );
    const [mail] = mailsTo('yte');
    expect(mail?.to).toEqual(['truc@yte.example.gov.vn']);
    expect(mail?.subject).toContain(`[Cao] ${card.code}:`);
    expect(mail?.subject).not.toContain('DIỄN TẬP');
    expect(mail?.text).toContain(`${publicUrl}/incidents/${card.id}`);
    expect(mail?.text).not.toContain('MatKhau@2026');

    const [hook] = hooksOf('yte');
    // As docs/security.md tells receivers to check it.
    const key = createHmac('sha256', webhookSecret).update('vonggac webhook yte').digest('hex');
    const seconds = String(hook?.headers['x-vonggac-timestamp']);
    const signed = createHmac('sha256', key).update(`${seconds}.${hook?.body}`).digest('hex');
    expect(hook?.headers['x-vonggac-signature']).toBe(`v1=${signed}`);
    expect(Math.abs(Date.now() / 1000 - Number(seconds))).toBeLessThan(300);
    expect(JSON.parse(hook?.body ?? '')).toMatchObject({
      notice: hook?.headers['x-vonggac-notice'],
      origin: 'production',
      severity: 'high',
      incident: { id: card.id, code: card.code },
      system: { id: 'yte', org: 'so-yte' },
      url: `${publicUrl}/incidents/${card.id}`,
    });

    // More of the same, another rule of the same severity, and lesser ones: nothing new to tell.
    await send(collector, [lineOf('YT-01', 'high', 11), lineOf('YT-02', 'high', 12), lineOf('YT-01', 'otherHigh', 13)]);
    await send(collector, [lineOf('YT-01', 'high', 14), lineOf('YT-01', 'medium', 15)]);
    const more = await onlyIncidentOf('yte');
    expect(more.events).toBe(card.events + 5);
    expect(await settledDeliveries(card.id)).toEqual(first);
    expect([mailsTo('yte').length, hooksOf('yte').length]).toEqual([1, 1]);

    await send(collector, [lineOf('YT-01', 'critical', 16)]);
    expect((await onlyIncidentOf('yte')).severity).toBe('critical');
    expect(await settledDeliveries(card.id)).toHaveLength(8);
    expect(mailsTo('yte').map(({ subject }) => /\[[^\]]+\]/.exec(subject)?.[0])).toEqual(['[Cao]', '[Nghiêm trọng]']);
    expect(new Set(hooksOf('yte').map(({ headers }) => headers['x-vonggac-notice'])).size).toBe(2);
    expect(hooksOf('yte')).toHaveLength(2);
  });

  it('a drill says so first, and is an incident apart from the real one', async () => {
    await putSystem('giaoduc');
    const real = await putSource('giaoduc-win', 'giaoduc');
    const drill = await putSource('giaoduc-dt', 'giaoduc', { origin: 'drill', drill: 'dt-2026', lane: 'doi-1' });
    await send(drill, [lineOf('GD-01', 'high', 20)]);
    await send(real, [lineOf('GD-01', 'high', 21)]);
    await evaluated();
    const cards = await incidentsOf('giaoduc');
    expect(cards.map(({ origin }) => origin).sort()).toEqual(['drill', 'production']);
    for (const { id } of cards) await settledDeliveries(id);
    const marked = (each: string): string => (each.startsWith('[DIỄN TẬP] [Cao] SC-') ? 'drill' : each.slice(0, 9));
    expect(
      mailsTo('giaoduc')
        .map(({ subject }) => marked(subject))
        .sort(),
    ).toEqual(['[Cao] SC-', 'drill']);
    expect(
      mailsTo('giaoduc')
        .map(({ text }) => text.includes('ĐÂY LÀ DIỄN TẬP'))
        .sort(),
    ).toEqual([false, true]);
    const bodies = hooksOf('giaoduc').map(({ body }) => JSON.parse(body) as { origin: string; drill: string });
    expect(bodies.map(({ origin, drill: of }) => `${origin} ${of}`.trim()).sort()).toEqual([
      'drill dt-2026',
      'production',
    ]);
  });
});

describe('an owner sees its own systems and no other', () => {
  let owner = '';
  let viewer = '';
  const own = 'vanban';
  const other = 'motcua';

  beforeAll(async () => {
    await putSystem(own, { webhookUrl: '' });
    await putSystem(other, { webhookUrl: '', hosts: ['MC-APP01'] });
    const ownSource = await putSource('vanban-win', own);
    const otherSource = await putSource('motcua-win', other);
    const relay = await putSource('tram-chung', own, { org: '' });
    owner = await apiToken('owner', [own]);
    viewer = await apiToken('viewer');
    const feeds = { owner: await openFeed(owner), viewer: await openFeed(viewer) };
    // The other's first: when its own has arrived, the other's would have.
    await send(otherSource, [lineOf('MC-02', 'high', 30), lineOf('MC-02', 'nothing', 31)]);
    // A shared relay speaks for every agency: the register knows whose host it is.
    await send(relay, [lineOf('mc-app01', 'high', 32)]);
    await until('the viewer is shown the other system', () => feeds.viewer.systems().has(other));
    await evaluated();
    // An agency's own source does not, whatever its lines say.
    const lines = [lineOf('VB-01', 'high', 33), lineOf('VB-01', 'nothing', 34), lineOf('mc-app01', 'high', 35)];
    await send(ownSource, lines);
    await until('both are shown the owner’s system', () =>
      [feeds.owner, feeds.viewer].every((feed) => feed.systems().has(own)),
    );
    await evaluated();
    live = feeds;
  });
  let live: { owner: Feed; viewer: Feed };

  it('in the live feed, also when it resumes', async () => {
    expect(live.viewer.systems()).toEqual(new Set([own, other]));
    expect(live.owner.systems()).toEqual(new Set([own]));
    const hello = live.owner.messages.find((each) => each.kind === 'hello');
    const resume = `?epoch=${hello?.epoch}&since=${hello?.seq}`;
    const [again, control] = [await openFeed(owner, resume), await openFeed(viewer, resume)];
    await until('what was missed is sent again', () => control.systems().has(own) && again.systems().has(own));
    expect(control.systems()).toEqual(new Set([own, other]));
    expect(again.systems()).toEqual(new Set([own]));
    expect(again.messages.find((each) => each.kind === 'tick' && each.health !== null)).toBeUndefined();
  });

  it('in lists', async () => {
    const all = (await got<Page<AlertView>>(viewer, '/alerts?limit=500')).items;
    expect(all.filter(({ system }) => system === other)).toHaveLength(2);
    const alerts = (await got<Page<AlertView>>(owner, '/alerts?limit=500')).items;
    expect(alerts).toEqual(all.filter(({ system }) => system === own));
    expect(alerts).toHaveLength(2);
    expect((await got<Page<AlertView>>(owner, `/alerts?system=${other}`)).items).toEqual([]);
    const incidents = (await got<Page<IncidentCard>>(owner, '/incidents?limit=500')).items;
    expect(incidents.map(({ system }) => system)).toEqual([own]);
    const systems = (await got<{ items: SystemView[] }>(owner, '/systems')).items;
    expect(systems.map(({ id }) => id)).toEqual([own]);
    expect((await ask(owner, '/drills/current')).status).toBe(403);
  });

  it('by id: what is another’s answers as what never was', async () => {
    const [mine] = await incidentsOf(own);
    const [theirs] = await incidentsOf(other);
    const detail = await detailOf(mine?.id ?? '', owner);
    expect(detail.evidence.map(({ event }) => event.system)).toEqual([own, own]);
    expect(detail.evidence[0]?.matched.length).toBeGreaterThan(0);
    expect(detail.alerts.map(({ system }) => system)).toEqual([own, own]);
    const foreign = await detailOf(theirs?.id ?? '');
    const never = await ask(owner, '/incidents/0123456789abcdef0123456789abcdef');
    expect(never.status).toBe(404);
    for (const where of [
      `/incidents/${theirs?.id}`,
      `/alerts/${foreign.alerts[0]?.id}`,
      `/events/${foreign.evidence[0]?.event.id}`,
    ]) {
      expect([where, await ask(owner, where)]).toEqual([where, never]);
      expect([where, (await ask(viewer, where)).status]).toEqual([where, 200]);
    }
    expect((await ask(owner, `/events/${detail.evidence[0]?.event.id}`)).status).toBe(200);
  });

  it.each([
    ['', 3],
    ['CommandLine:*', 3],
    ['system:motcua', 0],
    ['host:MC-02', 0],
    ['host:mc-app01', 1],
    ['NOT system:vanban', 0],
    ['system:vanban OR system:motcua', 3],
  ])('in search: %j finds %d', async (q, count) => {
    const search = new URLSearchParams({ q, from: String(baseMs), to: String(baseMs + hourMs), limit: '500' });
    const found = await got<EventSearch>(owner, `/events?${search}`);
    expect(found.items.map(({ system }: EventView) => system)).toEqual(Array.from({ length: count }, () => own));
    expect(found.total).toBe(count);
    expect(found.histogram.reduce((sum, bar) => sum + bar.count, 0)).toBe(count);
  });

  it.each([
    ['GET', '/health'],
    ['GET', '/metrics'],
    ['GET', '/rules'],
    ['GET', '/sources'],
    ['GET', `/systems/${own}`],
    ['GET', '/dead-letters'],
    ['GET', '/tokens'],
    ['GET', '/accounts'],
    ['GET', '/audit'],
  ])('%s %s is not for owners', async (method, where) => {
    expect((await ask(owner, where, method)).status).toBe(403);
  });

  it('and does not act on incidents, its own or another’s', async () => {
    for (const system of [own, other]) {
      const [card] = await incidentsOf(system);
      const action: IncidentAction = { action: 'comment', version: card?.version ?? 0, text: 'x' };
      const { status } = await ask(owner, `/incidents/${card?.id}/actions`, 'POST', action);
      expect([system, status]).toEqual([system, 403]);
      expect((await detailOf(card?.id ?? '')).history).toHaveLength(1);
    }
  });
});

describe('what people do', () => {
  const act = (token: string, id: string, action: IncidentAction): Promise<Answer<IncidentCard>> =>
    ask<IncidentCard>(token, `/incidents/${id}/actions`, 'POST', action);

  /** Versions without a gap, and every hash over its row and the hash before it. */
  function expectChain(incident: string, rows: readonly HistoryRow[]): void {
    let previousHash = '';
    for (const [index, { hash, ...row }] of rows.entries()) {
      expect(row.version).toBe(index + 1);
      expect(hash).toBe(ledgerHash({ kind: 'incident', subject: incident, ...row, previousHash }));
      previousHash = hash;
    }
  }

  it('is kept in order, survives a restart, and a closed incident takes no new alert', {
    timeout: 300_000,
  }, async () => {
    await putSystem('datdai', { notifyFrom: 'critical' });
    const collector = await putSource('datdai-win', 'datdai');
    const analyst = await apiToken('analyst');
    await send(collector, [lineOf('DD-01', 'high', 10)]);
    const opened = await onlyIncidentOf('datdai');
    expect(opened).toMatchObject({ state: 'new', version: 1, assignee: '' });
    const { id } = opened;

    const taken = await act(analyst, id, { action: 'assign', version: 1, assignee: 'trần.an' });
    expect(taken).toMatchObject({ status: 200, body: { version: 2, assignee: 'trần.an', state: 'new' } });
    const stale = await ask<{ code: string; newest: IncidentCard }>(analyst, `/incidents/${id}/actions`, 'POST', {
      action: 'state',
      version: 1,
      state: 'investigating',
    });
    expect(stale).toMatchObject({ status: 409, body: { code: 'conflict', newest: taken.body } });
    const investigating = await act(analyst, id, { action: 'state', version: 2, state: 'investigating' });
    expect(investigating).toMatchObject({ status: 200, body: { version: 3, state: 'investigating' } });
    // Two at once on one version: one of them is told of the other.
    const comments = await Promise.all(
      ['máy đã cô lập', 'đã gọi chủ quản'].map((text) => act(analyst, id, { action: 'comment', version: 3, text })),
    );
    expect(comments.map(({ status }) => status).sort()).toEqual([200, 409]);
    const refused = await act(analyst, id, { action: 'state', version: 4, state: 'resolved' });
    expect(refused).toMatchObject({ status: 422, body: { code: 'action-refused' } });
    const reason = 'tài khoản đã khóa, máy đã làm sạch';
    const closed = await act(analyst, id, { action: 'state', version: 4, state: 'resolved', reason });
    expect(closed).toMatchObject({ status: 200, body: { version: 5, state: 'resolved', reason, comments: 1 } });

    const before = await detailOf(id);
    expect(before.card).toEqual(closed.body);
    expect(before.history.map(({ action, actor }) => `${actor}: ${action}`)).toEqual([
      'system: opened',
      'token analyst-tat-ca: assign',
      'token analyst-tat-ca: state',
      'token analyst-tat-ca: comment',
      'token analyst-tat-ca: state',
    ]);
    const atMs = before.history.map((row) => row.atMs);
    expect(atMs).toEqual(atMs.toSorted((a, b) => a - b));
    expectChain(id, before.history);

    expect((await platform.stop()).code).toBe(0);
    platform = await startPlatform({ dataDir, env });
    closers.push(() => platform.stop('SIGKILL'));
    expect(await detailOf(id)).toEqual(before);

    // Another rule, the same system, minutes later: the closed incident stays as it was.
    await send(collector, [lineOf('DD-01', 'otherHigh', 14)]);
    await evaluated();
    const cards = await incidentsOf('datdai');
    expect(cards.map(({ state }) => state)).toEqual(['new', 'resolved']);
    expect(cards[1]).toEqual(closed.body);
    expect((await detailOf(id)).alerts).toEqual(before.alerts);
    // The alert that is already in it goes on being counted there and opens nothing.
    await send(collector, [lineOf('DD-01', 'high', 15)]);
    await evaluated();
    const after = await incidentsOf('datdai');
    expect(after.map(({ state, version }) => `${state} ${version}`)).toEqual(['new 1', 'resolved 5']);
    expect(after[1]).toMatchObject({ alerts: 1, events: 2 });
    const reopened = await act(analyst, id, { action: 'state', version: 5, state: 'triage', reason: 'lại thấy' });
    expect(reopened).toMatchObject({ status: 200, body: { version: 6, state: 'triage' } });
    expectChain(id, (await detailOf(id)).history);
  });
});

describe('a notice whose job was lost', () => {
  it('is sent all the same, once each way', async () => {
    const deliveries = await settledDeliveries(lost.id, 150_000);
    const sent = deliveries.filter(({ outcome }) => outcome === 'sent');
    expect(sent.map(({ channel }) => channel).sort()).toEqual(['email', 'webhook']);
    expect(new Set(deliveries.map(({ notice }) => notice)).size).toBe(2);
    expect([mailsTo('thuloi').length, hooksOf('thuloi').length]).toEqual([1, 1]);
    const queuedMs = Math.min(...deliveries.map(({ atMs }) => atMs));
    console.log(`lost notices sent ${sent.map(({ atMs }) => atMs - queuedMs).join(' and ')} ms after they were queued`);
  });
});
