import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { createLineHeaders } from '../../src/collect/line-headers.ts';
import { type ListenerLimits, type Listeners, openListeners } from '../../src/collect/stream-listeners.ts';
import { IntakeRefused, type RawLine, type Receipt, type Source, type Submission } from '../../src/model/source.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { until as untilHolds } from '../harness/poll.ts';
import { readLine } from '../harness/read-line.ts';

const open: Listeners[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const collector of open.splice(0)) await collector.close();
});

function sourceOf(peer: string): Source {
  const more = {
    org: '',
    system: '',
    parser: 'auto',
    origin: 'production' as const,
    drill: '',
    lane: '',
    addresses: [],
  };
  return { id: `source of ${peer}`, name: '', ...more };
}

type Answer = (s: Submission) => Promise<void>;

async function start(limits: Partial<ListenerLimits> = {}, answer: Answer = async () => undefined) {
  const taken: Submission[] = [];
  const intake = {
    async submit(s: Submission): Promise<Receipt> {
      await answer(s);
      taken.push(s);
      return { batch: 'b', accepted: s.lines.length, rejected: [] };
    },
  };
  const collector = await openListeners({
    intake,
    sourceOf,
    headers: createLineHeaders(),
    listen: { 'syslog-udp': { host: '127.0.0.1', port: 0 }, 'syslog-tcp': { host: '127.0.0.1', port: 0 } },
    tls: null,
    limits: { retryFirstMs: 2, retryMaxMs: 5, udpGatherMs: 1, closeWaitMs: 2000, ...limits },
    clock: Date.now,
    log: pino({ level: 'silent' }),
    metrics: createMetrics(),
  });
  open.push(collector);
  const lines = (): RawLine[] => taken.flatMap((s) => [...s.lines]);
  return { collector, taken, lines, texts: () => lines().map((line) => line.text) };
}

const until = (fact: () => boolean): Promise<boolean> => untilHolds(fact, Boolean);

