import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guard, refuseSilentRoutes } from '../../src/api/guard.ts';
import { buildApi, createToken } from '../../src/api/index.ts';
import { type Permission, permissions, roles } from '../../src/model/account.ts';
import { openWorld, type World } from '../harness/api-world.ts';
import { memoryApi } from '../harness/memory-api-ports.ts';

/** What each route asks, written here a second time on purpose: opening a route means changing this table, too. */
const expected: Readonly<Record<string, Permission | 'signed in' | 'public' | 'collector'>> = {
  'POST /api/v1/login': 'public',
  'POST /api/v1/setup': 'public',
  'POST /api/v1/enter': 'public',
  'GET /api/v1/live': 'public',
  'GET /api/v1/openapi.json': 'public',
  'POST /api/v1/logout': 'signed in',
  'GET /api/v1/me': 'signed in',
  'POST /api/v1/me/password': 'signed in',
  'GET /api/v1/sessions': 'signed in',
  'DELETE /api/v1/sessions/:id': 'signed in',
  'GET /api/v1/alerts': 'incident.read',
  'GET /api/v1/alerts/:id': 'incident.read',
  'GET /api/v1/incidents': 'incident.read',
  'GET /api/v1/incidents/:id': 'incident.read',
  'POST /api/v1/incidents/:id/actions': 'incident.handle',
  'GET /api/v1/events': 'event.search',
  'GET /api/v1/events/:id': 'event.search',
  'POST /api/v1/lines/read': 'rule.read',
  'POST /api/v1/events/:id/reveal': 'personal.reveal',
  'GET /api/v1/rules': 'rule.read',
  'GET /api/v1/rules/:id': 'rule.read',
  'GET /api/v1/rule-set': 'rule.read',
  'GET /api/v1/mappings': 'rule.read',
  'POST /api/v1/rules/reload': 'rule.manage',
  'GET /api/v1/indicator-lists': 'indicator.read',
  'PUT /api/v1/indicator-lists/:id': 'indicator.manage',
  'DELETE /api/v1/indicator-lists/:id': 'indicator.manage',
  'PUT /api/v1/indicator-lists/:id/content': 'indicator.manage',
  'GET /api/v1/indicator-lists/:id/indicators': 'indicator.read',
  'POST /api/v1/indicator-lists/:id/indicators': 'indicator.add',
  'DELETE /api/v1/indicator-lists/:id/indicators': 'indicator.add',
  'GET /api/v1/health': 'health.read',
  'GET /api/v1/metrics': 'health.read',
  'GET /api/v1/systems': 'register.read',
  'GET /api/v1/systems/:id': 'register.manage',
  'PUT /api/v1/systems/:id': 'register.manage',
  'GET /api/v1/sources': 'source.manage',
  'PUT /api/v1/sources/:id': 'source.manage',
  'GET /api/v1/source-watch': 'health.read',
  'GET /api/v1/sources/:id/proposal': 'source.manage',
  'PUT /api/v1/sources/:id/contract': 'source.manage',
  'PUT /api/v1/sources/:id/clock': 'source.manage',
  'PUT /api/v1/sources/:id/parser': 'source.manage',
  'PUT /api/v1/sources/:id/encoding': 'source.manage',
  'PUT /api/v1/sources/:id/certificates': 'source.manage',
  'GET /api/v1/calendar': 'health.read',
  'PUT /api/v1/calendar': 'source.manage',
  'GET /api/v1/dead-letters': 'source.manage',
  'GET /api/v1/tokens': 'token.manage',
  'POST /api/v1/tokens': 'token.manage',
  'DELETE /api/v1/tokens/:id': 'token.manage',
  'GET /api/v1/agents': 'source.manage',
  'PUT /api/v1/agents/:id/config': 'source.manage',
  'GET /api/v1/accounts': 'account.manage',
  'POST /api/v1/accounts': 'account.manage',
  'PATCH /api/v1/accounts/:id': 'account.manage',
  'GET /api/v1/audit': 'audit.read',
  'GET /api/v1/drills/current': 'drill.read',
};

