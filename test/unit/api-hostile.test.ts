import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApi } from '../../src/api/index.ts';
import { openWorld, systemNamed, type World, type WorldRequest } from '../harness/api-world.ts';
import { memoryApi } from '../harness/memory-api-ports.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.app.close());

const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
const json = { 'content-type': 'application/json' };

describe('hostile requests get one of the table’s answers and nothing else', () => {
  const rows: readonly [string, WorldRequest, number, string][] = [
    ['a query too long', { url: `/events?q=${'a'.repeat(2_001)}` }, 400, 'bad-request'],
    ['a query that cannot be read', { url: '/events?q=host%3A' }, 400, 'bad-query'],
    ['a range turned round', { url: '/events?from=2000&to=1000' }, 400, 'bad-request'],
    ['a range of ages', { url: '/events?from=0&to=9999999999999' }, 400, 'bad-request'],
    ['a time that is none', { url: '/events?from=yesterday' }, 400, 'bad-request'],
    ['a time without a zone', { url: '/events?from=2026-11-22T00:00:00' }, 400, 'bad-request'],
    ['limit 0', { url: '/alerts?limit=0' }, 400, 'bad-request'],
    ['limit too big', { url: '/alerts?limit=501' }, 400, 'bad-request'],
    ['limit with a fraction', { url: '/alerts?limit=1.5' }, 400, 'bad-request'],
    ['limit as text', { url: '/alerts?limit=1;drop' }, 400, 'bad-request'],
    ['limit twice', { url: '/alerts?limit=1&limit=2' }, 400, 'bad-request'],
    ['limit infinite', { url: '/alerts?limit=Infinity' }, 400, 'bad-request'],
    ['a parameter nobody knows', { url: '/alerts?sytem=qlvb' }, 400, 'bad-request'],
    ['a cursor someone made up', { url: '/alerts?cursor=x' }, 400, 'bad-cursor'],
    ['a cursor too long', { url: `/alerts?cursor=${'x'.repeat(1_025)}` }, 400, 'bad-request'],
    ['an empty cursor', { url: '/incidents?cursor=' }, 400, 'bad-request'],
    ['a state nobody knows', { url: '/incidents?state=new,gone' }, 400, 'bad-request'],
    ['SQL in an id', { url: `/alerts/${encodeURIComponent("x' OR 1=1 --")}` }, 400, 'bad-request'],
    ['a NUL in an id', { url: '/events/a%00b' }, 400, 'bad-request'],
    ['a path in an id', { url: '/rules/..%2f..%2fetc%2fpasswd' }, 400, 'bad-request'],
    ['an id of an object’s own', { url: '/rules/__proto__' }, 404, 'not-found'],
    ['a day that is none', { url: '/events/bqlvb-0?day=2026-02-30' }, 400, 'bad-request'],
    ['broken percent signs', { url: '/alerts/%E0%A4%A' }, 400, 'bad-request'],
    ['a route that is not there', { url: '/nothing' }, 404, 'not-found'],
    ['a version that is not there', { url: '/api/v2/alerts' }, 404, 'not-found'],
    ['a method that is not there', { method: 'DELETE', url: '/alerts' }, 404, 'not-found'],
    [
      'a body too large',
      { method: 'POST', url: '/tokens', body: { kind: 'api', role: 'viewer', name: 'x'.repeat(70_000) } },
      413,
      'too-large',
    ],
    ['a body that is no JSON', { method: 'POST', url: '/tokens', body: '{', headers: json }, 400, 'bad-request'],
    ['an empty body', { method: 'POST', url: '/tokens', body: '', headers: json }, 400, 'bad-request'],
    ['a body too deep', { method: 'POST', url: '/tokens', body: deep, headers: json }, 400, 'bad-request'],
    [
      'a form',
      { method: 'POST', url: '/tokens', body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'unsupported-media',
    ],
    [
      'XML',
      { method: 'POST', url: '/tokens', body: '<a/>', headers: { 'content-type': 'text/xml' } },
      415,
      'unsupported-media',
    ],
    [
      '__proto__ in a body',
      { method: 'POST', url: '/tokens', body: '{"__proto__":{"role":"admin"},"kind":"api","name":"x"}', headers: json },
      400,
      'bad-request',
    ],
    [
      'a member nobody knows',
      { method: 'POST', url: '/accounts', body: { name: 'an', role: 'viewer', passwordHash: 'x' } },
      400,
      'bad-request',
    ],
    [
      'a role nobody knows',
      { method: 'POST', url: '/accounts', body: { name: 'an', role: 'root' } },
      400,
      'bad-request',
    ],
    [
      'an owner of a system that is not registered',
      { method: 'POST', url: '/accounts', body: { name: 'an', role: 'owner', systems: ['none'] } },
      422,
      'unknown-reference',
    ],
    [
      'a password as an object',
      { method: 'POST', url: '/login', body: { name: 'an', password: { $ne: '' } } },
      400,
      'bad-request',
    ],
    [
      'a password of a megabyte',
      { method: 'POST', url: '/login', body: { name: 'an', password: 'x'.repeat(10_000) } },
      400,
      'bad-request',
    ],
  ];
  test.each(rows)('%s', async (_, request, status, code) => {
    const response = await world.as('admin', request);
    expect(response.statusCode, response.body).toBe(status);
    expect(response.headers['content-type']).toMatch(/^application\/json/);
    expect(response.json()).toMatchObject({ code, message: expect.any(String), messageVi: expect.any(String) });
    expect(response.body).not.toMatch(/node_modules|at .*\.ts|stack/);
    expect(response.body.length).toBeLessThan(2_000);
  });

  test('a query error says where', async () => {
    const response = await world.as('admin', { url: '/events?q=host%3A' });
    expect(response.json()).toEqual({
      code: 'bad-query',
      message: 'A value is missing.',
      messageVi: 'Thiếu giá trị.',
      position: 5,
    });
  });

  test('an answer to a malformed body does not repeat what stood in it', async () => {
    const secret = 'mật-khẩu-của-tôi';
    const response = await world.as(null, { method: 'POST', url: '/login', body: { name: 7, password: [secret] } });
    expect(response.statusCode).toBe(400);
    expect(response.body).not.toContain(secret);
    expect(response.json().issues.map(({ path }: { path: string }) => path)).toEqual(['/name', '/password']);
  });
});

describe('the register takes only what can be used safely later', () => {
  const system = systemNamed('new');
  const contact = system.duty;
  const rows: readonly [string, object, number][] = [
    ['a plain one', {}, 200],
    ['a path as id', { id: '../x' }, 400],
    ['another id than the path’s', { id: 'other' }, 400],
    ['a level of 6', { level: 6 }, 400],
    ['a line break in a name', { name: 'a\nb' }, 400],
    ['two recipients', { duty: { ...contact, email: 'a@x.vn, b@y.vn' } }, 400],
    ['a display name', { duty: { ...contact, email: 'A <a@x.vn>' } }, 400],
    ['a header in an address', { duty: { ...contact, email: 'a@x.vn\r\nBcc: b@y.vn' } }, 400],
    ['no address', { duty: { ...contact, email: '' } }, 200],
    ['an intranet webhook', { webhookUrl: 'http://hook.intranet:8080/x' }, 200],
    ['a webhook by file', { webhookUrl: 'file:///etc/passwd' }, 400],
    ['a webhook with a login', { webhookUrl: 'https://u:p@x.vn/' }, 400],
    ['a webhook that is script', { webhookUrl: 'javascript:alert(1)' }, 400],
    ['addresses that are none', { addresses: ['10.0.0.0/8; rm'] }, 400],
  ];
  test.each(rows)('%s', async (_, change, want) => {
    const body = { system: { ...system, ...change } };
    const response = await world.as('admin', { method: 'PUT', url: '/systems/new', body });
    expect(response.statusCode, response.body).toBe(want);
  });

  test('somebody else’s change in between is a conflict, not a loss', async () => {
    const put = (level: number, version: number) =>
      world.as('admin', {
        method: 'PUT',
        url: '/systems/shared',
        body: { system: { ...systemNamed('shared'), level }, version },
      });
    expect((await put(2, 0)).json()).toMatchObject({ version: 1 });
    expect((await put(3, 1)).json()).toMatchObject({ version: 2 });
    expect((await put(4, 1)).json()).toMatchObject({ code: 'conflict', version: 2 });
    expect((await world.as('admin', { url: '/systems/shared' })).json()).toMatchObject({ system: { level: 3 } });
  });

  test('a source of a system that is not registered is refused', async () => {
    const source = {
      id: 's',
      name: 's',
      org: '',
      system: 'none',
      parser: 'auto',
      origin: 'production',
      drill: '',
      lane: '',
      addresses: [],
    };
    const response = await world.as('admin', { method: 'PUT', url: '/sources/s', body: { source } });
    expect(response.json()).toMatchObject({ code: 'unknown-reference' });
  });
});

describe('what is wrong with us is not told to visitors', () => {
  test('an unexpected error is `internal`, without its text', async () => {
    const { parts } = memoryApi();
    const listAlerts = async (): Promise<never> => {
      throw new Error('SELECT secret FROM x');
    };
    const broken = await openWorld({ parts: { alerts: { ...parts.alerts, listAlerts } } });
    const response = await broken.as('admin', { url: '/alerts' });
    expect(response.statusCode).toBe(500);
    expect(response.json()).toMatchObject({ code: 'internal' });
    expect(response.body).not.toContain('secret');
    await broken.app.close();
  });

  test('a store row of the wrong shape is `internal`, not half an answer', async () => {
    const odd = await openWorld();
    odd.memory.incidents.push({
      ...(odd.memory.incidents[0] ?? fail()),
      id: 'odd',
      hosts: 'not a list' as unknown as string[],
    });
    const response = await odd.as('admin', { url: '/incidents' });
    expect(response.json()).toMatchObject({ code: 'internal' });
    await odd.app.close();
  });

  test('a handler that hangs is ended', async () => {
    const { parts } = memoryApi();
    const get = () => new Promise<never>(() => undefined);
    const slow = await openWorld({
      limits: { requestTimeoutMs: 200 },
      parts: { incidents: { ...parts.incidents, get } },
    });
    const response = await slow.as('admin', { url: '/incidents/x' });
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ code: 'timeout' });
    await slow.app.close();
  });

  test('a ledger row somebody damaged opens nothing', async () => {
    const damaged = await openWorld();
    for (const [index, row] of damaged.memory.ledgerRows.entries()) {
      if (row.kind === 'token')
        damaged.memory.ledgerRows[index] = { ...row, document: { ...row.document, role: 'god' } };
    }
    damaged.access.directory.changed('token');
    expect((await damaged.as('admin', { url: '/alerts' })).statusCode).toBe(401);
    await damaged.app.close();
  });
});

