import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { AlertView, DrillView, Health } from '../../src/contract/api.ts';
import type { FeedItem, FeedMessage } from '../../src/contract/feed.ts';
import { createFeed, type Feed, type FeedLimits, feedPath } from '../../src/feed/index.ts';
import type { Principal, Role } from '../../src/model/account.ts';
import { createLog } from '../../src/observe/log.ts';
import { createMetrics, type Metrics } from '../../src/observe/metrics.ts';
import { createState, type State } from '../../src/state/index.ts';
import { until } from '../harness/poll.ts';
import { type RedisProcess, startRedisProcess } from '../harness/redis-process.ts';

let redis: RedisProcess;
const closers: (() => Promise<void>)[] = [];
let serial = 0;

beforeAll(async () => {
  redis = await startRedisProcess();
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
afterAll(() => redis.stop());

const principal = (id: string, role: Role, systems: readonly string[] | null = null): Principal => ({
  id,
  name: id,
  role,
  systems,
  via: 'session',
});
const people = new Map<string, Principal>([
  ['admin', principal('admin', 'admin')],
  ['analyst', principal('analyst', 'analyst')],
  ['owner-a', principal('owner-a', 'owner', ['sys-a'])],
]);
const health = { status: 'ok' } as Health;

function alert(n: number, system: string, padding = 0): FeedItem {
  const view = { id: `alert-${n}`, system, title: 'x'.repeat(padding) } as AlertView;
  return { kind: 'alert', system, alert: view };
}
const drill: FeedItem = {
  kind: 'drill',
  system: '',
  drill: { id: 'run-1', title: 'what will be played' } as DrillView,
};

interface World {
  readonly state: State;
  readonly feed: Feed;
  readonly port: number;
  readonly metrics: Metrics;
  /** Who is signed in, by the request's x-user header; `'away'` = nobody can say. */
  readonly signedIn: Map<string, Principal | 'away'>;
  open(user: string, o?: { query?: string; headers?: Record<string, string>; autoPong?: boolean }): Client;
}

interface Client {
  readonly socket: WebSocket;
  readonly messages: FeedMessage[];
  closed(): { readonly code: number } | null;
  status(): number;
  ids(): string[];
}

async function worldOf(
  o: {
    limits?: Partial<FeedLimits>;
    prefix?: string;
    origins?: string[];
    healthy?: () => Promise<Health>;
    /** Before the reader stands. */
    meanwhile?: (state: State) => Promise<unknown>;
  } = {},
): Promise<World> {
  const state = createState({
    connection: redis.connection,
    prefix: o.prefix ?? `f${serial++}`,
    limits: { feedBlockMs: 100, commandTimeoutMs: 30_000, feedMessagesMax: 2000 },
    log: createLog('silent'),
  });
  const signedIn = new Map<string, Principal | 'away'>(people);
  const metrics = createMetrics();
  const feed = createFeed({
    bus: {
      ...state.bus,
      listening: async () => {
        await o.meanwhile?.(state);
        await state.bus.listening();
      },
    },
    principalOf: async (request: IncomingMessage) => {
      const found = signedIn.get(String(request.headers['x-user']));
      if (found === 'away') throw new Error('sessions are away');
      return found ?? null;
    },
    health: o.healthy ?? (async () => health),
    ...(o.origins === undefined ? {} : { origins: o.origins }),
    // Patience is short only where a test is about it: this process is the client, too, and may be kept waiting itself.
    limits: { tickMs: 50, pingMs: 60_000, goodbyeMs: 60_000, answerMs: 60_000, ...o.limits },
    clock: () => 1000,
    log: createLog('silent'),
    metrics,
  });
  const server: Server = createServer((_, response) => response.end('not the feed'));
  server.on('upgrade', feed.handleUpgrade);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  closers.push(async () => {
    await feed.close();
    await state.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    state,
    feed,
    port,
    metrics,
    signedIn,
    open: (user, { query = '', headers = {}, autoPong = true } = {}) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${feedPath}${query === '' ? '' : `?${query}`}`, {
        headers: { 'x-user': user, ...headers },
        autoPong,
      });
      const messages: FeedMessage[] = [];
      let code: number | null = null;
      let status = 0;
      socket.on('message', (data) => messages.push(JSON.parse(String(data)) as FeedMessage));
      socket.on('close', (closeCode) => {
        code = closeCode;
      });
      socket.on('unexpected-response', (_, response) => {
        status = response.statusCode ?? 0;
        response.resume();
      });
      socket.on('error', () => undefined);
      closers.push(async () => socket.terminate());
      return {
        socket,
        messages,
        closed: () => (code === null ? null : { code }),
        status: () => status,
        ids: () => messages.flatMap((m) => (m.kind === 'alert' ? [m.alert.id] : [])),
      };
    },
  };
}

async function hello(client: Client): Promise<Extract<FeedMessage, { kind: 'hello' }>> {
  const first = await until(
    () => client.messages[0] ?? null,
    (m) => m !== null,
  );
  if (first?.kind !== 'hello') throw new Error(`first message: ${JSON.stringify(first)}`);
  return first;
}

describe('who may see what', () => {
  test('an owner gets the own systems only, nobody but admin and organizer the drill, ticks carry health by role', async () => {
    const world = await worldOf();
    const [admin, analyst, owner] = [world.open('admin'), world.open('analyst'), world.open('owner-a')];
    for (const client of [admin, analyst, owner]) await hello(client);
    await world.state.bus.publish([alert(1, 'sys-a'), alert(2, 'sys-b'), alert(3, ''), drill, alert(4, 'sys-a')]);
    for (const client of [admin, analyst, owner])
      await until(
        () => client.ids(),
        (ids) => ids.includes('alert-4'),
      );
    expect(owner.ids()).toEqual(['alert-1', 'alert-4']);
    expect(analyst.ids()).toEqual(['alert-1', 'alert-2', 'alert-3', 'alert-4']);
    expect(admin.ids()).toEqual(['alert-1', 'alert-2', 'alert-3', 'alert-4']);
    expect(JSON.stringify(owner.messages)).not.toMatch(/sys-b|what will be played/);
    expect(JSON.stringify(analyst.messages)).not.toContain('what will be played');
    expect(JSON.stringify(admin.messages)).toContain('what will be played');
    for (const [client, want] of [
      [analyst, health],
      [owner, null],
    ] as const) {
      const tick = await until(
        () => client.messages.findLast((m) => m.kind === 'tick'),
        (m) => m !== undefined,
      );
      expect(tick).toMatchObject({ kind: 'tick', health: want });
    }
    // What was held back still counts: the tick says how far the stream is.
    const last = await until(
      () => owner.messages.findLast((m) => m.kind === 'tick'),
      (m) => m !== undefined && m.seq >= (owner.messages.findLast((x) => x.kind === 'alert')?.seq ?? 0),
    );
    expect(last?.seq).toBe((await world.state.bus.head()).seq);
  });

  test('a revoked session is cut off at a tick, and one that lost a system sees no more of it', async () => {
    const world = await worldOf();
    const [gone, moved] = [world.open('analyst'), world.open('owner-a')];
    await hello(moved);
    await hello(gone);
    world.signedIn.delete('analyst');
    world.signedIn.set('owner-a', principal('owner-a', 'owner', ['sys-b']));
    await until(
      () => gone.closed(),
      (c) => c !== null,
    );
    expect(gone.closed()?.code).toBe(4401);
    const ticks = moved.messages.filter((m) => m.kind === 'tick').length;
    await until(
      () => moved.messages.filter((m) => m.kind === 'tick').length,
      (n) => n > ticks,
    );
    await world.state.bus.publish([alert(7, 'sys-a'), alert(8, 'sys-b')]);
    await until(
      () => moved.ids(),
      (ids) => ids.includes('alert-8'),
    );
    expect(moved.ids()).not.toContain('alert-7');
  });

  test('while nobody can say who is signed in a viewer stays for a bounded time', async () => {
    const world = await worldOf({ limits: { unverifiedMsMax: 0 } });
    const client = world.open('analyst');
    await hello(client);
    world.signedIn.set('analyst', 'away');
    await until(
      () => client.closed(),
      (c) => c !== null,
    );
    expect(client.closed()?.code).toBe(1013);
  });
});

describe('resuming', () => {
  test('exactly what was missed, once, then live', async () => {
    const world = await worldOf();
    const first = world.open('analyst');
    const { epoch, seq: seen } = await hello(first);
    first.socket.close();
    await until(
      () => first.closed(),
      (c) => c !== null,
    );
    await world.state.bus.publish([alert(1, 'sys-a'), alert(2, 'sys-b'), alert(3, 'sys-a')]);
    const second = world.open('analyst', { query: `epoch=${epoch}&since=${seen}` });
    expect(await hello(second)).toMatchObject({ epoch, resumed: true });
    await world.state.bus.publish([alert(4, 'sys-a')]);
    await until(
      () => second.ids(),
      (ids) => ids.includes('alert-4'),
    );
    expect(second.ids()).toEqual(['alert-1', 'alert-2', 'alert-3', 'alert-4']);
    const owner = world.open('owner-a', { query: `epoch=${epoch}&since=${seen}` });
    await until(
      () => owner.ids(),
      (ids) => ids.includes('alert-4'),
    );
    expect(owner.ids()).not.toContain('alert-2');
  });

  test('clients that come while messages pour in miss none and get none twice', async () => {
    const world = await worldOf();
    const start = await world.state.bus.head();
    let stop = false;
    const pouring = (async () => {
      // No more than a client that comes back is handed.
      for (let n = 0; !stop && n < 480; n += 3)
        await world.state.bus.publish([alert(n, 'sys-a'), alert(n + 1, 'sys-a'), alert(n + 2, 'sys-a')]);
    })();
    const clients: Client[] = [];
    for (let i = 0; i < 15; i += 1) {
      clients.push(world.open('analyst', { query: `epoch=${start.epoch}&since=${start.seq}` }));
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    for (const client of clients) await hello(client);
    stop = true;
    await pouring;
    const head = await world.state.bus.head();
    for (const client of clients) {
      await until(
        () => client.messages.at(-1)?.kind === 'tick' && client.messages.at(-1)?.seq,
        (seq) => seq === head.seq,
      );
      const seqs = client.messages.flatMap((m) => (m.kind === 'alert' ? [m.seq] : []));
      expect(seqs).toEqual(Array.from({ length: head.seq - start.seq }, (_, i) => start.seq + 1 + i));
    }
  });

  test.each([
    ['an epoch that is over', (h: { epoch: string; seq: number }) => `epoch=feed&since=${h.seq}`, 'epoch'],
    ['an absence too long', (h: { epoch: string; seq: number }) => `epoch=${h.epoch}&since=${h.seq - 20}`, 'gap'],
    ['a number from the future', (h: { epoch: string; seq: number }) => `epoch=${h.epoch}&since=${h.seq + 5}`, 'gap'],
  ])('%s: resync', async (_, query, reason) => {
    const world = await worldOf({ limits: { resumeMessagesMax: 10 } });
    const head = await world.state.bus.publish(Array.from({ length: 30 }, (__, n) => alert(n, 'sys-a')));
    const client = world.open('analyst', { query: query(head) });
    expect(await hello(client)).toMatchObject({ ...head, resumed: false });
    await until(
      () => client.messages.length,
      (n) => n >= 2,
    );
    expect(client.messages[1]).toEqual({ kind: 'resync', ...head, reason });
    expect(client.ids()).toEqual([]);
  });

  test('FLUSHALL under connected clients: resync with the new epoch, then live', async () => {
    const world = await worldOf();
    const client = world.open('analyst');
    await hello(client);
    await redis.flush();
    const head = await world.state.bus.publish([alert(5, 'sys-a')]);
    await until(
      () => client.ids(),
      (ids) => ids.includes('alert-5'),
    );
    const resync = client.messages.find((m) => m.kind === 'resync');
    expect(resync).toMatchObject({ kind: 'resync', epoch: head.epoch, reason: 'epoch' });
    expect(client.messages.indexOf(resync as FeedMessage)).toBeLessThan(
      client.messages.findIndex((m) => m.kind === 'alert' && m.alert.id === 'alert-5'),
    );
  });

  test('what was published before the reader stood lies before the hello, not between it and what comes live', async () => {
    const world = await worldOf({ meanwhile: (state) => state.bus.publish([alert(1, 'sys-a')]) });
    const before = await world.state.bus.head();
    expect(await hello(world.open('analyst'))).toMatchObject({ epoch: before.epoch, seq: before.seq + 1 });
  });

  test('a message published by another process arrives', async () => {
    const prefix = `shared${serial++}`;
    const [one, two] = [await worldOf({ prefix }), await worldOf({ prefix })];
    const client = one.open('analyst');
    await hello(client);
    await two.state.bus.publish([alert(1, 'sys-a')]);
    await until(
      () => client.ids(),
      (ids) => ids.includes('alert-1'),
    );
  });
});

describe('bounds', () => {
  test('a client that does not read is told to resync and cut off; the others are not held up', async () => {
    const world = await worldOf({ limits: { bufferedBytesMax: 64 * 1024, goodbyeMs: 100 } });
    const [slow, quick] = [world.open('analyst'), world.open('admin')];
    await hello(quick);
    await hello(slow);
    slow.socket.pause();
    for (let n = 0; n < 400 && world.feed.clients() === 2; n += 1) {
      const { seq } = await world.state.bus.publish([alert(n, 'sys-a', 60_000)]);
      await until(
        () => quick.messages.findLast((m) => m.kind === 'alert')?.seq,
        (seen) => seen === seq,
      );
    }
    await until(
      () => world.feed.clients(),
      (n) => n === 1,
    );
    expect(await world.metrics.text()).toMatch(/feed_cut_total\{reason="slow"\} 1/);
    slow.socket.resume();
    await until(
      () => slow.closed(),
      (c) => c !== null,
    );
    const head = await world.state.bus.head();
    await until(
      () => quick.messages.findLast((m) => m.kind === 'alert')?.seq,
      (seq) => seq === head.seq,
    );
  });

  test.each([
    ['text', 'hello?', 1008],
    ['a frame over the bound', 'x'.repeat(1000), 1009],
  ])('%s from a client ends its connection', async (_, data, code) => {
    const world = await worldOf();
    const client = world.open('analyst');
    await hello(client);
    client.socket.send(data);
    await until(
      () => client.closed(),
      (c) => c !== null,
    );
    expect(client.closed()?.code).toBe(code);
    await until(
      () => world.feed.clients(),
      (n) => n === 0,
    );
  });

  test('a client that answers no ping is dropped', async () => {
    const world = await worldOf({ limits: { pingMs: 60 } });
    const client = world.open('analyst', { autoPong: false });
    await until(
      () => client.closed(),
      (c) => c !== null,
    );
    expect(await world.metrics.text()).toMatch(/feed_cut_total\{reason="gone"\} 1/);
    expect(world.feed.clients()).toBe(0);
  });

  test('so many in all, so many a person', async () => {
    const world = await worldOf({ limits: { clientsMax: 3, clientsPerPrincipalMax: 2 } });
    const [a, b] = [world.open('analyst'), world.open('analyst')];
    await hello(a);
    await hello(b);
    const third = world.open('analyst');
    await until(
      () => third.status(),
      (s) => s !== 0,
    );
    expect(third.status()).toBe(503);
    await hello(world.open('admin'));
    const fourth = world.open('owner-a');
    await until(
      () => fourth.status(),
      (s) => s !== 0,
    );
    expect(fourth.status()).toBe(503);
  });

  test('health that never answers does not stop the ticks', async () => {
    const world = await worldOf({ limits: { answerMs: 1000 }, healthy: () => new Promise(() => undefined) });
    const client = world.open('analyst');
    await until(
      () => client.messages.filter((m) => m.kind === 'tick').length,
      (n) => n >= 2,
    );
    expect(client.messages.find((m) => m.kind === 'tick')).toMatchObject({ health: null });
  });
});

describe('at the door', () => {
  test.each([
    ['nobody', {}, 401],
    ['analyst', { origin: 'https://evil.example' }, 403],
    ['analyst', { origin: 'null' }, 403],
  ])('%s %j is refused with %d', async (user, headers, status) => {
    const world = await worldOf();
    const client = world.open(user, { headers });
    await until(
      () => client.status(),
      (s) => s !== 0,
    );
    expect(client.status()).toBe(status);
    expect(world.feed.clients()).toBe(0);
  });

  test('our own origin and a configured one are let in', async () => {
    const world = await worldOf({ origins: ['https://soc.example'] });
    await hello(world.open('analyst', { headers: { origin: `http://127.0.0.1:${world.port}` } }));
    await hello(world.open('analyst', { headers: { origin: 'https://soc.example' } }));
  });

  test('away sessions answer 503, and a later try gets in', async () => {
    const world = await worldOf();
    world.signedIn.set('analyst', 'away');
    const early = world.open('analyst');
    await until(
      () => early.status(),
      (s) => s !== 0,
    );
    expect(early.status()).toBe(503);
    world.signedIn.set('analyst', principal('analyst', 'analyst'));
    await hello(world.open('analyst'));
  });

  test.each([
    ['another path', `GET /api/v1/other HTTP/1.1`, '404'],
    ['no WebSocket key', `GET ${feedPath} HTTP/1.1`, '400'],
    ['a URL that is none', `GET //[ HTTP/1.1`, '404'],
  ])('raw request with %s', async (_, line, status) => {
    const world = await worldOf();
    const socket = connect(world.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => {
      answer += String(data);
    });
    socket.write(
      `${line}\r\nHost: 127.0.0.1:${world.port}\r\nx-user: analyst\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    await until(
      () => answer,
      (a) => a !== '',
    );
    expect(answer.split(' ')[1]).toBe(status);
    socket.destroy();
  });

  test('a peer that hangs up during the check harms nobody', async () => {
    const world = await worldOf();
    for (let i = 0; i < 20; i += 1) {
      const client = world.open('analyst');
      client.socket.on('open', () => undefined);
      setImmediate(() => client.socket.terminate());
    }
    await hello(world.open('admin'));
    await until(
      () => world.feed.clients(),
      (n) => n === 1,
    );
  });

  test('close tells the clients and lets nobody in any more', async () => {
    const world = await worldOf();
    const client = world.open('analyst');
    await hello(client);
    await world.feed.close();
    await until(
      () => client.closed(),
      (c) => c !== null,
    );
    expect(client.closed()?.code).toBe(1001);
    const late = world.open('analyst');
    await until(
      () => late.status(),
      (s) => s !== 0,
    );
    expect(late.status()).toBe(503);
  });
});