/** Ids that exist for the owner too, so that "allowed" is seen as such and not as 404. */
const ids: Readonly<Record<string, string>> = {
  alerts: 'alert-qlvb',
  incidents: 'inc-qlvb',
  events: 'bqlvb-0',
  rules: 'rule-webshell',
  systems: 'qlvb',
};

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.app.close());

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';

function requestOf(route: string): { method: Method; url: string } {
  const [method = '', path = ''] = route.split(' ');
  const resource = path.split('/')[3] ?? '';
  return { method: method as Method, url: path.replace(':id', ids[resource] ?? 'nothing') };
}

test('every route is in the table with what it asks, and the table names no route that is not there', () => {
  const found = world.app
    .accessTable()
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, url, access }) => {
      if (access === null) return [`${method} ${url}`, null];
      if ('public' in access) return [`${method} ${url}`, 'public'];
      if ('collector' in access) return [`${method} ${url}`, 'collector'];
      return [`${method} ${url}`, 'permission' in access ? access.permission : 'signed in'];
    });
  expect(Object.fromEntries(found)).toEqual(expected);
});

test('HEAD asks what GET asks', () => {
  const table = new Map(world.app.accessTable().map(({ method, url, access }) => [`${method} ${url}`, access]));
  for (const [route, access] of table) {
    if (route.startsWith('HEAD ')) expect(access, route).toEqual(table.get(route.replace('HEAD', 'GET')));
  }
});

test('every permission is asked somewhere, but that of running drills, which has no route yet', () => {
  const unused = Object.keys(permissions).filter((name) => !Object.values(expected).some((asked) => asked === name));
  expect(unused).toEqual(['drill.run']);
});

describe('every route × role', () => {
  const rows = Object.entries(expected).flatMap(([route, asked]) => roles.map((role) => [route, role, asked] as const));
  test.each(rows)('%s as %s', async (route, role, asked) => {
    const response = await world.as(role, requestOf(route));
    const isOpen = asked === 'public' || asked === 'signed in' || asked === 'collector';
    if (isOpen || permissions[asked].includes(role)) {
      expect(response.statusCode, response.body).not.toBe(403);
      expect(response.statusCode, response.body).not.toBe(401);
      expect(response.statusCode, response.body).toBeLessThan(500);
    } else {
      expect(response.statusCode, response.body).toBe(403);
      expect(response.json()).toMatchObject({ code: 'forbidden' });
    }
  });

  test.each(Object.entries(expected))('%s as nobody', async (route, asked) => {
    const request = requestOf(route);
    const response = await world.as(null, request);
    if (asked === 'public') expect(response.statusCode).not.toBe(401);
    else expect(response.statusCode, response.body).toBe(401);
    const wrong = await world.as(null, { ...request, headers: { authorization: `Bearer vga_${'A'.repeat(43)}` } });
    if (asked !== 'public') expect(wrong.statusCode).toBe(401);
  });

  test('a collector’s token opens nothing here', async () => {
    const { token } = await createToken(
      world.accounts,
      { kind: 'collector', name: 'nginx', source: 'qlvb-nginx' },
      'test',
      { createSource: true },
    );
    for (const [route, asked] of Object.entries(expected)) {
      if (asked === 'public') continue;
      const response = await world.as(null, { ...requestOf(route), headers: { authorization: `Bearer ${token}` } });
      expect(response.statusCode, route).toBe(401);
    }
  });
});

describe('a route that says nothing of its access', () => {
  async function careless(): Promise<FastifyInstance> {
    const app = Fastify();
    guard(app, { access: world.access, origins: [] });
    app.get('/careless', async () => 'data');
    await app.ready();
    return app;
  }

  test('is found when the API is built', async () => {
    const app = await careless();
    expect(() => refuseSilentRoutes(app)).toThrow('GET /careless');
    await app.close();
  });

  test('is refused to everybody at run time', async () => {
    const app = await careless();
    const headers = { authorization: `Bearer ${world.tokens.admin}` };
    const response = await app.inject({ url: '/careless', headers });
    expect(response.statusCode).not.toBe(200);
    expect(response.body).not.toContain('data');
    await app.close();
  });

  test('collectors are marked as checking bearers themselves', async () => {
    const { parts } = memoryApi();
    const app = await buildApi({
      ...parts,
      collectors: [
        async (scope) => {
          scope.post('/ingest/v1/ndjson', async () => 'ok');
        },
      ],
    });
    const entry = app.accessTable().find(({ url }) => url === '/ingest/v1/ndjson');
    expect(entry?.access).toEqual({ collector: true });
    expect((await app.inject({ method: 'POST', url: '/ingest/v1/ndjson' })).body).toBe('ok');
    await app.close();
  });
});

