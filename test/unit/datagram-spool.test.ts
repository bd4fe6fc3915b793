import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import type { Handover } from '../../src/collect/datagram-spool/frame.ts';
import { type DatagramSpoolLimits, defaultDatagramSpoolLimits } from '../../src/collect/datagram-spool/limits.ts';
import { replayBatches } from '../../src/collect/datagram-spool/replay-batches.ts';
import { type DatagramSpool, openDatagramSpool } from '../../src/collect/datagram-spool/spool.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { unknownSource } from '../../src/register/index.ts';

const dirs: string[] = [];
const spools: DatagramSpool[] = [];
afterEach(async () => {
  for (const spool of spools.splice(0)) await spool.close();
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function freshDir(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'vonggac-datagrams-'));
  dirs.push(dir);
  return dir;
}

async function open(dir: string, limits: Partial<DatagramSpoolLimits> = {}, told: string[] = []) {
  const metrics = createMetrics();
  const spool = await openDatagramSpool({
    dir,
    limits: { ...defaultDatagramSpoolLimits, dropLogMs: 0, ...limits },
    clock: Date.now,
    log: pino({ level: 'info' }, { write: (line: string) => void told.push(line) }),
    metrics,
  });
  spools.push(spool);
  return { spool, metrics };
}

const noon = Date.UTC(2026, 10, 22, 5);

function handed(source: string, texts: readonly string[], more: Partial<Handover> = {}): Handover {
  const lines = texts.map((text, i) => ({ text, line: i + 1 }));
  return {
    source: { ...unknownSource, id: source },
    receivedTimeMs: noon,
    transport: 'syslog-udp',
    peer: '10.0.0.1',
    lines,
    ...more,
  };
}

/** Takes everything out, in the order of the replay. */
async function drain(spool: DatagramSpool): Promise<string[]> {
  const texts: string[] = [];
  for (let segment = await spool.next(); segment !== null; segment = await spool.next()) {
    for (const { handover } of await spool.read(segment)) texts.push(...handover.lines.map(({ text }) => text));
    await spool.remove(segment);
  }
  return texts;
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `<13>line ${i}`);
const placesIn = (dir: string): string[] => readdirSync(dir).map((name) => path.join(dir, name));

/** As a kill leaves it: what was synced, under the names it had then. */
async function killed(spool: DatagramSpool, dir: string): Promise<string> {
  await spool.next();
  const copy = freshDir();
  for (const part of ['refused', 'behind']) {
    const { cpSync } = await import('node:fs');
    cpSync(path.join(dir, part), path.join(copy, part), { recursive: true });
  }
  return copy;
}

describe('what comes out', () => {
  it('is what went in, in its order, over many segments', async () => {
    const { spool } = await open(freshDir(), { spoolSegmentBytes: 2_000 });
    for (const text of numbers(100)) expect(spool.put(handed('a', [text]), 'behind')).toBe(true);
    expect(spool.stats()).toMatchObject({ lines: 100, dropped: 0, failure: '' });
    expect(await drain(spool)).toEqual(numbers(100));
    expect(spool.stats()).toMatchObject({ lines: 0, bytes: 0, sinceMs: null });
  });

  it('begins with what the belt gave back, however late that was', async () => {
    const { spool } = await open(freshDir());
    spool.put(handed('a', ['<13>second']), 'behind');
    await spool.next();
    spool.put(handed('a', ['<13>third']), 'behind');
    spool.put(handed('a', ['<13>first']), 'refused');
    expect(await drain(spool)).toEqual(['<13>first', '<13>second', '<13>third']);
  });

  it('has its bytes, flaws, times and senders', async () => {
    const { spool } = await open(freshDir());
    const lines = [
      { text: '<13>a\nb \ufffd ế', line: 7, base64: '/w==', flaw: { reason: 'not-utf8', fatal: false, bytes: 9 } },
    ];
    const given = handed('a', [], {
      lines,
      receivedTimeMs: 1_700_000_000_123,
      peer: '2001:db8::1',
      transport: 'gelf-udp',
    });
    spool.put(given, 'behind');
    const segment = await spool.next();
    if (segment === null) throw new Error('nothing came out');
    const frames = await spool.read(segment);
    expect(frames).toEqual([{ index: 0, handover: given }]);
    const [batch] = replayBatches(segment.id, frames, 10).get('a') ?? [];
    expect(batch?.lines).toEqual([
      { ...lines[0], arrival: { receivedTimeMs: 1_700_000_000_123, peer: '2001:db8::1' } },
    ]);
  });

  it('a source is held from its first line to the last one taken away', async () => {
    const { spool } = await open(freshDir());
    expect(spool.holds('a')).toBe(false);
    spool.put(handed('a', ['<13>x']), 'behind');
    expect([spool.holds('a'), spool.holds('b')]).toEqual([true, false]);
    const segment = await spool.next();
    expect(spool.holds('a')).toBe(true);
    if (segment !== null) await spool.remove(segment);
    expect(spool.holds('a')).toBe(false);
  });
});

