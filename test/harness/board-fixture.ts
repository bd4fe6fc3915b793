/**
 * A small server for the board alone: serves a built board under the same Content-Security-Policy as the real one and
 * answers the API and the feed from `board-fixture-data.ts`. For browser tests, and for work on the board:
 * `npx tsx test/harness/board-fixture.ts --incidents 40 --port 5199 --live`.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type WebSocket, WebSocketServer } from 'ws';
import { createLineTrial } from '../../src/compose/line-trial.ts';
import { loadMappings } from '../../src/compose/mappings.ts';
import type {
  AlertView,
  ApiError,
  DeliveryView,
  DrillView,
  EventSearch,
  HistoryRow,
  IncidentAction,
  IncidentCard,
  IncidentDetail,
  LineTrialWanted,
  MappingsView,
  Me,
  Page,
} from '../../src/contract/api.ts';
import type { FeedMessage } from '../../src/contract/feed.ts';
import type { SourceWatchView } from '../../src/contract/sources.ts';
import { liveRulesOf } from '../../src/detect/index.ts';
import type { Role } from '../../src/model/account.ts';
import type { AgentConfig } from '../../src/model/agent.ts';
import { compileRules, parseRules } from '../../src/sigma/index.ts';
import { makeAgents } from './board-fixture-agents.ts';
import {
  alertOf,
  cardOf,
  makeHealth,
  makeWorld,
  ruleOf,
  ruleSetOf,
  situations,
  systems,
} from './board-fixture-data.ts';
import { makeIndicators } from './board-fixture-indicators.ts';
import { contract, makeSources } from './board-fixture-sources.ts';

export interface BoardFixtureOptions {
  /** Folder of the built board. */
  readonly dist: string;
  readonly port?: number;
  readonly incidents?: number;
  readonly role?: Role;
  readonly drill?: boolean;
  /** Start with a session, so that a test need not sign in. */
  readonly signedIn?: boolean;
  readonly tickMs?: number;
  /** The feed is turned away from the start, until `allowFeed`. */
  readonly refuseFeed?: boolean;
}

export interface BoardFixture {
  readonly url: string;
  /** A new alert, on the newest incident or on one of its own (`opens`); goes out over the feed. */
  raise(o?: { readonly situation?: number; readonly opens?: boolean }): AlertView;
  /** Somebody else acts; `quiet` keeps it off the feed, so that the board's version is old. */
  elsewhere(id: string, action: IncidentAction, actor: string, quiet?: boolean): void;
  /** Cuts all sockets; while `refuse` is on, new ones are turned away. */
  cutFeed(refuse: boolean): void;
  allowFeed(): void;
  /** Forgets what was sent: the next resume is answered with a resync. */
  forget(): void;
  card(id: string): IncidentCard | undefined;
  cards(): readonly IncidentCard[];
  /** Query of every feed connection, in order. */
  readonly feedQueries: readonly string[];
  /** `event reason` of every look behind a mask. */
  readonly revealed: readonly string[];
  /** `source what body` of everything agreed with a source. */
  readonly agreed: readonly string[];
  close(): Promise<void>;
}

/** Alerts this old are of the running shift for the fixture: a test may run in the first minutes of a real one. */
const shiftMs = 12 * 3_600_000;

const csp =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const text = (await bytesOf(request)).toString('utf8');
  return text === '' ? {} : JSON.parse(text);
}

