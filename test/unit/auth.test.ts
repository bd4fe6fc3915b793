import { verify } from '@node-rs/argon2';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createAccount, createToken, firstAdminLink, newEntryCode } from '../../src/api/index.ts';
import { checkPassword, createPasswords } from '../../src/api/passwords.ts';
import { hashSecret, looksLikeSecret, newSecret } from '../../src/api/secrets.ts';
import { networkOf } from '../../src/api/sessions-service.ts';
import type { Role } from '../../src/model/account.ts';
import { addAccount, openWorld, password, signIn, type World } from '../harness/api-world.ts';

vi.mock('@node-rs/argon2', async (original) => {
  const real = await original<typeof import('@node-rs/argon2')>();
  return { ...real, verify: vi.fn(real.verify) };
});

const open: World[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.app.close();
});

async function start(o: Parameters<typeof openWorld>[0] = {}): Promise<World> {
  const world = await openWorld(o);
  open.push(world);
  return world;
}

const origin = 'http://localhost:80';

describe('signing in', () => {
  test('the right password gives a cookie that scripts cannot read and other sites do not send', async () => {
    const world = await start();
    const id = await addAccount(world, 'Bình', 'owner', ['qlvb']);
    const { response, cookie } = await signIn(world, 'bình');
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({ id, name: 'Bình', role: 'owner', systems: ['qlvb'] });
    const set = String(response.headers['set-cookie']);
    expect(set).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect(set).toMatch(/^vonggac=vgs_[\w-]{43}; Max-Age=43200; Path=\//);
    const me = await world.app.inject({ url: '/api/v1/me', headers: { cookie } });
    expect(me.json()).toEqual(response.json());
  });

  test('behind https the cookie is Secure and bound to the host', async () => {
    const world = await start({ parts: { publicUrl: 'https://soc.example.gov.vn' } });
    await addAccount(world, 'an', 'viewer', []);
    const response = await world.app.inject({
      method: 'POST',
      url: '/api/v1/login',
      headers: { origin: 'https://soc.example.gov.vn' },
      payload: { name: 'an', password },
    });
    expect(String(response.headers['set-cookie'])).toMatch(/^__Host-vonggac=.*; HttpOnly; Secure; SameSite=Strict$/);
    const cookie = String(response.headers['set-cookie']).split(';')[0] ?? '';
    expect((await world.app.inject({ url: '/api/v1/me', headers: { cookie } })).statusCode).toBe(200);
  });

  test('the token is kept as its hash only, and appears in no audit row', async () => {
    const world = await start();
    await addAccount(world, 'an', 'viewer', []);
    const { cookie } = await signIn(world, 'an');
    const token = cookie.split('=')[1] ?? '';
    expect([...world.memory.sessionRecords.keys()]).toEqual([hashSecret(token)]);
    expect(JSON.stringify([...world.memory.sessionRecords.values(), world.memory.ledgerRows])).not.toContain(token);
  });

  const refusals: readonly [string, (world: World) => Promise<{ name: string; password: string }>][] = [
    ['wrong password', async () => ({ name: 'an', password: `${password}!` })],
    ['unknown name', async () => ({ name: 'nobody', password })],
    ['empty password', async () => ({ name: 'an', password: '' })],
    [
      'disabled account',
      async (world) => {
        const id = await addAccount(world, 'gone', 'viewer', []);
        await world.as('admin', { method: 'PATCH', url: `/accounts/${id}`, body: { disabled: true } });
        return { name: 'gone', password };
      },
    ],
    [
      'account whose link was not used yet, empty password',
      async (world) => {
        await createAccount(world.accounts, { name: 'new', role: 'viewer', systems: [] }, 'test');
        return { name: 'new', password: '' };
      },
    ],
  ];
  test.each(refusals)('%s: one and the same answer', async (_, make) => {
    const world = await start();
    await addAccount(world, 'an', 'viewer', []);
    const payload = await make(world);
    const response = await world.app.inject({ method: 'POST', url: '/api/v1/login', payload });
    expect(response.statusCode).toBe(401);
    expect(response.json()).toMatchObject({ code: 'login-refused', message: 'Unknown name or wrong password.' });
    expect(response.headers['set-cookie']).toBeUndefined();
    expect(world.memory.ledgerRows.at(-1)).toMatchObject({ kind: 'session', action: 'login-refused' });
  });

  test('an unknown name costs the same work as a known one', async () => {
    const passwords = createPasswords({ workMax: 1, waitingMax: 1 });
    const phc = await passwords.hash(password);
    await passwords.matches('', 'warm');
    /** What was computed, as the head of a PHC string: algorithm, version and cost. */
    const workFor = async (hash: string): Promise<unknown> => {
      vi.mocked(verify).mockClear();
      expect(await passwords.matches(hash, 'wrong password')).toBe(false);
      return vi.mocked(verify).mock.calls.map(([computed]) => computed.toString().split('$').slice(0, 4));
    };
    const known = await workFor(phc);
    expect(known).toEqual([['', 'argon2id', 'v=19', 'm=19456,t=2,p=1']]);
    expect(await workFor('')).toEqual(known);
  });

  test('an unknown name is not written down: it may be a password in the wrong box', async () => {
    const world = await start();
    await world.app.inject({ method: 'POST', url: '/api/v1/login', payload: { name: 'Bimat@2026!', password: 'x' } });
    expect(world.memory.ledgerRows.at(-1)?.document).toEqual({ address: '127.0.0.1', name: 'B… (11)' });
  });

  test('signing in again ends the session the browser had, whoever’s it was', async () => {
    const world = await start();
    await addAccount(world, 'an', 'viewer', []);
    const first = await signIn(world, 'an');
    const second = await signIn(world, 'an', { cookie: first.cookie });
    expect(second.cookie).not.toBe(first.cookie);
    const at = (cookie: string) => world.app.inject({ url: '/api/v1/me', headers: { cookie } });
    expect((await at(first.cookie)).statusCode).toBe(401);
    expect((await at(second.cookie)).statusCode).toBe(200);
  });

  test('a session someone else chose beforehand is not taken over', async () => {
    const world = await start();
    await addAccount(world, 'an', 'viewer', []);
    const planted = `vonggac=${newSecret('session')}`;
    const { cookie } = await signIn(world, 'an', { cookie: planted });
    expect(cookie).not.toBe(planted);
    expect((await world.app.inject({ url: '/api/v1/me', headers: { cookie: planted } })).statusCode).toBe(401);
  });
});

describe('how often one may try', () => {
  test('per account, from ever new addresses, with Retry-After; later it opens again', async () => {
    const world = await start({ limits: { loginPerAccountMax: 3, loginPerAddressMax: 100 } });
    await addAccount(world, 'an', 'viewer', []);
    for (let i = 0; i < 3; i += 1) {
      const { response } = await signIn(world, 'AN', { password: 'wrong', address: `192.0.2.${i}` });
      expect(response.statusCode).toBe(401);
    }
    const { response } = await signIn(world, 'an', { address: '192.0.2.9' });
    expect(response.statusCode).toBe(429);
    expect(response.headers['retry-after']).toBe('300');
    expect(response.json()).toMatchObject({ code: 'too-many' });
    world.memory.nowMs += 300_001;
    expect((await signIn(world, 'an', { address: '192.0.2.9' })).response.statusCode).toBe(200);
  });

  test('per address, over ever new names', async () => {
    const world = await start({ limits: { loginPerAccountMax: 100, loginPerAddressMax: 3 } });
    const codes: number[] = [];
    for (const name of ['an', 'binh', 'chi', 'dung']) codes.push((await signIn(world, name)).response.statusCode);
    expect(codes).toEqual([401, 401, 401, 429]);
    expect((await signIn(world, 'an', { address: '192.0.2.2' })).response.statusCode).toBe(401);
  });

  test('X-Forwarded-For is believed from a trusted proxy only', async () => {
    const login = async (world: World, forwarded: string): Promise<number> =>
      (
        await world.app.inject({
          method: 'POST',
          url: '/api/v1/login',
          remoteAddress: '10.0.0.1',
          headers: { 'x-forwarded-for': forwarded },
          payload: { name: forwarded, password: 'wrong' },
        })
      ).statusCode;
    const alone = await start({ limits: { loginPerAddressMax: 2 } });
    expect([await login(alone, '192.0.2.1'), await login(alone, '192.0.2.2'), await login(alone, '192.0.2.3')]).toEqual(
      [401, 401, 429],
    );
    const proxied = await start({ limits: { loginPerAddressMax: 2 }, parts: { trustedProxies: ['10.0.0.1'] } });
    expect([
      await login(proxied, '192.0.2.1'),
      await login(proxied, '192.0.2.2'),
      await login(proxied, '192.0.2.3'),
    ]).toEqual([401, 401, 401]);
  });

  const networks: readonly [string, string][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ];
  test.each(networks)('%s counts as %s', (address, want) => expect(networkOf(address)).toBe(want));

  test('a flood of failures fills the audit ledger to its bound only', async () => {
    const world = await start({ limits: { auditedFailuresPerMinuteMax: 2, loginPerAddressMax: 100 } });
    for (let i = 0; i < 5; i += 1) await signIn(world, `name${i}`);
    const failures = () => world.memory.ledgerRows.filter(({ action }) => action === 'login-refused').length;
    expect(failures()).toBe(2);
    world.memory.nowMs += 60_000;
    await signIn(world, 'name9');
    expect(failures()).toBe(3);
  });

  test('a flood of password work is answered busy, not queued without end', async () => {
    const passwords = createPasswords({ workMax: 1, waitingMax: 2 });
    const all = await Promise.allSettled(Array.from({ length: 6 }, () => passwords.matches('', 'x')));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    for (const each of all) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'busy' });
    expect(await passwords.matches('', 'x')).toBe(false);
  });

  test('set-up codes cannot be tried without end', async () => {
    const world = await start({ limits: { loginPerAddressMax: 2 } });
    const attempt = () =>
      world.app.inject({ method: 'POST', url: '/api/v1/setup', payload: { code: newSecret('setup'), password } });
    expect([(await attempt()).statusCode, (await attempt()).statusCode, (await attempt()).statusCode]).toEqual([
      403, 403, 429,
    ]);
  });
});