function dial(collector: Listeners): Socket {
  const socket = connect(collector.ports['syslog-tcp'] ?? 0, '127.0.0.1');
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

/** Sends the parts, each in a segment of its own. */
async function send(socket: Socket, ...parts: (string | Buffer)[]): Promise<void> {
  for (const part of parts) {
    await new Promise<void>((resolve) => socket.write(part, () => resolve()));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const hello = '<34>1 2026-11-22T05:00:00Z host app - - - hello';
const count = (text: string): string => `${Buffer.byteLength(text)} ${text}`;

describe('TCP framing', () => {
  const cases: readonly (readonly [name: string, parts: readonly (string | Buffer)[], texts: readonly string[]])[] = [
    ['LF', ['<13>one\n<13>two\n'], ['<13>one', '<13>two']],
    ['CRLF', ['<13>one\r\n<13>two\r\n'], ['<13>one', '<13>two']],
    ['NUL, as Python sends', ['<13>one\0<13>two\0'], ['<13>one', '<13>two']],
    ['octet counting', [count(hello) + count('<13>x')], [hello, '<13>x']],
    ['octet counting with a line end behind', [`${count(hello)}\n${count('<13>x')}\n`], [hello, '<13>x']],
    [
      'a counted message of many lines',
      [count('<13>Exception\n  at one\n  at two')],
      ['<13>Exception\n  at one\n  at two'],
    ],
    ['counted in bytes, not in characters', [count('<13>Đỗ Hạnh') + count('<13>y')], ['<13>Đỗ Hạnh', '<13>y']],
    [
      'half frames',
      ['4', '7 <34>1 2026-11-22T05:00:00Z host', ' app - - - hello', '5 ', '<1', '3>x'],
      [hello, '<13>x'],
    ],
    ['a line in single bytes', [...'<13>ạb\n'].map((char) => Buffer.from(char)), ['<13>ạb']],
    [
      'a character cut in the middle',
      [Buffer.from([0x3c, 0x31, 0x33, 0x3e, 0xe1, 0xba]), Buffer.from([0xa1, 10])],
      ['<13>ạ'],
    ],
    [
      'a plain line that begins with digits',
      ['2026-11-22T05:00:00Z host app: x\n'],
      ['2026-11-22T05:00:00Z host app: x'],
    ],
    ['digits only at first', ['12', '34 words\n'], ['1234 words']],
    ['a broken count goes on by line ends', [`${count('<13>a')}zzz <13>b\n<13>c\n`], ['<13>a', 'zzz <13>b', '<13>c']],
    ['blank lines', ['\n\n<13>x\n\n'], ['<13>x']],
  ];
  it.each(cases)('%s', async (_name, parts, texts) => {
    const world = await start();
    const socket = dial(world.collector);
    await send(socket, ...parts);
    await until(() => world.texts().length >= texts.length);
    expect(world.texts()).toEqual(texts);
    expect(world.lines().every((line) => line.flaw === undefined)).toBe(true);
  });

  it('what a connection leaves unfinished is kept and flagged', async () => {
    const world = await start();
    const plain = dial(world.collector);
    await send(plain, '<13>whole\n<13>half');
    plain.end();
    await until(() => world.texts().length === 2);
    const counted = dial(world.collector);
    await send(counted, '20 <13>short');
    counted.end();
    await until(() => world.texts().length === 3);
    expect(world.lines().map((line) => [line.text, line.flaw?.reason])).toEqual([
      ['<13>whole', undefined],
      ['<13>half', 'cut'],
      ['<13>short', 'cut'],
    ]);
  });

  it('bytes that are no UTF-8 are replaced and flagged, not refused', async () => {
    const world = await start();
    await send(dial(world.collector), Buffer.from([0x3c, 0x31, 0x33, 0x3e, 0xff, 0x41, 10]), '<13>fine\n');
    await until(() => world.texts().length === 2);
    expect(world.lines().map((line) => [line.text, line.flaw])).toEqual([
      ['<13>\ufffdA', { reason: 'not-utf8', fatal: false, bytes: 6 }],
      ['<13>fine', undefined],
    ]);
  });
});

describe('hostile TCP', () => {
  it('an endless line costs its bound and no more, and the stream goes on behind it', async () => {
    const world = await start({ lineBytesMax: 10_000 });
    const socket = dial(world.collector);
    const part = Buffer.alloc(1_000_000, 0x61);
    let most = 0;
    for (let i = 0; i < 60; i++) {
      await send(socket, part);
      most = Math.max(most, world.collector.stats().streams['syslog-tcp']?.heldBytes ?? 0);
    }
    await send(socket, '\n<13>after\n');
    await until(() => world.texts().includes('<13>after'));
    expect(most).toBeLessThan(100_000);
    expect(world.lines()[0]?.flaw).toEqual({ reason: 'too-long', fatal: true, bytes: 60_000_000 });
    expect(world.lines()[0]?.text).toHaveLength(4_096);
  });

  it('a count of gigabytes is not believed with memory', async () => {
    const world = await start({ lineBytesMax: 10_000 });
    const socket = dial(world.collector);
    await send(socket, '9999999999 <13>', Buffer.alloc(500_000, 0x61));
    await until(() => (world.collector.stats().streams['syslog-tcp']?.connections ?? 0) === 1);
    expect(world.collector.stats().streams['syslog-tcp']?.heldBytes).toBeLessThan(100_000);
    socket.end();
    await until(() => world.lines().length === 1);
    expect(world.lines()[0]?.flaw?.reason).toBe('too-long');
  });

  it('connections over the bound are refused, those before go on', async () => {
    const world = await start({ connectionsPerPeerMax: 3 });
    const first = dial(world.collector);
    await send(first, '<13>1\n');
    const others = [dial(world.collector), dial(world.collector)];
    await until(() => world.collector.stats().streams['syslog-tcp']?.connections === 3);
    const refused = dial(world.collector);
    await new Promise((resolve) => refused.once('close', resolve));
    expect(world.collector.stats().streams['syslog-tcp']).toMatchObject({ connections: 3, refusedConnections: 1 });
    others[0]?.destroy();
    await until(() => world.collector.stats().streams['syslog-tcp']?.connections === 2);
    await send(dial(world.collector), '<13>2\n');
    await send(first, '<13>3\n');
    await until(() => world.texts().length === 3);
  });

  it('an idle connection is closed', async () => {
    const world = await start({ idleMs: 30 });
    const socket = dial(world.collector);
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
  });

  it('a forged host name does not change the source', async () => {
    const world = await start();
    await send(dial(world.collector), '<13>Nov 22 05:00:00 domain-controller sshd[1]: hi\n');
    await until(() => world.texts().length === 1);
    expect(world.taken[0]).toMatchObject({ source: { id: 'source of 127.0.0.1' }, peer: '127.0.0.1' });
  });
});

describe('a belt that does not take', () => {
  it('the connection is not read, and not one line is lost, doubled or out of order', async () => {
    let isUp = false;
    const refused = new Set<number>();
    const world = await start({ connectionHeldBytesMax: 20_000, submitLinesMax: 50 }, async (s) => {
      if (isUp) return;
      refused.add(s.lines.length);
      throw new IntakeRefused('store-away', 1, 'away');
    });
    const socket = dial(world.collector);
    const all = Array.from({ length: 20_000 }, (_, n) => `<13>line ${n} ${'x'.repeat(300)}`);
    let written = false;
    socket.write(`${all.join('\n')}\n`, () => {
      written = true;
    });
    await until(() => (world.collector.stats().streams['syslog-tcp']?.paused ?? 0) === 1 && refused.size > 0);
    const held = world.collector.stats().streams['syslog-tcp']?.heldBytes ?? 0;
    expect(held).toBeLessThan(300_000);
    // The sender feels it: six megabytes do not fit into the sockets' own buffers and ours.
    expect(written).toBe(false);
    isUp = true;
    await until(() => world.texts().length >= all.length);
    expect(world.texts()).toEqual(all);
    expect(world.collector.stats().streams['syslog-tcp']).toMatchObject({
      receivedLines: 20_000,
      lostLines: 0,
      heldBytes: 0,
      paused: 0,
    });
  });

  it('lines that come together go to the belt together', async () => {
    const world = await start();
    await send(dial(world.collector), Array.from({ length: 50 }, (_, n) => `<13>${n}\n`).join(''));
    await until(() => world.texts().length === 50);
    expect(world.taken.length).toBe(1);
  });

  it('lines read before the peer left still arrive', async () => {
    let isUp = false;
    const world = await start({}, async () => {
      if (!isUp) throw new IntakeRefused('busy', 1, 'busy');
    });
    const socket = dial(world.collector);
    await send(socket, '<13>a\n<13>b\n');
    socket.end();
    await until(
      () =>
        world.collector.stats().streams['syslog-tcp']?.receivedLines === 2 &&
        world.collector.stats().streams['syslog-tcp']?.connections === 0,
    );
    isUp = true;
    await until(() => world.texts().length === 2);
    expect(world.texts()).toEqual(['<13>a', '<13>b']);
  });

  it('datagrams over the bound are dropped, counted and shown', async () => {
    let isUp = false;
    const world = await start({ udpHeldLinesMax: 10 }, async () => {
      if (!isUp) throw new IntakeRefused('busy', 1, 'busy');
    });
    const socket = createSocket('udp4');
    for (let n = 0; n < 25; n++) {
      await new Promise((resolve) =>
        socket.send(`<13>${n}`, world.collector.ports['syslog-udp'] ?? 0, '127.0.0.1', resolve),
      );
    }
    await until(() => world.collector.stats().datagrams['syslog-udp']?.received === 25);
    expect(world.collector.stats()).toMatchObject({
      droppedUdp: 15,
      datagrams: { 'syslog-udp': { received: 25, dropped: 15, heldLines: 10 } },
    });
    isUp = true;
    await until(() => world.texts().length === 10);
    expect(world.collector.stats().datagrams['syslog-udp']?.heldLines).toBe(0);
    socket.close();
  });

  it('closing hands over the line a connection had begun', async () => {
    const world = await start();
    const socket = dial(world.collector);
    await send(socket, '<13>whole\n<13>be');
    await until(
      () => (world.collector.stats().streams['syslog-tcp']?.heldBytes ?? 0) > 0 && world.texts().length === 1,
    );
    await world.collector.close();
    expect(world.texts()).toEqual(['<13>whole', '<13>be']);
  });

  it('closing hands over what was read', async () => {
    const world = await start({ udpGatherMs: 50 });
    const socket = createSocket('udp4');
    await new Promise((resolve) =>
      socket.send('<13>last words', world.collector.ports['syslog-udp'] ?? 0, '127.0.0.1', resolve),
    );
    await until(() => world.collector.stats().datagrams['syslog-udp']?.received === 1);
    await world.collector.close();
    expect(world.texts()).toEqual(['<13>last words']);
    socket.close();
  });
});

describe('UDP', () => {
  it.skipIf(!existsSync('/proc/net/udp'))('what the kernel drops is counted (needs /proc/net/udp)', async () => {
    const world = await start({ udpKernelBytes: 4_096 });
    const sender = [
      "const s=require('node:dgram').createSocket('udp4');let n=0;const m=Buffer.alloc(1000,65);",
      `(function f(){if(n++<2000)s.send(m,${world.collector.ports['syslog-udp']},'127.0.0.1',f);else s.close()})()`,
    ].join('');
    // Sent while this process does not read: its loop stands still until the sender is done.
    expect(spawnSync(process.execPath, ['-e', sender]).status).toBe(0);
    const counted = (): number => {
      const udp = world.collector.stats().datagrams['syslog-udp'];
      return (udp?.received ?? 0) + (udp?.droppedByKernel ?? 0);
    };
    await until(() => counted() === 2_000);
    const udp = world.collector.stats().datagrams['syslog-udp'];
    expect(udp?.droppedByKernel).toBeGreaterThan(0);
    expect(world.collector.stats().droppedUdp).toBe(udp?.dropped);
  });

  it('a datagram is a message, with its inner line ends, without padding', async () => {
    const world = await start();
    const socket = createSocket('udp4');
    for (const text of ['<13>one\n', '<13>two\nlines', '<13>three\0\0', '\n']) {
      await new Promise((resolve) => socket.send(text, world.collector.ports['syslog-udp'] ?? 0, '127.0.0.1', resolve));
    }
    await until(() => world.texts().length === 3);
    expect(world.texts().sort()).toEqual(['<13>one', '<13>three', '<13>two\nlines']);
    expect(world.taken[0]).toMatchObject({ transport: 'syslog-udp', peer: '127.0.0.1' });
    socket.close();
  });
});

const logger = '/usr/bin/logger';
describe.skipIf(!existsSync(logger))(`with ${logger} (skipped where it is not installed)`, () => {
  const forms: readonly (readonly [name: string, args: readonly string[], parser: string])[] = [
    ['UDP, RFC 5424', ['--udp', '--rfc5424'], 'syslog-5424'],
    ['UDP, RFC 3164', ['--udp', '--rfc3164'], 'syslog-3164'],
    ['TCP, RFC 5424', ['--tcp', '--rfc5424'], 'syslog-5424'],
    ['TCP, octet counting', ['--tcp', '--octet-count', '--rfc5424'], 'syslog-5424'],
    ['TCP, RFC 3164', ['--tcp', '--rfc3164'], 'syslog-3164'],
  ];
  it.each(forms)('%s', async (_name, args, parser) => {
    const world = await start();
    const port = args.includes('--udp')
      ? world.collector.ports['syslog-udp']
      : (world.collector.ports['syslog-tcp'] ?? 0);
    const message = 'Đăng nhập thất bại: user=hanh';
    const sent = spawn(logger, [
      '-n',
      '127.0.0.1',
      '-P',
      String(port),
      ...args,
      '-t',
      'qlvb',
      '-p',
      'auth.notice',
      message,
    ]);
    const status = await new Promise((resolve) => sent.once('exit', resolve));
    expect(status).toBe(0);
    await until(() => world.texts().length === 1);
    const now = Date.now();
    const event = readLine(world.texts()[0] ?? '', 'auto', now);
    expect(event).toMatchObject({
      parser,
      parseStatus: 'parsed',
      message,
      fields: { program: 'qlvb', facility: 'auth' },
    });
    expect(event.host).not.toBe('');
    expect(event.logsource).toMatchObject({ product: 'linux', services: ['syslog', 'auth'] });
    // 3164 names no zone: the machine's own may not be +07:00.
    if (parser === 'syslog-5424') expect(Math.abs((event.eventTimeMs ?? 0) - now)).toBeLessThan(3_600_000);
  });
});
