import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, createAuthority, hasOpenssl, type Issued } from '../harness/certificates.ts';
import { freePort } from '../harness/free-port.ts';
import { createToken, type RunningPlatform, startPlatform, until } from '../harness/platform.ts';

/** A search that names no time looks at the last day. */
const now = new Date().toISOString();

describe.skipIf(!hasOpenssl)('collectors of a running platform (skipped where /usr/bin/openssl is not)', () => {
  let dir = '';
  let platform: RunningPlatform;
  let apiToken = '';
  let authority: Authority;
  let device: Issued;
  let env: Record<string, string> = {};
  const ports = { tls: 0, relp: 0, gelf: 0 };

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'vonggac-collectors-'));
    authority = createAuthority(dir);
    const server = authority.issue('collector.tinh.example');
    device = authority.issue('fw-01.tinh.example');
    for (const name of ['tls', 'relp', 'gelf'] as const) ports[name] = await freePort();
    env = {
      VONGGAC_SYSLOG_TLS: `127.0.0.1:${ports.tls}`,
      VONGGAC_RELP: `127.0.0.1:${ports.relp}`,
      VONGGAC_GELF_TCP: `127.0.0.1:${ports.gelf}`,
      VONGGAC_COLLECT_TLS_CERT: server.certificate,
      VONGGAC_COLLECT_TLS_KEY: server.key,
      VONGGAC_COLLECT_TLS_CLIENT_CA: authority.ca,
    };
    platform = await startPlatform({ dataDir: path.join(dir, 'data'), env });
    apiToken = await createToken(path.join(dir, 'data'), ['--kind', 'api', '--name', 'a', '--role', 'admin']);
  });
  afterAll(async () => {
    await platform.stop();
    await rm(dir, { recursive: true, force: true });
  });

  function api(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' };
    return fetch(new URL(url, platform.url), { headers, ...init });
  }
  async function found(query: string): Promise<readonly { readonly raw: string; readonly source: string }[]> {
    const answer = await api(`/api/v1/events?limit=100&q=${encodeURIComponent(query)}`);
    return ((await answer.json()) as { items: { raw: string; source: string }[] }).items;
  }

  it('a source registered with its certificate is who sends over TLS', async () => {
    const source = {
      ...{ id: 'fw-01', name: 'Tường lửa', org: '', system: '', parser: 'auto', origin: 'production' },
      ...{ drill: '', lane: '', addresses: [], certificates: ['FW-01.tinh.example'] },
    };
    const put = await api('/api/v1/sources/fw-01', { method: 'PUT', body: JSON.stringify({ source }) });
    expect(put.status).toBeLessThan(300);
    const socket = connectTls({
      ...{ host: '127.0.0.1', port: ports.tls, ca: readFileSync(authority.ca), checkServerIdentity: () => undefined },
      ...{ cert: readFileSync(device.certificate), key: readFileSync(device.key) },
    });
    await once(socket, 'secureConnect');
    // The register is read every two seconds; the connection need not be made anew.
    await until('the source is known', async () => {
      socket.write(`<13>1 ${now} fw-01 kernel - - - thiết bị tlsrun\n`);
      return (await found('tlsrun')).some((event) => event.source === 'fw-01');
    });
    socket.destroy();
  });

  it('what RELP answered is found at once, and after a kill', async () => {
    const socket: Socket = connect(ports.relp, '127.0.0.1');
    let said = '';
    socket.on('data', (chunk) => {
      said += String(chunk);
    });
    const line = `<13>1 ${now} app02 qlvb - - - mở văn bản relprun`;
    socket.write('1 open 14 relp_version=0\n');
    socket.write(`2 syslog ${Buffer.byteLength(line)} ${line}\n`);
    await until('the answer', () => said.includes('2 rsp 6 200 OK\n'));
    expect((await found('relprun')).map((event) => event.raw)).toEqual([line]);
    await platform.kill9();
    platform = await startPlatform({ dataDir: path.join(dir, 'data'), env });
    expect((await found('relprun')).map((event) => event.raw)).toEqual([line]);
    socket.destroy();
  });

  it('GELF over TCP', async () => {
    const socket = connect(ports.gelf, '127.0.0.1');
    const message = JSON.stringify({
      version: '1.1',
      host: 'app02',
      short_message: 'đăng nhập gelfrun',
      _user: 'hạnh',
    });
    socket.write(`${message}\0`);
    const [event] = await until('the message', async () => {
      const items = await found('gelfrun');
      return items.length > 0 && items;
    });
    expect(event?.raw).toBe(message);
    socket.destroy();
  });

  it('a certificate that cannot be used stops the start with one line that says so', async () => {
    const start = startPlatform({
      dataDir: path.join(dir, 'other'),
      env: { ...env, VONGGAC_RELP: 'off', VONGGAC_GELF_TCP: 'off', VONGGAC_COLLECT_TLS_KEY: authority.ca },
    });
    await expect(start).rejects.toThrow(/TLS certificate, key or client CA/);
  });
});