describe('on a real socket', () => {
  async function send(text: string): Promise<string> {
    const { app } = live;
    const { port } = app.server.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.on('data', (part) => {
        answer += part.toString('latin1');
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });
  }

  let live: World;
  beforeAll(async () => {
    live = await openWorld();
    await live.app.listen({ port: 0, host: '127.0.0.1' });
  });
  afterAll(() => live.app.close());

  const rows: readonly [string, string, RegExp][] = [
    [
      'headers without end',
      `GET /api/v1/live HTTP/1.1\r\nhost: x\r\na: ${'x'.repeat(20_000)}\r\n\r\n`,
      /^HTTP\/1\.1 431/,
    ],
    ['an address without end', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, /^HTTP\/1\.1 431/],
    [
      'two lengths',
      'POST /api/v1/login HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      /^HTTP\/1\.1 400/,
    ],
    [
      'length and chunks',
      'POST /api/v1/login HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1\.1 400/,
    ],
    ['no HTTP at all', '\x16\x03\x01\x02\x00\r\n\r\n', /^HTTP\/1\.1 400/],
    [
      'dots in the path',
      'GET /api/v1/../../etc/passwd HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
      /^HTTP\/1\.1 404/,
    ],
    [
      'a proxy request',
      'GET http://example.com/api/v1/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
      /^HTTP\/1\.1 (404|200)/,
    ],
    ['a fine one', 'GET /api/v1/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', /^HTTP\/1\.1 200/],
  ];
  test.each(rows)('%s', async (_, text, want) => expect(await send(text)).toMatch(want));
});