describe('batches of a segment', () => {
  const frames = [
    handed('a', ['1', '2']),
    handed('b', ['x'], { peer: '10.0.0.2' }),
    handed('a', ['3'], { peer: '10.0.0.3' }),
    handed('a', ['4'], { receivedTimeMs: Date.UTC(2026, 10, 23) }),
    handed('a', ['5', '6', '7'], { receivedTimeMs: Date.UTC(2026, 10, 23) }),
  ].map((handover, index) => ({ index, handover }));

  it('are of one source and one day, bounded, and their keys follow from the segment', () => {
    const batches = replayBatches('seg', frames, 3);
    const short = (id: string) =>
      batches.get(id)?.map(({ key, lines }) => [key, lines.map(({ text }) => text).join('')]);
    expect(short('a')).toEqual([
      ['datagrams seg 0', '123'],
      ['datagrams seg 3', '4'],
      ['datagrams seg 4', '567'],
    ]);
    expect(short('b')).toEqual([['datagrams seg 1', 'x']]);
    expect(replayBatches('seg', frames, 3)).toEqual(batches);
  });

  it('do not change their keys when a frame before them is damaged', () => {
    const keys = replayBatches('seg', frames.slice(1), 3)
      .get('a')
      ?.map(({ key }) => key);
    expect(keys?.slice(1)).toEqual(['datagrams seg 3', 'datagrams seg 4']);
  });
});

describe('bounds', () => {
  it('a full spool keeps the oldest, drops the newest, and says so', async () => {
    const told: string[] = [];
    const { spool, metrics } = await open(freshDir(), { spoolBytesMax: 3_000, spoolSourceShare: 1 }, told);
    const kept = numbers(100).filter((text) => spool.put(handed('a', [text]), 'behind'));
    expect(kept.length).toBeGreaterThan(3);
    expect(kept).toEqual(numbers(kept.length));
    expect(spool.stats()).toMatchObject({ lines: kept.length, dropped: 100 - kept.length });
    expect(spool.stats().bytes).toBeLessThanOrEqual(3_000);
    expect(told.some((line) => line.includes('"reason":"full"'))).toBe(true);
    expect(await metrics.text()).toContain(`spool_dropped_total{reason="full"} ${100 - kept.length}`);
    expect(await drain(spool)).toEqual(kept);
    expect(spool.put(handed('a', ['<13>room again']), 'behind')).toBe(true);
  });

  it('a flooding source leaves room for the others', async () => {
    const { spool } = await open(freshDir(), { spoolBytesMax: 8_000 });
    for (const text of numbers(100)) spool.put(handed('flood', [text]), 'behind');
    expect(spool.stats().bytes).toBeLessThanOrEqual(4_000);
    expect(spool.put(handed('quiet', ['<13>still heard']), 'behind')).toBe(true);
  });

  it('a disk slower than what comes is a bound too', async () => {
    const { spool } = await open(freshDir(), { spoolPendingBytesMax: 1_000 });
    const kept = numbers(50).filter((text) => spool.put(handed('a', [text]), 'behind'));
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(50);
    expect(await drain(spool)).toEqual(kept);
  });
});