describe('an owner sees the systems it owns and nothing else', () => {
  const lists: readonly [string, (body: Record<string, unknown>) => unknown, unknown][] = [
    ['/alerts', (body) => idsOf(body), ['alert-qlvb']],
    ['/alerts?system=tthc', (body) => idsOf(body), []],
    ['/incidents', (body) => idsOf(body), ['inc-qlvb']],
    ['/incidents?state=open', (body) => idsOf(body), ['inc-qlvb']],
    ['/events', (body) => idsOf(body), ['bqlvb-0']],
    ['/events?q=host:tthc-web-01', (body) => [idsOf(body), body.total], [[], 0]],
    ['/systems', (body) => idsOf(body), ['qlvb']],
  ];
  test.each(lists)('%s', async (url, read, want) => {
    const response = await world.as('owner', { url });
    expect(response.statusCode).toBe(200);
    expect(read(response.json())).toEqual(want);
    expect(response.body).not.toMatch(/tthc/);
    const all = await world.as('analyst', { url });
    if (!url.includes('tthc')) expect(all.body).toMatch(/tthc/);
  });

  test.each(['/alerts/alert-tthc', '/incidents/inc-tthc', '/events/btthc-0'])('%s is not there', async (url) => {
    const theirs = await world.as('owner', { url });
    const nothing = await world.as('owner', { url: url.replace('tthc', 'none') });
    expect(theirs.statusCode).toBe(404);
    expect(theirs.body).toBe(nothing.body);
    expect((await world.as('viewer', { url })).statusCode).toBe(200);
  });

  test('alerts, evidence and deliveries of another system inside an own incident are left out', async () => {
    const { memory } = world;
    const own = memory.alerts.find(({ id }) => id === 'alert-qlvb');
    if (own === undefined) throw new Error('no alert');
    const foreign = { ...own, id: 'alert-foreign', system: 'tthc', host: 'tthc-web-01', evidence: [] };
    const mixed = { ...own, id: 'alert-mixed', evidence: [{ event: 'btthc-0', day: '2026-11-22' }] };
    const before = memory.deliveries.length;
    memory.alerts.push(foreign, mixed);
    memory.deliveries.push({ ...(memory.deliveries[1] ?? fail()), incident: 'inc-qlvb' });
    const owner = await world.as('owner', { url: '/incidents/inc-qlvb' });
    const analyst = await world.as('analyst', { url: '/incidents/inc-qlvb' });
    memory.alerts.splice(-2);
    memory.deliveries.splice(before);
    expect(owner.body).not.toMatch(/tthc|alert-foreign/);
    expect(owner.json()).toMatchObject({ evidence: [{ alert: 'alert-qlvb' }], evidenceTotal: 2 });
    expect(analyst.body).toMatch(/btthc-0/);
    expect(analyst.json().alerts).toHaveLength(3);
    expect(analyst.json().deliveries).toHaveLength(2);
  });

  test('an owner without systems sees nothing, an event without a system is nobody’s', async () => {
    const { token } = await createToken(world.accounts, { kind: 'api', name: 'empty', role: 'owner' }, 'test');
    world.memory.incidents.push({ ...(world.memory.incidents[0] ?? fail()), id: 'inc-none', system: '' });
    for (const url of ['/alerts', '/incidents', '/events', '/systems']) {
      const response = await world.as(null, { url, headers: { authorization: `Bearer ${token}` } });
      expect(response.json().items, url).toEqual([]);
    }
    expect((await world.as('owner', { url: '/incidents/inc-none' })).statusCode).toBe(404);
    world.memory.incidents.pop();
  });
});

function idsOf(body: Record<string, unknown>): unknown[] {
  return Array.isArray(body.items) ? body.items.map((item: { id: unknown }) => item.id) : [];
}

function fail(): never {
  throw new Error('the world is not filled');
}