test('connections over the bound are closed, counted and told, and those that are open go on', async () => {
  const { parts } = memoryApi();
  let refused = 0;
  const metrics = { ...parts.metrics, counter: () => ({ inc: () => void refused++ }) };
  const app = await buildApi({ ...parts, metrics, limits: { ...parts.limits, connectionsMax: 2 } });
  const address = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const dial = (): Socket => connect(Number(address.port), address.hostname);
  const open = [dial(), dial()];
  for (const socket of open) await once(socket, 'connect');
  const over = [dial(), dial(), dial()];
  for (const socket of over) {
    socket.on('error', () => undefined);
    if (!socket.closed) await once(socket.resume(), 'close');
  }
  const [first] = open;
  first?.write('GET /api/v1/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  const [answer] = first === undefined ? [''] : await once(first, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200/);
  expect(refused).toBe(3);
  for (const socket of open) socket.destroy();
  await app.close();
});

test('building it twice in one process is possible: there is no state outside', async () => {
  const one = await buildApi(memoryApi().parts);
  const two = await buildApi(memoryApi().parts);
  expect((await two.inject('/api/v1/openapi.json')).body).toBe((await one.inject('/api/v1/openapi.json')).body);
  await one.close();
  await two.close();
});

function fail(): never {
  throw new Error('the world is not filled');
}