export async function startBoardFixture(o: BoardFixtureOptions): Promise<BoardFixture> {
  const world = makeWorld(o.incidents ?? 24, Date.now(), 7);
  const cards = new Map(world.cards.map((card) => [card.id, card]));
  const history = new Map<string, HistoryRow[]>();
  const me: Me = { id: 'acc-2', name: 'hồng.ánh', role: o.role ?? 'analyst', systems: null };
  const feedQueries: string[] = [];
  const sockets = new Set<WebSocket>();
  let log: FeedMessage[] = [];
  let seq = 184_200;
  let refuse = o.refuseFeed ?? false;
  const revealed: string[] = [];
  const agreed: string[] = [];
  const sources = makeSources(Date.now());
  const agents = makeAgents(Date.now());
  // Made when it is first asked for: few tests look at this page.
  let indicators: ReturnType<typeof makeIndicators> | null = null;
  let signedIn = o.signedIn ?? false;
  let made = 0;
  const epoch = 'e1';
  const startedMs = Date.now() - 38 * 60_000;

  for (const card of world.cards) {
    if (card.version === 0) continue;
    history.set(card.id, [
      historyRow(1, card.openedMs + 60_000, card.assignee, 'assign', { assignee: card.assignee }),
      historyRow(2, card.changedMs, card.assignee, 'state', { state: card.state, reason: card.reason }),
    ]);
  }

  function historyRow(
    version: number,
    atMs: number,
    actor: string,
    action: string,
    document: Record<string, unknown>,
  ): HistoryRow {
    return { version, atMs, actor, action, document, hash: `7c1f${version}a09e5b2244` };
  }

  function drill(): DrillView {
    const simSeconds = Math.floor((Date.now() - startedMs) / 1000);
    return {
      id: 'dt-2026-11',
      scenario: 'qlvb',
      title: 'Document management system, lane A',
      titleVi: 'Hệ thống quản lý văn bản và điều hành, làn A',
      state: 'running',
      startedMs,
      simSeconds,
      totalSeconds: 5400,
    };
  }

  function send(message: FeedMessage): void {
    for (const socket of sockets) socket.send(JSON.stringify(message));
  }

  function publish(
    item:
      | { kind: 'alert'; alert: AlertView }
      | { kind: 'incident'; incident: IncidentCard }
      | { kind: 'drill'; drill: DrillView },
  ): void {
    seq += 1;
    const message: FeedMessage = { ...item, seq, atMs: Date.now() };
    log.push(message);
    send(message);
  }

  function raise(a: { readonly situation?: number; readonly opens?: boolean } = {}): AlertView {
    made += 1;
    const situation = situations[a.situation ?? 0] ?? situations[0];
    if (situation === undefined) throw new Error('no situation');
    const atMs = Date.now() - 1500;
    let card = [...cards.values()].find((c) => c.system === situation.system && c.state === 'new');
    if (card === undefined || a.opens === true) {
      card = cardOf({
        index: 5000 + made,
        situation,
        state: 'new',
        assignee: '',
        openedMs: atMs,
        drill: false,
        alerts: 0,
      });
    }
    const grown: IncidentCard = { ...card, alerts: card.alerts + 1, events: card.events + 1, lastEventMs: atMs };
    const { alert, evidence } = alertOf({ id: `live-${made}`, card: grown, situation, atMs, times: 1 });
    cards.set(grown.id, grown);
    world.alerts.push(alert);
    world.evidence.push(...evidence);
    publish({ kind: 'incident', incident: grown });
    publish({ kind: 'alert', alert });
    return alert;
  }

  function act(id: string, action: IncidentAction, actor: string): IncidentCard {
    const card = cards.get(id);
    if (card === undefined) throw new Error(`no incident ${id}`);
    const { action: name, version: _, ...document } = action;
    const next: IncidentCard = {
      ...card,
      version: card.version + 1,
      changedMs: Date.now(),
      ...(action.action === 'state' ? { state: action.state, reason: action.reason ?? '' } : {}),
      ...(action.action === 'assign' ? { assignee: action.assignee } : {}),
      ...(action.action === 'comment' ? { comments: card.comments + 1 } : {}),
    };
    cards.set(id, next);
    history.set(id, [...(history.get(id) ?? []), historyRow(next.version, next.changedMs, actor, name, document)]);
    return next;
  }

  function detail(card: IncidentCard): IncidentDetail {
    const alerts = world.alerts.filter((a) => a.incident === card.id);
    const ids = new Set(alerts.map((a) => a.id));
    const evidence = world.evidence.filter((e) => ids.has(e.alert));
    const told: DeliveryView[] = [
      {
        notice: `n-${card.id}`,
        channel: 'email',
        recipient: 'truc.cntt@tinh.example',
        outcome: 'queued',
        attempt: 0,
        atMs: card.openedMs + 20_000,
        detail: '',
      },
      {
        notice: `n-${card.id}`,
        channel: 'email',
        recipient: 'truc.cntt@tinh.example',
        outcome: 'sent',
        attempt: 1,
        atMs: card.openedMs + 23_000,
        detail: '250 2.0.0 Ok',
      },
      {
        notice: `w-${card.id}`,
        channel: 'webhook',
        recipient: 'https://donvi.example/vonggac',
        outcome: 'failed',
        attempt: 2,
        atMs: card.openedMs + 61_000,
        detail: 'HTTP 502',
      },
    ];
    return {
      card,
      alerts,
      evidence,
      evidenceTotal: alerts.reduce((n, a) => n + a.events, 0),
      history: history.get(card.id) ?? [],
      deliveries: told,
      owner: { name: card.orgName, duty: 'Lê Văn Trực, 0900 000 000' },
    };
  }

  function search(p: URLSearchParams): EventSearch {
    const from = Number(p.get('from'));
    const to = Number(p.get('to'));
    const words = (p.get('q') ?? '').replace(/NOT\s+\S+:"[^"]*"/g, '').match(/[^\s:"]+/g) ?? [];
    const found = world.evidence
      .map((e) => e.event)
      .filter((e) => e.eventTimeMs >= from && e.eventTimeMs < to)
      .filter((e) =>
        words.every((w) =>
          JSON.stringify(e)
            .replaceAll('\\\\', '\\')
            .toLowerCase()
            .includes(w.replaceAll('*', '').replaceAll('\\\\', '\\').toLowerCase()),
        ),
      )
      .sort((a, b) => b.eventTimeMs - a.eventTimeMs);
    const bucketMs = Math.max(1000, Math.ceil((to - from) / 60 / 1000) * 1000);
    const buckets = new Map<number, number>();
    for (const e of found) {
      const at = Math.floor(e.eventTimeMs / bucketMs) * bucketMs;
      buckets.set(at, (buckets.get(at) ?? 0) + 1);
    }
    const begin = Number(p.get('cursor') ?? '0');
    const limit = Number(p.get('limit') ?? '100');
    return {
      items: found.slice(begin, begin + limit),
      cursor: begin + limit < found.length ? String(begin + limit) : null,
      total: found.length,
      histogram: [...buckets].sort((a, b) => a[0] - b[0]).map(([fromMs, count]) => ({ fromMs, count })),
      bucketMs,
      cut: '',
    };
  }

  function json(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(body));
  }

  function refuseWith(
    response: ServerResponse,
    status: number,
    code: string,
    messageVi: string,
    more: Record<string, unknown> = {},
  ): void {
    const body: ApiError = { code, message: code, messageVi };
    json(response, status, { ...body, ...more });
  }

  function page<T>(list: readonly T[], p: URLSearchParams): Page<T> {
    const begin = Number(p.get('cursor') ?? '0');
    const limit = Number(p.get('limit') ?? '50');
    return {
      items: list.slice(begin, begin + limit),
      cursor: begin + limit < list.length ? String(begin + limit) : null,
    };
  }

  async function api(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const path = url.pathname.slice('/api/v1'.length);
    const p = url.searchParams;
    const [, kind = '', id = '', sub = ''] = path.split('/').map(decodeURIComponent);
    if (path === '/login' || path === '/setup') {
      const body = (await bodyOf(request)) as { name?: string; password?: string };
      if (body.password !== 'mat-khau-dung-1')
        return refuseWith(response, 401, 'login-refused', 'Sai tên tài khoản hoặc mật khẩu.');
      signedIn = path === '/login';
      return json(response, 200, me);
    }
    if (!signedIn) return refuseWith(response, 401, 'not-signed-in', 'Cần đăng nhập.');
    if (path === '/logout') {
      signedIn = false;
      response.writeHead(204).end();
      return;
    }
    if (path === '/me') return json(response, 200, me);
    if (path === '/health') return json(response, 200, makeHealth(Date.now()));
    if (path === '/source-watch')
      return json(response, 200, { atMs: Date.now(), items: sources, parsers: ['auto', 'evtx-json', 'syslog'] });
    if (path === '/agents') return json(response, 200, { key: 'SHA256:3kXq0Yb1u8m9', items: agents });
    if (kind === 'agents' && sub === 'config') {
      const { version, config } = (await bodyOf(request)) as { version: number; config: AgentConfig };
      const at = agents.findIndex((agent) => agent.id === id);
      const before = agents[at];
      if (before === undefined) return refuseWith(response, 404, 'not-found', 'Không tìm thấy.');
      if (version !== before.version) return refuseWith(response, 409, 'conflict', 'Đã có người thay đổi trước đó.');
      if (!Array.isArray(config.inputs))
        return refuseWith(response, 400, 'bad-request', 'Sai ở config.inputs: Invalid input: expected array');
      agents[at] = { ...before, version: version + 1, config };
      return json(response, 200, { version: version + 1 });
    }
    if (kind === 'indicator-lists') {
      const body = await bytesOf(request);
      indicators ??= makeIndicators(Date.now());
      const asked = { method: request.method ?? '', path: [id, sub], query: p, body, actor: me.name };
      const answer = await (await indicators)(asked);
      return json(response, answer.status, answer.body);
    }
    if (path === '/systems') return json(response, 200, { items: systems });
    if (kind === 'sources') {
      if (sub === 'proposal')
        return json(response, 200, { contract: { ...contract, agreedMs: Date.now(), silenceMs: 7_200_000 } });
      const asked = (await bodyOf(request)) as Record<string, unknown> & { version: number };
      const at = sources.findIndex((source) => source.id === id);
      const before = sources[at];
      if (before === undefined) return refuseWith(response, 404, 'not-found', 'Không tìm thấy.');
      if (asked.version !== before.version)
        return refuseWith(response, 409, 'conflict', 'Đã có người thay đổi trước đó.', { version: before.version });
      const { version, correction, ...rest } = asked;
      agreed.push(`${id} ${sub} ${JSON.stringify(rest)}`);
      const encoding = rest.encoding === null ? '' : rest.encoding;
      const changed = { ...before, ...rest, version: version + 1 } as SourceWatchView;
      const next = {
        ...changed,
        ...(sub === 'encoding' ? { encoding } : {}),
        ...(sub === 'clock' ? { timeCorrection: correction } : {}),
      } as SourceWatchView;
      sources[at] = next;
      return json(response, 200, next);
    }
    if (path === '/drills/current') return json(response, 200, { items: o.drill === true ? [drill()] : [] });
    if (path === '/mappings') {
      const view: MappingsView = { ...(await loadMappings()), unknownLogsource: 'closed' };
      return json(response, 200, view);
    }
    if (path === '/rule-set' || path === '/rules/reload') return json(response, 200, ruleSetOf(Date.now()));
    if (path === '/rules')
      return json(
        response,
        200,
        page(
          situations.map(ruleOf).map(({ text: _, ...rest }) => rest),
          p,
        ),
      );
    if (kind === 'rules') {
      const found = situations.find((s) => s.rule === id);
      return found === undefined
        ? refuseWith(response, 404, 'not-found', 'Không tìm thấy.')
        : json(response, 200, ruleOf(found));
    }
    if (path === '/alerts') {
      const since = Math.min(Number(p.get('since') ?? '0'), Date.now() - shiftMs);
      return json(
        response,
        200,
        page(
          world.alerts.filter((a) => a.createdMs >= since).sort((a, b) => b.createdMs - a.createdMs),
          p,
        ),
      );
    }
    if (path === '/incidents') {
      const wanted = p.get('state') ?? 'open';
      const open = (c: IncidentCard): boolean => c.state !== 'resolved' && c.state !== 'false_positive';
      const list = [...cards.values()].filter((c) =>
        wanted === 'open' ? open(c) : wanted.split(',').includes(c.state),
      );
      return json(
        response,
        200,
        page(
          list.sort((a, b) => b.openedMs - a.openedMs),
          p,
        ),
      );
    }
    if (path === '/lines/read') {
      const mappings = await loadMappings();
      const live = liveRulesOf(
        compileRules(parseRules(situations.map((s) => ruleOf(s).text).join('\n---\n'), 'rules.yml').rules),
      );
      const tryLines = createLineTrial({ mappings: () => mappings, rules: () => live, clock: Date.now });
      return json(response, 200, await tryLines((await bodyOf(request)) as LineTrialWanted));
    }
    if (kind === 'events' && sub === 'reveal') {
      const asked = (await bodyOf(request)) as { reason: string };
      revealed.push(`${id} ${asked.reason}`);
      return json(response, 200, { value: '0912345678' });
    }
    if (path === '/events') {
      const q = p.get('q') ?? '';
      const position = q.lastIndexOf('(');
      if (position >= 0 && !q.includes(')'))
        return refuseWith(response, 400, 'bad-query', 'Ngoặc mở này chưa được đóng.', { position });
      return json(response, 200, search(p));
    }
    const card = kind === 'incidents' ? cards.get(id) : undefined;
    if (card === undefined) return refuseWith(response, 404, 'not-found', 'Không tìm thấy.');
    if (sub === 'actions') {
      const action = (await bodyOf(request)) as IncidentAction;
      if (action.version !== card.version)
        return refuseWith(response, 409, 'conflict', 'Đã có người thay đổi trước đó.', { newest: card });
      const next = act(id, action, me.name);
      json(response, 200, next);
      publish({ kind: 'incident', incident: next });
      return;
    }
    json(response, 200, detail(card));
  }

  async function file(response: ServerResponse, path: string): Promise<void> {
    const wanted = normalize(join(o.dist, path));
    const inside = wanted.startsWith(normalize(o.dist)) && extname(wanted) !== '';
    const name = inside ? wanted : join(o.dist, 'index.html');
    try {
      const body = await readFile(name);
      response.writeHead(200, {
        'content-type': types[extname(name)] ?? 'application/octet-stream',
        'content-security-policy': csp,
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fixture');
    const work = url.pathname.startsWith('/api/') ? api(request, response, url) : file(response, url.pathname);
    work.catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  const feed = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (refuse || !signedIn) {
      socket.destroy();
      return;
    }
    const query = new URL(request.url ?? '/', 'http://fixture').searchParams;
    feedQueries.push(query.toString());
    feed.handleUpgrade(request, socket, head, (ws) => {
      sockets.add(ws);
      ws.on('close', () => sockets.delete(ws));
      const since = Number(query.get('since') ?? '-1');
      const known = query.get('epoch') === epoch && since >= 0;
      const oldest = log[0]?.seq ?? seq + 1;
      const resumed = known && since + 1 >= oldest;
      const hello: FeedMessage = { kind: 'hello', epoch, seq, resumed };
      ws.send(JSON.stringify(hello));
      const resync: FeedMessage = { kind: 'resync', epoch, seq, reason: 'gap' };
      if (known && !resumed) ws.send(JSON.stringify(resync));
      if (resumed) for (const message of log.filter((m) => m.seq > since)) ws.send(JSON.stringify(message));
    });
  });
  const ticker = setInterval(() => {
    send({ kind: 'tick', seq, atMs: Date.now(), health: makeHealth(Date.now()) });
    if (o.drill === true) publish({ kind: 'drill', drill: drill() });
  }, o.tickMs ?? 3000);

  await new Promise<void>((done) => {
    server.listen(o.port ?? 0, '127.0.0.1', done);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    revealed,
    agreed,
    raise,
    elsewhere(id, action, actor, quiet = false) {
      const next = act(id, action, actor);
      if (!quiet) publish({ kind: 'incident', incident: next });
    },
    cutFeed(on) {
      refuse = on;
      for (const socket of sockets) socket.terminate();
    },
    allowFeed() {
      refuse = false;
    },
    forget() {
      log = [];
      seq += 1000;
    },
    card: (id) => cards.get(id),
    cards: () => [...cards.values()],
    feedQueries,
    async close() {
      clearInterval(ticker);
      for (const socket of sockets) socket.terminate();
      feed.close();
      server.closeAllConnections();
      await new Promise<void>((done) => {
        server.close(() => done());
      });
    },
  };
}

function option(name: string, otherwise: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const fixture = await startBoardFixture({
    dist: option('dist', fileURLToPath(new URL('../../dist/board', import.meta.url))),
    port: Number(option('port', '5199')),
    incidents: Number(option('incidents', '24')),
    drill: process.argv.includes('--drill'),
    signedIn: !process.argv.includes('--sign-in'),
  });
  console.log(`board fixture at ${fixture.url} (password: mat-khau-dung-1)`);
  if (process.argv.includes('--live')) {
    let n = 0;
    setInterval(() => {
      n += 1;
      fixture.raise({ situation: n % situations.length, opens: n % 4 === 0 });
    }, 4000);
  }
}
