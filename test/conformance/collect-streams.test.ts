import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { unknownSource } from '../../src/register/index.ts';
import { type ListenersWorld, sendParts, startListeners } from '../harness/listeners.ts';
import { until } from '../harness/poll.ts';
import { readLine } from '../harness/read-line.ts';

const open: ListenersWorld[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const world of open.splice(0)) await world.close();
});

async function start(o: Partial<Parameters<typeof startListeners>[0]> = {}): Promise<ListenersWorld> {
  const world = await startListeners({ listen: ['syslog-tcp'], ...o });
  open.push(world);
  return world;
}

const trace = [
  '22-Nov-2026 09:15:02.123 SEVERE [http-nio-8080-exec-7] vn.gov.qlvb.Servlet.service không mở được văn bản',
  'java.lang.IllegalStateException: closed',
  '\tat vn.gov.qlvb.Store.open(Store.java:42)',
];
const next = '22-Nov-2026 09:15:03.000 INFO [main] vn.gov.qlvb.Start.main sẵn sàng';

describe('records of several lines on a connection', () => {
  it('are joined for a source pinned to their format, across segments, and the last one after a while', async () => {
    const world = await start({ source: { parser: 'java' } });
    const socket = await world.dial('syslog-tcp');
    const bytes = Buffer.from(`${trace.join('\n')}\n${next}\n`);
    await sendParts(socket, bytes.subarray(0, 100), bytes.subarray(100, 180), bytes.subarray(180));
    await until(world.texts, (texts) => texts.length === 2);
    expect(world.texts()).toEqual([trace.join('\n'), next]);
    const event = readLine(world.texts()[0] ?? '', 'java', 0);
    expect(event.fields).toMatchObject({ 'exception.type': 'java.lang.IllegalStateException' });
  });
  it('two connections of one source do not mix', async () => {
    const world = await start({ source: { parser: 'java' } });
    const [a, b] = [await world.dial('syslog-tcp'), await world.dial('syslog-tcp')];
    await sendParts(a, `${trace[0]}\n`);
    await sendParts(b, `${next}\n`);
    await sendParts(a, `${trace[1]}\n${trace[2]}\n`);
    await until(world.texts, (texts) => texts.length === 2);
    expect([...world.texts()].sort()).toEqual([trace.join('\n'), next].sort());
  });
  it('keep the bytes of lines that are no UTF-8', async () => {
    const world = await start({ source: { parser: 'java' } });
    const socket = await world.dial('syslog-tcp');
    const odd = Buffer.from([0x09, 0x61, 0x74, 0x20, 0xff, 0x0a]);
    await sendParts(socket, Buffer.concat([Buffer.from(`${trace[0]}\n`), odd]));
    await until(world.lines, (lines) => lines.length === 1);
    const [line] = world.lines();
    expect(line?.flaw?.reason).toBe('not-utf8');
    expect(Buffer.from(line?.base64 ?? '', 'base64')).toEqual(
      Buffer.concat([Buffer.from(`${trace[0]}\n`), odd.subarray(0, 5)]),
    );
  });
  it('a connection that breaks gives out what it held', async () => {
    const world = await start({ source: { parser: 'java' }, limits: { recordWaitMs: 60_000 } });
    const socket = await world.dial('syslog-tcp');
    await sendParts(socket, `${trace.join('\n')}\n`);
    socket.end();
    await until(world.texts, (texts) => texts.length === 1);
    expect(world.texts()).toEqual([trace.join('\n')]);
    expect(world.listeners.stats().streams['syslog-tcp']?.heldBytes).toBe(0);
  });
  it('a line that is too long belongs to none', async () => {
    const world = await start({ source: { parser: 'java' }, limits: { lineBytesMax: 100_000 } });
    await sendParts(await world.dial('syslog-tcp'), `${trace[0]}\n${'x'.repeat(300_000)}\n${trace[1]}\n`);
    await until(world.texts, (texts) => texts.length === 3);
    expect(world.lines().map((line) => line.flaw?.reason)).toEqual([undefined, 'too-long', undefined]);
  });
  it('endless lines without a beginning are cut at the bound, and none is lost', async () => {
    const world = await start({ source: { parser: 'java' } });
    const lines = Array.from({ length: 5_000 }, (_, n) => `\tat no.Beginning(${n})`);
    await sendParts(await world.dial('syslog-tcp'), `${lines.join('\n')}\n`);
    await until(
      () => world.texts().join('\n').split('\n').length,
      (count) => count === lines.length,
    );
    expect(world.texts().join('\n')).toBe(lines.join('\n'));
    expect(world.texts().length).toBe(10);
  });
});