describe('after a kill', () => {
  it('what was synced is there, counted, and its keys are the same', async () => {
    const dir = freshDir();
    const first = await open(dir, { spoolSegmentBytes: 2_000 });
    for (const text of numbers(40)) first.spool.put(handed('a', [text]), 'behind');
    const before = await first.spool.next();
    const again = await open(await killed(first.spool, dir));
    expect(again.spool.stats()).toMatchObject({ lines: 40, bytes: first.spool.stats().bytes });
    expect((await again.spool.next())?.id).toBe(before?.id);
    // Whose lines they are is not known yet.
    expect(again.spool.holds('anyone')).toBe(true);
    again.spool.put(handed('a', ['<13>after']), 'behind');
    expect(await drain(again.spool)).toEqual([...numbers(40), '<13>after']);
    expect(again.spool.holds('anyone')).toBe(false);
  });

  const damages: readonly (readonly [name: string, damage: (place: string) => void, left: number, dropped: number])[] =
    [
      ['half a frame at the end', (place) => appendFileSync(place, '0123456789abcdef {"source'), 5, 0],
      ['zeros at the end, as a power cut leaves', (place) => appendFileSync(place, Buffer.alloc(4_096)), 5, 0],
      ['garbage with line ends at the end', (place) => appendFileSync(place, '\n\n\u0000\nx y\n'), 5, 0],
      ['the last frame cut', (place) => truncateSync(place, readFileSync(place).length - 3), 4, 0],
      ['cut to nothing', (place) => truncateSync(place, 0), 0, 0],
      [
        'a flipped bit in the middle',
        (place) => {
          const bytes = readFileSync(place);
          bytes[Math.floor(bytes.length / 2)] = 1;
          writeFileSync(place, bytes);
        },
        4,
        0,
      ],
    ];
  it.each(damages)('a segment that was being written: %s', async (_name, damage, left, dropped) => {
    const dir = freshDir();
    const { spool } = await open(dir, { spoolSyncMs: 1 });
    for (const text of numbers(5)) spool.put(handed('a', [text]), 'behind');
    await spool.close();
    const behind = path.join(dir, 'behind');
    const [place = ''] = placesIn(behind);
    const opened = place.replace(/-\d+\.closed$/, '.open');
    writeFileSync(opened, readFileSync(place));
    rmSync(place);
    damage(opened);
    const again = await open(dir);
    expect(again.spool.stats()).toMatchObject({ lines: left });
    again.spool.put(handed('a', ['<13>after']), 'behind');
    const out = await drain(again.spool);
    expect(out).toHaveLength(left + 1);
    expect(out.at(-1)).toBe('<13>after');
    expect(again.spool.stats()).toMatchObject({ lines: 0, bytes: 0, dropped });
    expect(placesIn(behind)).toEqual([]);
  });

  it('a damaged frame of a closed segment costs itself, and is counted', async () => {
    const dir = freshDir();
    const { spool } = await open(dir);
    for (const text of numbers(5)) spool.put(handed('a', [text]), 'behind');
    await spool.close();
    const [place = ''] = placesIn(path.join(dir, 'behind'));
    const bytes = readFileSync(place);
    bytes[Math.floor(bytes.length / 2)] = 1;
    writeFileSync(place, bytes);
    const told: string[] = [];
    const again = await open(dir, {}, told);
    expect(await drain(again.spool)).toEqual(numbers(5).filter((_, i) => i !== 2));
    expect(again.spool.stats()).toMatchObject({ lines: 0, bytes: 0, dropped: 1 });
    expect(told.some((line) => line.includes('"reason":"damaged"'))).toBe(true);
  });
});
