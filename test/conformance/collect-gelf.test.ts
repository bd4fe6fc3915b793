import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { IntakeRefused } from '../../src/model/source.ts';
import { type ListenersWorld, sendParts, startListeners } from '../harness/listeners.ts';
import { until } from '../harness/poll.ts';

const open: ListenersWorld[] = [];
const sockets: UdpSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  for (const world of open.splice(0)) await world.close();
});

async function start(o: Partial<Parameters<typeof startListeners>[0]> = {}): Promise<ListenersWorld> {
  const world = await startListeners({ listen: ['gelf-udp', 'gelf-tcp', 'syslog-udp'], ...o });
  open.push(world);
  return world;
}

async function cast(world: ListenersWorld, ...datagrams: readonly Buffer[]): Promise<void> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  const port = world.listeners.ports['gelf-udp'] ?? 0;
  for (const bytes of datagrams) await new Promise((resolve) => socket.send(bytes, port, '127.0.0.1', resolve));
}

const message = JSON.stringify({ version: '1.1', host: 'app02', short_message: 'Đăng nhập thất bại', _user: 'hạnh' });

/** The parts of a message. */
function parts(id: string, content: Buffer, size: number): Buffer[] {
  const count = Math.ceil(content.length / size);
  return Array.from({ length: count }, (_, n) =>
    Buffer.concat([
      Buffer.from([0x1e, 0x0f]),
      Buffer.from(id.padEnd(8).slice(0, 8)),
      Buffer.from([n, count]),
      content.subarray(n * size, (n + 1) * size),
    ]),
  );
}

/** A first part with another byte in its header. */
function forged(place: number, value: number): Buffer {
  const [part = Buffer.alloc(0)] = parts('x', Buffer.from('abcdef'), 3);
  part.writeUInt8(value, place);
  return part;
}

const stats = (world: ListenersWorld) => world.listeners.stats().datagrams['gelf-udp'];

describe('GELF over UDP', () => {
  it.each([
    ['plain', [Buffer.from(message)]],
    ['zlib', [deflateSync(message)]],
    ['zlib, weakest', [deflateSync(message, { level: 0 })]],
    ['gzip', [gzipSync(message)]],
    ['parts', parts('a', Buffer.from(message), 20)],
    [
      'parts in any order, one twice',
      [...parts('b', gzipSync(message), 30).reverse(), ...parts('b', gzipSync(message), 30).slice(0, 1)],
    ],
    ['one part', parts('c', deflateSync(message), 8_000)],
  ])('%s', async (_name, datagrams) => {
    const world = await start();
    await cast(world, ...datagrams);
    await until(world.texts, (texts) => texts.length === 1);
    expect(world.texts()).toEqual([message]);
    expect(world.taken[0]).toMatchObject({ transport: 'gelf-udp', peer: '127.0.0.1' });
  });
});