const fields = '#Fields: date time c-ip cs-method cs-uri-stem sc-status x-tuỳ';
const row = '2026-11-22 02:15:02 10.20.14.9 GET /vanban 200 a';

describe('headers on a connection', () => {
  const rows: readonly (readonly [string, string, string, readonly string[], string, object])[] = [
    ['W3C', 'w3c', fields, [row], fields, { 'c-ip': '10.20.14.9', 'x-tuỳ': 'a' }],
    ['IIS', 'iis', fields, [row], fields, { 'c-ip': '10.20.14.9', 'x-tuỳ': 'a' }],
    [
      'CSV',
      'csv',
      'time,user,action',
      ['2026-11-22 09:15:02,hanh,login'],
      'time,user,action',
      { user: 'hanh', action: 'login' },
    ],
    [
      'Zeek',
      'zeek',
      '#separator \\x09\n#path\tweird\n#fields\tts\tuid\tname',
      ['1795323600.000000\tCabc\tbad_checksum'],
      '#path\tweird\n#fields\tts\tuid\tname',
      { uid: 'Cabc', name: 'bad_checksum', _path: 'weird' },
    ],
  ];
  it.each(rows)(
    '%s: the line alone is kept, and read under its header, after a reconnect too',
    async (_name, parser, header, lines, kept, read) => {
      const world = await start({ source: { parser } });
      const first = await world.dial('syslog-tcp');
      await sendParts(first, `${header}\n`, `${lines.join('\n')}\n`);
      await until(world.texts, (texts) => texts.length === lines.length);
      first.destroy();
      await sendParts(await world.dial('syslog-tcp'), `${lines.join('\n')}\n`);
      await until(world.texts, (texts) => texts.length === 2 * lines.length);
      expect(world.texts()).toEqual([...lines, ...lines]);
      for (const line of world.lines()) {
        expect(line.header).toBe(kept);
        const event = readLine(line.text, parser, 0, line.header);
        expect(event.parseStatus).toBe('parsed');
        expect(event.fields).toMatchObject(read);
      }
    },
  );
  it('the header of one source is not another’s', async () => {
    let id = 'a';
    const world = await start({ sourceOf: () => ({ ...unknownSource, id, parser: 'w3c' }) });
    await sendParts(await world.dial('syslog-tcp'), `${fields}\n${row}\n`);
    await until(world.texts, (texts) => texts.length === 1);
    id = 'b';
    await sendParts(await world.dial('syslog-tcp'), `${row}\n`);
    await until(world.texts, (texts) => texts.length === 2);
    expect(world.lines().map((line) => line.header)).toEqual([fields, undefined]);
  });
  it('a source that is not pinned keeps such lines as they are', async () => {
    const world = await start();
    await sendParts(await world.dial('syslog-tcp'), `${fields}\n${row}\n`);
    await until(world.texts, (texts) => texts.length === 2);
    expect(world.texts()).toEqual([fields, row]);
  });
});

describe('a source registered while its connection is open', () => {
  it('counts from then on, without a reconnect', async () => {
    let id = 'unknown';
    const world = await start({ sourceOf: () => ({ ...unknownSource, id }), limits: { sourceMs: 0 } });
    const socket = await world.dial('syslog-tcp');
    await sendParts(socket, '<13>1\n');
    await until(world.texts, (texts) => texts.length === 1);
    id = 'fw';
    await sendParts(socket, '<13>2\n');
    await until(world.texts, (texts) => texts.length === 2);
    expect(world.taken.map(({ source }) => source.id)).toEqual(['unknown', 'fw']);
  });
});

