import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { IntakeRefused } from '../../src/model/source.ts';
import { type ListenersWorld, sendParts, startListeners } from '../harness/listeners.ts';
import { until } from '../harness/poll.ts';

const open: ListenersWorld[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

async function start(o: Partial<Parameters<typeof startListeners>[0]> = {}): Promise<ListenersWorld> {
  const world = await startListeners({ listen: ['relp'], ...o });
  open.push(world);
  return world;
}

/** A socket with everything it answered. */
async function dial(
  world: ListenersWorld,
): Promise<{ readonly socket: Socket; said(): string; readonly closed: Promise<unknown> }> {
  const socket = await world.dial('relp');
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  return { socket, said: () => text, closed: new Promise((resolve) => socket.once('close', resolve)) };
}

const frame = (txnr: number, command: string, data = ''): string =>
  data === '' ? `${txnr} ${command} 0\n` : `${txnr} ${command} ${Buffer.byteLength(data)} ${data}\n`;
const hello = frame(1, 'open', 'relp_version=0\nrelp_software=test\ncommands=syslog');

/** Frames of an answer: number, command, data. */
function answers(text: string): string[][] {
  const out: string[][] = [];
  for (let rest = Buffer.from(text); rest.length > 0; ) {
    const [, txnr = '', command = '', length = '0'] = /^(\d+) (\w+) (\d+)/.exec(rest.toString()) ?? [];
    if (command === '') throw new Error(`no frame: ${rest}`);
    const head = `${txnr} ${command} ${length}`.length + (length === '0' ? 0 : 1);
    out.push([txnr, command, rest.toString('utf8', head, head + Number(length))]);
    rest = rest.subarray(head + Number(length) + 1);
  }
  return out;
}

describe('RELP', () => {
  it('opens, takes, answers in order, closes', async () => {
    const world = await start();
    const { socket, said, closed } = await dial(world);
    await sendParts(
      socket,
      hello,
      frame(2, 'syslog', '<13>một') + frame(3, 'syslog', '<13>two\nlines'),
      frame(4, 'close'),
    );
    await closed;
    expect(answers(said())).toEqual([
      ['1', 'rsp', '200 OK\nrelp_version=0\nrelp_software=vonggac\ncommands=syslog'],
      ['2', 'rsp', '200 OK'],
      ['3', 'rsp', '200 OK'],
      ['4', 'rsp', ''],
      ['0', 'serverclose', ''],
    ]);
    expect(world.texts()).toEqual(['<13>một', '<13>two\nlines']);
    expect(world.taken[0]).toMatchObject({ transport: 'relp', peer: '127.0.0.1' });
  });

  it('half frames, in single bytes', async () => {
    const world = await start();
    const { socket, said } = await dial(world);
    await sendParts(
      socket,
      ...[...Buffer.from(hello + frame(2, 'syslog', '<13>ạb'))].map((byte) => Buffer.from([byte])),
    );
    await until(said, (text) => answers(text).length === 2);
    expect(world.texts()).toEqual(['<13>ạb']);
  });

  it('answers nothing before the store has the lines, and then all', async () => {
    let isUp = false;
    const world = await start({
      answer: async () => {
        if (!isUp) throw new IntakeRefused('store-away', 1, 'away');
      },
    });
    const { socket, said } = await dial(world);
    await sendParts(socket, hello, frame(2, 'syslog', 'a'), frame(3, 'syslog', 'b'), frame(4, 'close'));
    await until(said, (text) => answers(text).length === 1);
    await until(
      () => world.listeners.stats().streams.relp?.receivedLines,
      (count) => count === 2,
    );
    expect(answers(said())).toHaveLength(1);
    isUp = true;
    await until(said, (text) => answers(text).length === 5);
    expect(answers(said()).map(([txnr]) => txnr)).toEqual(['1', '2', '3', '4', '0']);
    expect(world.texts()).toEqual(['a', 'b']);
  });

  it('a sender whose lines cannot be stored is not read beyond the bound', async () => {
    let isUp = false;
    const world = await start({
      limits: { connectionHeldBytesMax: 20_000, submitLinesMax: 50 },
      answer: async () => {
        if (!isUp) throw new IntakeRefused('busy', 1, 'busy');
      },
    });
    const { socket, said } = await dial(world);
    const count = 10_000;
    socket.write(
      hello + Array.from({ length: count }, (_, n) => frame(n + 2, 'syslog', `${n} ${'x'.repeat(600)}`)).join(''),
    );
    await until(
      () => world.listeners.stats().streams.relp?.paused,
      (paused) => paused === 1,
    );
    expect(world.listeners.stats().streams.relp?.heldBytes).toBeLessThan(300_000);
    isUp = true;
    await until(said, (text) => text.includes(`${count + 1} rsp 6 200 OK\n`));
    expect(world.texts().map((text) => Number(text.split(' ')[0]))).toEqual([...Array(count).keys()]);
    expect(world.listeners.stats().streams.relp).toMatchObject({ heldBytes: 0, paused: 0, lostLines: 0 });
  });

  it('what was not answered when the connection broke is not taken, so the repeat is stored once', async () => {
    let isUp = false;
    const world = await start({
      answer: async () => {
        if (!isUp) throw new IntakeRefused('busy', 1, 'busy');
      },
    });
    const first = await dial(world);
    await sendParts(first.socket, hello, frame(2, 'syslog', 'a'), frame(3, 'syslog', 'b'));
    await until(
      () => world.listeners.stats().streams.relp?.receivedLines,
      (count) => count === 2,
    );
    first.socket.destroy();
    await until(
      () => world.listeners.stats().streams.relp?.heldBytes,
      (bytes) => bytes === 0,
    );
    isUp = true;
    const second = await dial(world);
    await sendParts(second.socket, hello, frame(2, 'syslog', 'a'), frame(3, 'syslog', 'b'));
    await until(second.said, (text) => answers(text).length === 3);
    expect(world.texts()).toEqual(['a', 'b']);
  });

  it('closing the platform answers what was read and says goodbye', async () => {
    const world = await start();
    const { socket, said, closed } = await dial(world);
    await sendParts(socket, hello, frame(2, 'syslog', 'a'));
    await until(
      () => world.listeners.stats().streams.relp?.receivedLines,
      (count) => count === 1,
    );
    await world.listeners.close();
    await closed;
    expect(answers(said()).map(([txnr, command]) => `${txnr} ${command}`)).toEqual(['1 rsp', '2 rsp', '0 serverclose']);
  });

  it('joined lines are answered when their record is stored', async () => {
    const world = await start({ source: { parser: 'java' } });
    const { socket, said } = await dial(world);
    const lines = ['2026-11-22 09:15:02,123 ERROR [main] a.B: no', 'java.lang.Error: no', '\tat a.B.c(B.java:1)'];
    await sendParts(socket, hello, ...lines.map((line, n) => frame(n + 2, 'syslog', line)));
    await until(said, (text) => answers(text).length === 4);
    expect(world.texts()).toEqual([lines.join('\n')]);
  });

  it('a blank message is answered, too', async () => {
    const world = await start();
    const { socket, said } = await dial(world);
    await sendParts(socket, hello, frame(2, 'syslog'), frame(3, 'syslog', 'x'));
    await until(said, (text) => answers(text).length === 3);
    expect(world.texts()).toEqual(['x']);
  });
});

describe('hostile RELP', () => {
  it.each([
    ['no RELP at all', '<13>Nov 22 05:00:00 h a: x\n', 'no frame begins with'],
    ['a header without end', '9'.repeat(500), 'has no header'],
    ['a message before open', frame(1, 'syslog', 'x'), 'open first'],
    ['an unknown command', `${hello}${frame(2, 'starttls')}`, 'unknown command starttls'],
    ['a frame longer than it says', `${hello}2 syslog 3 abcdef\n`, 'longer than it says'],
    ['a frame shorter than it says', `${hello}2 syslog 3\n`, 'shorter than it says'],
    ['NULs', Buffer.alloc(1_000), 'has no header'],
  ])('%s ends the connection, with the reason in the log', async (_name, bytes, reason) => {
    const world = await start();
    const { socket, closed } = await dial(world);
    socket.write(bytes);
    await closed;
    expect(world.told.join('')).toContain(reason);
    expect(world.texts()).toEqual([]);
  });

  it('a message of gigabytes costs its bound, is a dead letter, and is answered', async () => {
    const world = await start({ limits: { lineBytesMax: 10_000 } });
    const { socket, said } = await dial(world);
    const size = 60_000_000;
    await sendParts(socket, hello, `2 syslog ${size} `);
    let most = 0;
    for (let sent = 0; sent < size; sent += 1_000_000) {
      await sendParts(socket, Buffer.alloc(1_000_000, 0x61));
      most = Math.max(most, world.listeners.stats().streams.relp?.heldBytes ?? 0);
    }
    await sendParts(socket, '\n', frame(3, 'syslog', 'after'));
    await until(said, (text) => answers(text).length === 3);
    expect(most).toBeLessThan(100_000);
    expect(world.lines()[0]?.flaw).toEqual({ reason: 'too-long', fatal: true, bytes: size });
    expect(world.texts()[1]).toBe('after');
  });

  it('a sender that never reads its answers is not read either, others are', async () => {
    const world = await start();
    const greedy = await world.dial('relp');
    greedy.pause();
    let isBlocked = false;
    greedy.write(hello);
    for (let n = 2; !isBlocked && n < 3_000_000; n += 1_000) {
      const frames = Array.from({ length: 1_000 }, (_, k) => frame(n + k, 'syslog', 'x')).join('');
      isBlocked = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(true), 1_000);
        greedy.write(frames, () => {
          clearTimeout(timer);
          resolve(false);
        });
      });
    }
    expect(isBlocked).toBe(true);
    const other = await dial(world);
    await sendParts(other.socket, hello, frame(2, 'syslog', 'unharmed'));
    await until(other.said, (text) => answers(text).length === 2);
  });
});
