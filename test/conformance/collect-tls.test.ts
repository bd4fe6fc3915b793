import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TlsFiles } from '../../src/collect/stream-tls.ts';
import { unknownSource } from '../../src/register/index.ts';
import { type Authority, createAuthority, hasOpenssl, type Issued } from '../harness/certificates.ts';
import { type ListenersWorld, sendParts, startListeners } from '../harness/listeners.ts';
import { until } from '../harness/poll.ts';

describe.skipIf(!hasOpenssl)('syslog over TLS (skipped where /usr/bin/openssl is not)', () => {
  let dir = '';
  let authority: Authority;
  let strangers: Authority;
  let server: Issued;
  let device: Issued;
  let foreign: Issued;
  const open: ListenersWorld[] = [];
  const sockets: TLSSocket[] = [];

  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'vonggac-tls-'));
    authority = createAuthority(dir);
    strangers = createAuthority(dir, 'strangers');
    server = authority.issue('collector.test');
    device = authority.issue('fw-01.tinh.example', 'DNS:fw-01.tinh.example,URI:urn:thiet-bi:fw-01');
    foreign = strangers.issue('fw-02.tinh.example', 'DNS:fw-01.tinh.example');
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const world of open.splice(0)) await world.close();
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  async function start(tls: Partial<TlsFiles> = {}, limits = {}): Promise<ListenersWorld> {
    const world = await startListeners({
      listen: ['syslog-tls'],
      tls: { ...server, clientCa: authority.ca, clientsRequired: true, ...tls },
      limits,
      sourceOf: (peer, certificate) => ({
        ...unknownSource,
        id: `${peer} ${(certificate ?? ['none']).slice(1).join(' ')}`,
      }),
    });
    open.push(world);
    return world;
  }

  /** A connection, and whether the server kept it. */
  async function dial(
    world: ListenersWorld,
    own: Issued | null,
    more: object = {},
  ): Promise<{ socket: TLSSocket; ended: () => boolean }> {
    const files = own === null ? {} : { cert: readFileSync(own.certificate), key: readFileSync(own.key) };
    const socket = connect({
      host: '127.0.0.1',
      port: world.listeners.ports['syslog-tls'] ?? 0,
      ca: readFileSync(authority.ca),
      ...files,
      ...more,
    });
    sockets.push(socket);
    let isOver = false;
    socket.on('error', () => undefined).on('close', () => (isOver = true));
    socket.resume();
    await new Promise((resolve) => socket.once('secureConnect', resolve).once('close', resolve));
    return { socket, ended: () => isOver };
  }

  it('the source is found by the names of the client’s certificate', async () => {
    const world = await start();
    const { socket } = await dial(world, device);
    await sendParts(socket, '8 <13>ạn\n'.replace('8', String(Buffer.byteLength('<13>ạn\n'))));
    await until(world.texts, (texts) => texts.length === 1);
    expect(world.texts()).toEqual(['<13>ạn']);
    expect(world.taken[0]).toMatchObject({
      transport: 'syslog-tls',
      source: { id: '127.0.0.1 fw-01.tinh.example urn:thiet-bi:fw-01 fw-01.tinh.example' },
    });
  });

  it.each([
    ['without a certificate', (): Issued | null => null, 'no client certificate'],
    [
      'with one that another authority signed, though its names are right',
      (): Issued | null => foreign,
      'unable to verify|UNABLE_TO_VERIFY',
    ],
  ] as const)('a client %s is refused, counted and told', async (_name, own, reason) => {
    const world = await start();
    const { socket, ended } = await dial(world, own());
    socket.write('<13>x\n');
    await until(ended, Boolean);
    expect(world.texts()).toEqual([]);
    expect(world.told.join('')).toMatch(/"transport":"syslog-tls".*connection refused/);
    expect(world.told.join('')).toContain('"peer":"127.0.0.1"');
    expect(world.told.join('')).toMatch(new RegExp(reason));
    expect(await world.metrics.text()).toContain(
      `collect_stream_refused_total{transport="syslog-tls",reason="certificate"} 1`,
    );
    const good = await dial(world, device);
    await sendParts(good.socket, '<13>unharmed\n');
    await until(world.texts, (texts) => texts.length === 1);
  });

  it('optional: none is known by its address, a foreign one is refused', async () => {
    const world = await start({ clientsRequired: false });
    const { socket } = await dial(world, null);
    await sendParts(socket, '<13>x\n');
    await until(world.texts, (texts) => texts.length === 1);
    expect(world.taken[0]?.source.id).toBe('127.0.0.1 ');
    const stranger = await dial(world, foreign);
    await until(stranger.ended, Boolean);
    expect(world.told.join('')).toContain('"why":"certificate"');
  });

  it('TLS below 1.2 is refused', async () => {
    const world = await start({ clientCa: '' });
    const old = await dial(world, null, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
    await until(old.ended, Boolean);
    const young = await dial(world, null, { maxVersion: 'TLSv1.2' });
    await sendParts(young.socket, '<13>x\n');
    await until(world.texts, (texts) => texts.length === 1);
    expect(world.taken[0]?.source.id).toBe('127.0.0.1 ');
  });

  it('a certificate that changed is taken without a restart; a broken one is told and the old one stays', async () => {
    const own = { certificate: path.join(dir, 'own.crt'), key: path.join(dir, 'own.key') };
    const put = (from: Issued): void => {
      copyFileSync(from.key, own.key);
      copyFileSync(from.certificate, own.certificate);
    };
    put(server);
    const world = await start({ ...own, clientCa: '' }, { certificateMs: 5 });
    const shown = async (): Promise<string> => {
      const { socket } = await dial(world, null);
      const name = String(socket.getPeerCertificate().subject.CN);
      socket.destroy();
      return name;
    };
    expect(await shown()).toBe('collector.test');
    writeFileSync(own.certificate, 'not a certificate');
    await until(
      () => world.told.join(''),
      (told) => told.includes('the certificate in force stays'),
    );
    expect(await shown()).toBe('collector.test');
    put(authority.issue('renewed.test'));
    await until(shown, (name) => name === 'renewed.test');
  });

  it('files that cannot be used stop the start, with the reason', async () => {
    await expect(start({ key: foreign.key })).rejects.toThrow(/TLS certificate, key or client CA/);
    await expect(start({ certificate: path.join(dir, 'absent.crt') })).rejects.toThrow(/ENOENT/);
  });

  it('a handshake that never ends is cut off, and counted among the connections meanwhile', async () => {
    const world = await start({}, { handshakeMs: 3000, connectionsPerPeerMax: 3 });
    const slow = await Promise.all([world.dial('syslog-tls'), world.dial('syslog-tls'), world.dial('syslog-tls')]);
    for (const socket of slow) socket.resume().write(Buffer.from([0x16, 0x03]));
    await until(
      () => world.listeners.stats().streams['syslog-tls']?.connections,
      (count) => count === 3,
    );
    const over = await dial(world, device);
    await until(over.ended, Boolean);
    await until(
      () => world.listeners.stats().streams['syslog-tls']?.connections,
      (count) => count === 0,
    );
    const good = await dial(world, device);
    await sendParts(good.socket, '<13>unharmed\n');
    await until(world.texts, (texts) => texts.length === 1);
  });

  it.each([
    ['plain syslog on the TLS port', Buffer.from('<13>Nov 22 05:00:00 h a: x\n')],
    ['NULs', Buffer.alloc(10_000)],
  ])('%s is refused, others are unharmed', async (_name, bytes) => {
    const world = await start();
    const plain = await world.dial('syslog-tls');
    const closed = new Promise((resolve) => plain.once('close', resolve));
    plain.resume().write(bytes);
    await closed;
    expect(world.told.join('')).toContain('connection refused');
    const good = await dial(world, device);
    await sendParts(good.socket, '<13>unharmed\n');
    await until(world.texts, (texts) => texts.length === 1);
  });
});