describe('hostile connections', () => {
  it('2,500 at once: those over the bound are refused, counted and told once; the others go on', async () => {
    const world = await start({ limits: { connectionsMax: 1_000, connectionsPerPeerMax: 10_000 } });
    const first = await world.dial('syslog-tcp');
    let closed = 0;
    const one = async (): Promise<void> => {
      const socket = connect(world.listeners.ports['syslog-tcp'] ?? 0, '127.0.0.1');
      sockets.push(socket);
      socket
        .resume()
        .on('error', () => undefined)
        .once('close', () => {
          closed += 1;
        });
      await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
    };
    // No faster than the kernel's queue of new connections takes them.
    for (let n = 0; n < 2_500; n += 100) await Promise.all(Array.from({ length: 100 }, one));
    const stats = () => world.listeners.stats().streams['syslog-tcp'];
    await until(stats, (seen) => seen?.refusedConnections === 1_501);
    await until(
      () => closed,
      (count) => count === 1_501,
    );
    expect(stats()?.connections).toBe(1_000);
    await sendParts(first, '<13>unharmed\n');
    await until(world.texts, (texts) => texts.length === 1);
    expect(world.told.filter((line) => line.includes('too many'))).toHaveLength(1);
    expect(await world.metrics.text()).toContain(
      'collect_stream_refused_total{transport="syslog-tcp",reason="too-many"} 1501',
    );
  });

  it('slowloris: many that trickle hold next to nothing, and others are unharmed', async () => {
    const world = await start({ limits: { connectionsPerPeerMax: 500 } });
    const slow = await Promise.all(Array.from({ length: 400 }, () => world.dial('syslog-tcp')));
    for (const byte of '<13>never') await Promise.all(slow.map((socket) => sendParts(socket, byte)));
    const socket = await world.dial('syslog-tcp');
    await sendParts(socket, '<13>unharmed\n');
    await until(world.texts, (texts) => texts.length === 1);
    await until(
      () => world.listeners.stats().streams['syslog-tcp']?.heldBytes,
      (bytes) => bytes === 400 * '<13>never'.length,
    );
  });

  it('a hundred endless lines at once cost their bounds', async () => {
    const world = await start({ limits: { lineBytesMax: 10_000, connectionsPerPeerMax: 200 } });
    const all = await Promise.all(Array.from({ length: 100 }, () => world.dial('syslog-tcp')));
    const part = Buffer.alloc(200_000, 0x61);
    for (let n = 0; n < 5; n++) await Promise.all(all.map((socket) => sendParts(socket, part)));
    await until(
      () => world.listeners.stats().streams['syslog-tcp']?.heldBytes ?? 0,
      (bytes) => bytes >= 100 * 4_096,
    );
    expect(world.listeners.stats().streams['syslog-tcp']?.heldBytes).toBeLessThan(100 * 20_000);
  });

  it.each([
    ['deep JSON', Buffer.from(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`)],
    ['NULs in a line', Buffer.from(`<13>Nov 22 05:00:00 h a: x${'\0'.repeat(5)}y`)],
    ['invalid UTF-8', Buffer.from([0x3c, 0x31, 0x33, 0x3e, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xff])],
    ['lone surrogates', Buffer.from('{"a":"\\ud800"}')],
    ['control characters', Buffer.from('\x01\x02\x1b[2J\x7f')],
  ])('%s is taken as it is or as pieces, and what follows is whole', async (_name, bytes) => {
    const world = await start();
    await sendParts(await world.dial('syslog-tcp'), Buffer.concat([bytes, Buffer.from('\n<13>after\n')]));
    await until(world.texts, (texts) => texts.at(-1) === '<13>after');
    for (const { text } of world.lines()) expect(() => readLine(text, 'auto', 0)).not.toThrow();
  });

  it('lines in front of which a forged header claims another’s name stay the peer’s', async () => {
    const world = await start();
    await sendParts(
      await world.dial('syslog-tcp'),
      '<13>1 2026-11-22T05:00:00Z dc01.ubnd.example sshd - - [origin ip="10.1.1.1"] x\nPROXY TCP4 10.1.1.1 10.1.1.2 1 2\r\n',
    );
    await until(world.texts, (texts) => texts.length === 2);
    expect(new Set(world.taken.map(({ source, peer }) => `${source.id} ${peer}`))).toEqual(
      new Set(['source of 127.0.0.1 127.0.0.1']),
    );
  });
});