describe('how long a session lasts', () => {
  test('it ends when idle, and not while used', async () => {
    const world = await start({ limits: { sessionIdleMs: 60_000, sessionAbsoluteMs: 300_000, sessionTouchMs: 1_000 } });
    await addAccount(world, 'an', 'viewer', []);
    const { cookie } = await signIn(world, 'an');
    const status = async (): Promise<number> =>
      (await world.app.inject({ url: '/api/v1/me', headers: { cookie } })).statusCode;
    for (let i = 0; i < 3; i += 1) {
      world.memory.nowMs += 50_000;
      expect(await status()).toBe(200);
    }
    world.memory.nowMs += 60_000;
    expect(await status()).toBe(401);
  });

  test('it ends at its absolute age, however busy', async () => {
    const world = await start({ limits: { sessionIdleMs: 60_000, sessionAbsoluteMs: 100_000, sessionTouchMs: 1_000 } });
    await addAccount(world, 'an', 'viewer', []);
    const { cookie } = await signIn(world, 'an');
    const codes: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      world.memory.nowMs += 40_000;
      codes.push((await world.app.inject({ url: '/api/v1/me', headers: { cookie } })).statusCode);
    }
    expect(codes).toEqual([200, 200, 401]);
  });

  test('logging out ends it on the server', async () => {
    const world = await start();
    await addAccount(world, 'an', 'viewer', []);
    const { cookie } = await signIn(world, 'an');
    const out = await world.app.inject({ method: 'POST', url: '/api/v1/logout', headers: { cookie, origin } });
    expect(out.statusCode).toBe(204);
    expect(out.body).toBe('');
    expect((await world.app.inject({ url: '/api/v1/me', headers: { cookie } })).statusCode).toBe(401);
    expect(world.memory.sessionRecords.size).toBe(0);
  });

  test('people list and end their own sessions, administrators everybody’s', async () => {
    const world = await start();
    await addAccount(world, 'an', 'viewer', []);
    await addAccount(world, 'binh', 'viewer', []);
    const an = await signIn(world, 'an');
    const second = await signIn(world, 'an');
    const binh = await signIn(world, 'binh');
    const own = await world.app.inject({ url: '/api/v1/sessions', headers: { cookie: an.cookie } });
    expect(own.json().items).toHaveLength(2);
    expect(own.json().items.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);
    const all = await world.as('admin', { url: '/sessions?all=true' });
    expect(all.json().items).toHaveLength(3);
    const refused = await world.app.inject({ url: '/api/v1/sessions?all=true', headers: { cookie: an.cookie } });
    expect(refused.statusCode).toBe(403);
    const idOf = (account: string): string =>
      all.json().items.find(({ accountName }: { accountName: string }) => accountName === account).id;
    const end = (id: string, cookie: string) =>
      world.app.inject({ method: 'DELETE', url: `/api/v1/sessions/${id}`, headers: { cookie, origin } });
    expect((await end(idOf('binh'), an.cookie)).statusCode).toBe(404);
    expect((await end(idOf('an'), second.cookie)).statusCode).toBe(204);
    expect((await world.as('admin', { method: 'DELETE', url: `/sessions/${idOf('binh')}` })).statusCode).toBe(204);
    expect((await world.app.inject({ url: '/api/v1/me', headers: { cookie: binh.cookie } })).statusCode).toBe(401);
    expect(JSON.stringify(all.json())).not.toContain(hashSecret(an.cookie.split('=')[1] ?? ''));
  });

  test('with the session store away people are told so, API tokens work on', async () => {
    const world = await start();
    await addAccount(world, 'an', 'viewer', []);
    const { cookie } = await signIn(world, 'an');
    world.memory.stateAway = true;
    const response = await world.app.inject({ url: '/api/v1/alerts', headers: { cookie } });
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ code: 'state-away' });
    expect(response.headers['retry-after']).toBe('2');
    expect((await world.as('viewer', { url: '/alerts' })).statusCode).toBe(200);
    expect((await signIn(world, 'an')).response.statusCode).toBe(503);
  });
});