describe('hostile GELF over UDP', () => {
  it('a zip bomb costs a line and becomes a dead letter', async () => {
    const world = await start({ limits: { lineBytesMax: 10_000 } });
    await cast(world, deflateSync(Buffer.alloc(40_000_000)), gzipSync(Buffer.alloc(40_000_000)), gzipSync(message));
    await until(world.texts, (texts) => texts.length === 3);
    expect(world.lines().map((line) => line.flaw?.reason)).toEqual(['too-long', 'too-long', undefined]);
    expect(world.lines().filter((line) => line.flaw?.fatal === true)).toHaveLength(2);
  });
  it.each([
    ['broken gzip', gzipSync(message).subarray(0, 20)],
    ['broken zlib', Buffer.concat([deflateSync(message).subarray(0, 10), Buffer.alloc(30, 0xff)])],
  ])('%s becomes a dead letter that shows its bytes', async (_name, bytes) => {
    const world = await start();
    await cast(world, bytes);
    await until(world.lines, (lines) => lines.length === 1);
    expect(world.lines()[0]).toMatchObject({
      text: bytes.toString('base64'),
      flaw: { reason: 'unpack-failed', fatal: true, bytes: bytes.length },
    });
  });
  it.each([
    ['parts of no message', Buffer.from([0x1e, 0x0f, 1, 2, 3])],
    ['a part beyond its count', forged(10, 9)],
    ['129 parts', forged(11, 129)],
    ['no parts', forged(11, 0)],
  ])('%s: dropped and counted', async (_name, bytes) => {
    const world = await start();
    await cast(world, bytes, Buffer.from(message));
    await until(world.texts, (texts) => texts.length === 1);
    expect(stats(world)).toMatchObject({ received: 2, dropped: 1 });
    expect(world.told.join('')).toContain('datagrams dropped');
  });
  it('messages that never end are bounded and forgotten in time, and counted; others are unharmed', async () => {
    const world = await start({ limits: { gelfPartialPerPeerMax: 50, gelfPartialMs: 3000 } });
    const begun = Array.from({ length: 200 }, (_, n) => parts(`m${n}`, Buffer.from('abcd'), 2)[0] ?? Buffer.alloc(0));
    await cast(world, ...begun, Buffer.from(message));
    await until(world.texts, (texts) => texts.length === 1);
    expect(stats(world)?.dropped).toBe(150);
    const whole = async (): Promise<number> => {
      await cast(world, ...parts('late', Buffer.from(message), 100));
      return world.texts().length;
    };
    // Room comes back once the others have waited too long, which the next part sees.
    await until(whole, (count) => count >= 2);
    expect(stats(world)?.dropped).toBeGreaterThanOrEqual(200);
  });
  it('parts of all peers together are bounded in bytes', async () => {
    const world = await start({ limits: { gelfPartialBytesMax: 10_000 } });
    await cast(world, ...parts('big', Buffer.alloc(40_000, 0x61), 4_000));
    await until(
      () => stats(world)?.received,
      (count) => count === 10,
    );
    expect(stats(world)?.dropped).toBe(8);
  });
});

describe('GELF over TCP', () => {
  it('messages end with NUL, whatever is in them', async () => {
    const world = await start();
    const socket = await world.dial('gelf-tcp');
    const pretty = JSON.stringify(JSON.parse(message), null, 2);
    await sendParts(socket, `${message}\0${pretty}`, '\0', Buffer.from(`${message}\0`).subarray(0, 40));
    await until(world.texts, (texts) => texts.length === 2);
    expect(world.texts()).toEqual([message, pretty]);
    socket.end();
    await until(world.lines, (lines) => lines.length === 3);
    expect(world.lines()[2]?.flaw?.reason).toBe('cut');
  });
  it('a message of gigabytes costs its bound, and the stream goes on behind it', async () => {
    const world = await start({ limits: { lineBytesMax: 10_000 } });
    const socket = await world.dial('gelf-tcp');
    let most = 0;
    for (let n = 0; n < 60; n++) {
      await sendParts(socket, Buffer.alloc(1_000_000, 0x61));
      most = Math.max(most, world.listeners.stats().streams['gelf-tcp']?.heldBytes ?? 0);
    }
    await sendParts(socket, `\0${message}\0`);
    await until(world.texts, (texts) => texts.length === 2);
    expect(most).toBeLessThan(100_000);
    expect(world.lines()[0]?.flaw).toEqual({ reason: 'too-long', fatal: true, bytes: 60_000_000 });
  });
});

describe('datagrams that wait', () => {
  it('count with their bytes beside the text, not by the text alone', async () => {
    const world = await start({
      limits: { udpHeldBytesMax: 20_000 },
      answer: async () => {
        throw new IntakeRefused('busy', 1, 'busy');
      },
    });
    const socket = createSocket('udp4');
    sockets.push(socket);
    const bytes = Buffer.alloc(3_000, 0xff);
    for (let n = 0; n < 20; n++)
      await new Promise((resolve) =>
        socket.send(bytes, world.listeners.ports['syslog-udp'] ?? 0, '127.0.0.1', resolve),
      );
    const seen = () => world.listeners.stats().datagrams['syslog-udp'];
    await until(seen, (udp) => udp?.received === 20);
    // 3,000 characters and 4,000 of base64 each: three go in, then there is no room.
    expect(seen()).toMatchObject({ heldLines: 3, dropped: 17 });
  });
});