describe('a change sent with a cookie must come from our own pages', () => {
  const rows: readonly [string, Record<string, string>, number][] = [
    ['own origin', { origin }, 204],
    ['another site', { origin: 'https://evil.example' }, 403],
    ['another port', { origin: 'http://localhost:81' }, 403],
    ['another scheme', { origin: 'https://localhost:80' }, 403],
    ['a longer name', { origin: 'http://localhost:80.evil.example' }, 403],
    ['null', { origin: 'null' }, 403],
    ['none', {}, 403],
  ];
  test.each(rows)('%s', async (_, headers, want) => {
    const world = await start();
    await addAccount(world, 'an', 'viewer', []);
    const { cookie } = await signIn(world, 'an');
    const response = await world.app.inject({ method: 'POST', url: '/api/v1/logout', headers: { cookie, ...headers } });
    expect(response.statusCode).toBe(want);
    if (want === 403) expect(response.json()).toMatchObject({ code: 'origin-refused' });
  });

  test('every changing route refuses it, before anything else is looked at', async () => {
    const world = await start();
    await addAccount(world, 'chu', 'admin', []);
    const { cookie } = await signIn(world, 'chu');
    for (const { method, url, access } of world.app.accessTable()) {
      if (method === 'GET' || method === 'HEAD' || access === null || 'public' in access) continue;
      const response = await world.app.inject({
        method: method as 'POST',
        url: url.replace(':id', 'x'),
        headers: { cookie, origin: 'https://evil.example' },
      });
      expect(response.json(), `${method} ${url}`).toMatchObject({ code: 'origin-refused' });
    }
  });

  test('another site cannot sign a person in either; programs send no origin and need none', async () => {
    const world = await start();
    await addAccount(world, 'an', 'viewer', []);
    const login = (headers: Record<string, string>) =>
      world.app.inject({ method: 'POST', url: '/api/v1/login', headers, payload: { name: 'an', password } });
    expect((await login({ origin: 'https://evil.example' })).statusCode).toBe(403);
    expect((await login({})).statusCode).toBe(200);
    expect((await world.as('admin', { method: 'POST', url: '/logout' })).statusCode).toBe(204);
  });

  test('a wrong bearer is not made up for by a good cookie', async () => {
    const world = await start();
    await addAccount(world, 'an', 'viewer', []);
    const { cookie } = await signIn(world, 'an');
    for (const authorization of ['Bearer x', 'Basic YTpi', `bearer ${newSecret('api')}`, '']) {
      const response = await world.app.inject({ url: '/api/v1/me', headers: { cookie, authorization } });
      expect(response.statusCode, authorization).toBe(401);
    }
  });

  test('no answer lets another site read: there is no CORS header', async () => {
    const world = await start();
    const response = await world.as('viewer', { url: '/alerts', headers: { origin: 'https://evil.example' } });
    expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('accounts', () => {
  test('the first administrator comes from a one-time link, once', async () => {
    const world = await start();
    const link = await firstAdminLink(world.accounts);
    expect(link?.path).toBe(`/setup#code=${link?.code}`);
    const setup = (payload: object) => world.app.inject({ method: 'POST', url: '/api/v1/setup', payload });
    expect((await setup({ code: link?.code, password: 'short', name: 'chu' })).json()).toMatchObject({
      code: 'password-weak',
    });
    expect((await setup({ code: link?.code, password })).statusCode).toBe(400);
    const made = await setup({ code: link?.code, password, name: 'chu' });
    expect(made.json()).toMatchObject({ name: 'chu', role: 'admin', systems: null });
    expect((await setup({ code: link?.code, password, name: 'chu2' })).json()).toMatchObject({ code: 'setup-refused' });
    expect((await signIn(world, 'chu')).response.statusCode).toBe(200);
    expect(await firstAdminLink(world.accounts)).toBeNull();
  });

  test('a newer first link ends the older; an old one ends by itself; two at once make one administrator', async () => {
    const world = await start();
    const setup = (code: string | undefined, name: string) =>
      world.app.inject({ method: 'POST', url: '/api/v1/setup', payload: { code, password, name } });
    const first = await firstAdminLink(world.accounts);
    const second = await firstAdminLink(world.accounts);
    expect((await setup(first?.code, 'a1')).statusCode).toBe(403);
    world.memory.nowMs += 60_000;
    expect((await setup(second?.code, 'a2')).statusCode).toBe(403);
    const third = await firstAdminLink(world.accounts);
    const both = await Promise.all([setup(third?.code, 'a3'), setup(third?.code, 'a4')]);
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([200, 403]);
  });

  test('a new account chooses its password by its link; a reset ends its sessions and its password', async () => {
    const world = await start();
    const body = { name: 'chi', role: 'owner', systems: ['qlvb'] };
    const made = await world.as('admin', { method: 'POST', url: '/accounts', body });
    expect(made.statusCode).toBe(201);
    const { id, setupPath, ready } = made.json();
    expect(ready).toBe(false);
    const code = String(setupPath).split('code=')[1];
    const used = await world.app.inject({ method: 'POST', url: '/api/v1/setup', payload: { code, password } });
    expect(used.json()).toEqual({ id, name: 'chi', role: 'owner', systems: ['qlvb'] });
    const { cookie } = await signIn(world, 'chi');
    expect((await world.app.inject({ url: '/api/v1/me', headers: { cookie } })).statusCode).toBe(200);
    const reset = await world.as('admin', { method: 'PATCH', url: `/accounts/${id}`, body: { resetPassword: true } });
    expect(reset.json().setupPath).toMatch(/^\/setup#code=vgo_/);
    expect((await world.app.inject({ url: '/api/v1/me', headers: { cookie } })).statusCode).toBe(401);
    expect((await signIn(world, 'chi')).response.statusCode).toBe(401);
  });

  test('an entry code signs in once, sets no password, and a password code does not enter', async () => {
    const world = await start();
    const account = await addAccount(world, 'an', 'analyst', []);
    const enter = (code: string) => world.app.inject({ method: 'POST', url: '/api/v1/enter', payload: { code } });
    const code = await newEntryCode(world.accounts, { account, ttlMs: 60_000 }, 'test');
    const setup = await world.app.inject({
      method: 'POST',
      url: '/api/v1/setup',
      payload: { code, password: 'x'.repeat(20) },
    });
    expect(setup.statusCode).toBe(403);
    const entered = await enter(code);
    expect(entered.json()).toMatchObject({ name: 'an', role: 'analyst' });
    const cookie = String(entered.headers['set-cookie']).split(';')[0] ?? '';
    expect((await world.app.inject({ url: '/api/v1/me', headers: { cookie } })).statusCode).toBe(200);
    expect((await enter(code)).statusCode).toBe(403);
    expect((await signIn(world, 'an')).response.statusCode).toBe(200);
    const late = await newEntryCode(world.accounts, { account, ttlMs: 60_000 }, 'test');
    world.memory.nowMs += 60_000;
    expect((await enter(late)).statusCode).toBe(403);
    const first = await firstAdminLink((await start()).accounts);
    expect((await enter(first?.code ?? '')).statusCode).toBe(403);
  });

  test('disabling and changing a role take effect on open sessions at once', async () => {
    const world = await start();
    const id = await addAccount(world, 'an', 'analyst', []);
    const { cookie } = await signIn(world, 'an');
    const status = async (url: string): Promise<number> =>
      (await world.app.inject({ url: `/api/v1${url}`, headers: { cookie } })).statusCode;
    expect(await status('/rules')).toBe(200);
    await world.as('admin', { method: 'PATCH', url: `/accounts/${id}`, body: { role: 'owner', systems: ['tthc'] } });
    expect(await status('/rules')).toBe(403);
    expect(await status('/incidents/inc-qlvb')).toBe(404);
    expect(await status('/incidents/inc-tthc')).toBe(200);
    await world.as('admin', { method: 'PATCH', url: `/accounts/${id}`, body: { disabled: true } });
    expect(await status('/me')).toBe(401);
  });

  test('the last administrator can neither be disabled nor demoted nor reset', async () => {
    const world = await start();
    const id = await addAccount(world, 'chu', 'admin', []);
    const patch = (account: string, body: object) =>
      world.as('admin', { method: 'PATCH', url: `/accounts/${account}`, body });
    for (const body of [{ disabled: true }, { role: 'viewer' }, { resetPassword: true }]) {
      expect((await patch(id, body)).json(), JSON.stringify(body)).toMatchObject({ code: 'last-admin' });
    }
    const other = await addAccount(world, 'pho', 'admin', []);
    expect((await patch(id, { disabled: true })).statusCode).toBe(200);
    expect((await patch(other, { disabled: true })).statusCode).toBe(409);
  });

  const names: readonly [string, number][] = [
    ['An', 409],
    ['an', 409],
    ['a\u0302n', 201],
    ['ân', 201],
    ['a', 400],
    ['System', 409],
    ['-an', 400],
    ['an\nroot', 400],
    ['<script>', 400],
    ['a'.repeat(65), 400],
    ['nguyen.van.an@so.gov.vn', 201],
  ];
  test.each(names)('name %j: %i', async (name, want) => {
    const world = await start();
    await addAccount(world, 'An', 'viewer', []);
    const response = await world.as('admin', { method: 'POST', url: '/accounts', body: { name, role: 'viewer' } });
    expect(response.statusCode, response.body).toBe(want);
  });

  test('both Unicode forms of a name are one name', async () => {
    const world = await start();
    await addAccount(world, 'Bi\u0300nh', 'viewer', []);
    const again = await world.as('admin', { method: 'POST', url: '/accounts', body: { name: 'Bình', role: 'viewer' } });
    expect(again.json()).toMatchObject({ code: 'name-taken' });
    expect((await signIn(world, 'Bình')).response.statusCode).toBe(200);
  });

  const passwords: readonly [string, boolean][] = [
    ['short1!', false],
    ['mười một ký', false],
    ['đủ mười hai k', true],
    ['aaaaaaaaaaaaaaaa', false],
    ['nguyenvanan1', false],
    ['NguyenVanAn1', false],
    ['x'.repeat(300), false],
  ];
  test.each(passwords)('password %j is accepted: %s', (text, want) => {
    const check = (): void => checkPassword(text, 'nguyenvanan1');
    if (want) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: 'password-weak' }));
  });

  test('changing one’s password asks for the old one and ends the other sessions', async () => {
    const world = await start();
    await addAccount(world, 'an', 'viewer', []);
    const here = await signIn(world, 'an');
    const elsewhere = await signIn(world, 'an');
    const next = 'một mật khẩu khác 456';
    const put = (body: object) =>
      world.app.inject({
        method: 'POST',
        url: '/api/v1/me/password',
        headers: { cookie: here.cookie, origin },
        payload: body,
      });
    expect((await put({ current: 'wrong', next })).json()).toMatchObject({ code: 'login-refused' });
    expect((await put({ current: password, next: 'short' })).json()).toMatchObject({ code: 'password-weak' });
    expect((await put({ current: password, next })).statusCode).toBe(204);
    const status = async (cookie: string): Promise<number> =>
      (await world.app.inject({ url: '/api/v1/me', headers: { cookie } })).statusCode;
    expect(await status(here.cookie)).toBe(200);
    expect(await status(elsewhere.cookie)).toBe(401);
    expect((await signIn(world, 'an')).response.statusCode).toBe(401);
    expect((await signIn(world, 'an', { password: next })).response.statusCode).toBe(200);
  });

  test('two administrators who edit at once: the later one is told', async () => {
    const world = await start();
    const id = await addAccount(world, 'an', 'viewer', []);
    const patch = (body: object) => world.as('admin', { method: 'PATCH', url: `/accounts/${id}`, body });
    expect((await patch({ role: 'analyst', version: 1 })).statusCode).toBe(200);
    expect((await patch({ role: 'organizer', version: 1 })).json()).toMatchObject({ code: 'conflict', version: 2 });
  });
});

describe('tokens', () => {
  test('the secret is shown once, kept hashed, and works until it is revoked', async () => {
    const world = await start();
    const body = { kind: 'api', name: 'grafana', role: 'viewer' };
    const made = await world.as('admin', { method: 'POST', url: '/tokens', body });
    expect(made.statusCode).toBe(201);
    const { token, id } = made.json();
    expect(looksLikeSecret('api', token)).toBe(true);
    const get = (url: string) => world.as(null, { url, headers: { authorization: `Bearer ${token}` } });
    expect((await get('/metrics')).body).toBe('vonggac_up 1\n');
    expect((await get('/accounts')).statusCode).toBe(403);
    const listed = await world.as('admin', { url: '/tokens' });
    expect(listed.body).not.toContain(token);
    expect(listed.body).not.toContain(hashSecret(token));
    expect(JSON.stringify(world.memory.ledgerRows)).not.toContain(token);
    expect((await world.as('admin', { method: 'DELETE', url: `/tokens/${id}` })).statusCode).toBe(204);
    expect((await get('/metrics')).statusCode).toBe(401);
    expect((await world.as('admin', { method: 'DELETE', url: `/tokens/${id}` })).statusCode).toBe(204);
    expect((await world.as('admin', { method: 'DELETE', url: '/tokens/none' })).statusCode).toBe(404);
  });

  test('a revocation by another process is effective within five seconds', async () => {
    const world = await start();
    const { token, record } = await createToken(world.accounts, { kind: 'api', name: 't', role: 'viewer' }, 'test');
    const get = async (): Promise<number> =>
      (await world.as(null, { url: '/alerts', headers: { authorization: `Bearer ${token}` } })).statusCode;
    expect(await get()).toBe(200);
    const document = { ...record, revoked: true };
    await world.parts.ledger.append({ kind: 'token', subject: record.id, actor: 'cli', action: 'revoke', document });
    world.memory.nowMs += 4_999;
    expect(await get()).toBe(401);
  });

  test('a token another process has just made works at once, and made-up ones ask the ledger a few times a second', async () => {
    const world = await start();
    await world.as('admin', { url: '/alerts' });
    const reads = (): number => world.memory.ledgerReads.get('token') ?? 0;
    const before = reads();
    const { directory: _, ...elsewhere } = world.accounts;
    const { token } = await createToken(elsewhere, { kind: 'api', name: 't', role: 'viewer' }, 'cli');
    world.memory.nowMs += 250;
    const made = await world.as(null, { url: '/alerts', headers: { authorization: `Bearer ${token}` } });
    expect(made.statusCode).toBe(200);
    for (let i = 0; i < 100; i += 1) {
      world.memory.nowMs += 10;
      await world.as(null, { url: '/alerts', headers: { authorization: `Bearer ${newSecret('api')}` } });
    }
    expect(reads() - before).toBeLessThanOrEqual(6);
  });

  test('a collector’s token names its source; a thousand wrong ones cost no query', async () => {
    const world = await start();
    const wanted = { kind: 'collector', name: 'nginx', source: 'qlvb-nginx' } as const;
    await expect(createToken(world.accounts, wanted, 'test')).rejects.toMatchObject({ code: 'unknown-reference' });
    const { token } = await createToken(world.accounts, wanted, 'cli', { createSource: true });
    expect(looksLikeSecret('collector', token)).toBe(true);
    expect(await world.access.authenticateCollector(token)).toMatchObject({ id: 'qlvb-nginx', origin: 'production' });
    const before = world.memory.ledgerReads.get('token');
    for (let i = 0; i < 1_000; i += 1)
      expect(await world.access.authenticateCollector(newSecret('collector'))).toBeNull();
    expect(world.memory.ledgerReads.get('token')).toBe(before);
    for (const wrong of ['', 'x', `${token}x`, token.slice(0, -1), world.tokens.admin, '\0'.repeat(47)]) {
      expect(await world.access.authenticateCollector(wrong)).toBeNull();
    }
  });

  const bodies: readonly [string, object, number][] = [
    ['api without role', { kind: 'api', name: 'x' }, 400],
    ['collector of an unknown source', { kind: 'collector', name: 'x', source: 'nope' }, 422],
    ['collector with a role', { kind: 'collector', name: 'x', source: 'nope', role: 'admin' }, 400],
    ['unknown role', { kind: 'api', name: 'x', role: 'root' }, 400],
    ['empty name', { kind: 'api', name: ' ', role: 'viewer' }, 400],
    ['a chosen secret', { kind: 'api', name: 'x', role: 'viewer', token: 'vga_mine' }, 400],
  ];
  test.each(bodies)('%s', async (_, body, want) => {
    const world = await start();
    expect((await world.as('admin', { method: 'POST', url: '/tokens', body })).statusCode).toBe(want);
  });

  test('the number of tokens is bounded', async () => {
    const world = await start({ limits: { directorySubjectsMax: 6 } });
    const make = () =>
      world.as('admin', { method: 'POST', url: '/tokens', body: { kind: 'api', name: 'x', role: 'viewer' } });
    expect((await make()).statusCode).toBe(201);
    expect((await make()).json()).toMatchObject({ code: 'full' });
  });
});

describe('audit', () => {
  test('every change and every sign-in is a row: who, what, when; no secret in it', async () => {
    const world = await start();
    const id = await addAccount(world, 'chu', 'admin', []);
    const { cookie } = await signIn(world, 'chu');
    await signIn(world, 'chu', { password: 'wrong' });
    const send = (method: 'POST' | 'PUT' | 'PATCH', url: string, payload: object) =>
      world.app.inject({ method, url: `/api/v1${url}`, headers: { cookie, origin }, payload });
    await send('POST', '/tokens', { kind: 'api', name: 'x', role: 'viewer' });
    await send('POST', '/accounts', { name: 'new', role: 'viewer' });
    await send('PUT', '/sources/s1', {
      source: {
        id: 's1',
        name: 'S',
        org: '',
        system: 'qlvb',
        parser: 'auto',
        origin: 'production',
        drill: '',
        lane: '',
        addresses: [],
      },
    });
    await send('POST', '/incidents/inc-qlvb/actions', { action: 'comment', version: 0, text: 'đang xem' });
    const audit = await world.as('admin', { url: '/audit?limit=8' });
    const rows = audit.json().items.map((row: Record<string, unknown>) => [row.kind, row.action, row.actor]);
    expect(rows).toEqual([
      ['incident', 'comment', 'chu'],
      ['source', 'put', id],
      ['setting', 'setup-code', id],
      ['account', 'create', id],
      ['token', 'create', id],
      ['session', 'login-refused', 'anonymous'],
      ['session', 'login', id],
      ['account', 'create', 'test'],
    ]);
    expect(audit.body).not.toMatch(/\$argon2|"hash":"[0-9a-f]{64}","source"|vg[acos]_/);
    expect(audit.json().items.find(({ kind }: { kind: string }) => kind === 'setting').document.codeHash).toBe(
      '[redacted]',
    );
  });

  test('pages go on where they stopped', async () => {
    const world = await start();
    const first = await world.as('admin', { url: '/audit?limit=3' });
    const second = await world.as('admin', { url: `/audit?limit=3&cursor=${first.json().cursor}` });
    const all = await world.as('admin', { url: '/audit?limit=6' });
    expect([...first.json().items, ...second.json().items]).toEqual(all.json().items);
  });
});

test.each<Role>(['admin', 'viewer'])('health comes up for %s while the store is away, data does not', async (role) => {
  const world = await start();
  expect((await world.as(role, { url: '/health' })).statusCode).toBe(200);
  world.memory.storeAway = true;
  world.memory.health = { ...world.memory.health, status: 'down', store: { up: false, lagMs: 9_000 } };
  world.memory.nowMs += 60_000;
  const health = await world.as(role, { url: '/health' });
  expect(health.statusCode).toBe(503);
  expect(health.json()).toMatchObject({ status: 'down', store: { up: false } });
  const alerts = await world.as(role, { url: '/alerts' });
  expect(alerts.statusCode).toBe(503);
  expect(alerts.json()).toMatchObject({ code: 'store-away' });
  expect((await world.as(null, { url: '/live' })).statusCode).toBe(200);
});
