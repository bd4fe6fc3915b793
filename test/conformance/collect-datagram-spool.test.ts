import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createLineHeaders } from '../../src/collect/line-headers.ts';
import { openListeners } from '../../src/collect/stream-listeners.ts';
import { IntakeRefused } from '../../src/model/source.ts';
import { createLog } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { type CollectWorld, sourceNamed, startCollectWorld } from '../harness/collect-world.ts';
import { datagramSender } from '../harness/datagram-sender.ts';
import { type ListenersWorld, startListeners } from '../harness/listeners.ts';
import { until } from '../harness/poll.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function freshDir(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'vonggac-datagrams-'));
  closers.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function senderTo(world: { readonly listeners: CollectWorld['listeners'] }, address: string) {
  const sender = await datagramSender(address, () => world.listeners.ports['syslog-udp'] ?? 0);
  closers.push(() => sender.close());
  return sender;
}

const received = (world: { readonly listeners: CollectWorld['listeners'] }): number =>
  world.listeners.stats().datagrams['syslog-udp']?.received ?? 0;
const spooled = (world: { readonly listeners: CollectWorld['listeners'] }): number =>
  world.listeners.stats().spool?.lines ?? 0;

describe('the real belt and the real ClickHouse', { timeout: 300_000 }, () => {
  const addresses = ['127.0.0.11', '127.0.0.12', '127.0.0.13'];
  const idOf = (address: string): string => `device-${address}`;

  it('ClickHouse killed and silenced under load: every datagram once, in the order of its source, with its time', async () => {
    const world = await startCollectWorld({
      listen: ['syslog-udp'],
      sources: addresses.map((address) => sourceNamed(idOf(address), { addresses: [address] })),
      spoolDir: freshDir(),
      limits: { spoolAfterMs: 100, spoolSegmentBytes: 64 * 1024 },
    });
    closers.push(() => world.close());
    const senders = await Promise.all(addresses.map((address) => senderTo(world, address)));
    const sent: string[] = [];
    const spooledAt: number[] = [];
    /** By when so many had come. */
    const cameBy: { readonly count: number; readonly atMs: number }[] = [{ count: 0, atMs: Date.now() }];

    /** Sends from all until `isEnough`, at most so much at a time that the kernel drops nothing. */
    async function load(isEnough: () => boolean): Promise<void> {
      while (!isEnough()) {
        const text = `<13>Nov 22 05:00:00 host app: n=${sent.length}`;
        sent.push(text);
        await Promise.all(senders.map((sender) => sender.send(text)));
        await until(
          () => received(world),
          (count) => count >= sent.length * senders.length - 300,
        );
      }
    }

    async function noteArrivals(): Promise<void> {
      const inHand = (): number => world.listeners.stats().datagrams['syslog-udp']?.heldLines ?? 0;
      await until(() => received(world) === sent.length * senders.length && inHand() === 0, Boolean);
      cameBy.push({ count: sent.length, atMs: Date.now() });
    }

    const more = (count: number): (() => boolean) => {
      const goal = sent.length + count;
      return () => sent.length >= goal;
    };
    await load(more(100));
    for (let round = 0; round < 4; round++) {
      const pid = world.pid;
      if (pid === null) throw new Error('no child of ours to kill');
      process.kill(pid, round === 3 ? 'SIGSTOP' : 'SIGKILL');
      await load(() => spooled(world) > 0);
      spooledAt.push(spooled(world));
      await load(more(300));
      await noteArrivals();
      if (round === 3) process.kill(pid, 'SIGCONT');
      // The next round begins while the replay is under way.
      else
        await until(
          () => world.pid,
          (now) => now !== null && now !== pid,
        );
    }
    await until(
      () => spooled(world),
      (lines) => lines === 0,
      120_000,
    );
    await load(more(50));
    await noteArrivals();
    await until(
      async () => (await world.stored()).length,
      (rows) => rows >= sent.length * senders.length,
    );

    expect(spooledAt.every((lines) => lines > 0)).toBe(true);
    expect(world.listeners.stats()).toMatchObject({ droppedUdp: 0, spool: { lines: 0, bytes: 0, dropped: 0 } });
    for (const address of addresses) {
      const commits = new Map(world.commits().map((id, i) => [id, i]));
      const rows = [...(await world.stored(idOf(address)))];
      rows.sort((x, y) => (commits.get(x.batch) ?? 0) - (commits.get(y.batch) ?? 0));
      expect(rows.map(({ raw }) => raw)).toEqual(sent);
      for (const [i, { count, atMs }] of cameBy.entries()) {
        const times = rows.slice(cameBy[i - 1]?.count ?? 0, count).map(({ receivedTimeMs }) => receivedTimeMs);
        expect(times).toEqual([...times].sort((x, y) => x - y));
        expect(times.every((time) => time >= (cameBy[i - 1]?.atMs ?? 0) && time <= atMs)).toBe(true);
      }
    }
  });

  it('killed between storing and taking away: the same spool handed over again stores nothing twice', async () => {
    const dir = freshDir();
    const world = await startCollectWorld({ listen: ['syslog-udp'], spoolDir: dir, limits: { spoolAfterMs: 50 } });
    closers.push(() => world.close());
    const sender = await senderTo(world, '127.0.0.1');
    const { pid } = world;
    if (pid === null) throw new Error('no child of ours to stop');
    process.kill(pid, 'SIGSTOP');
    const texts = Array.from({ length: 100 }, (_, i) => `<13>Nov 22 05:00:00 host app: n=${i}`);
    for (const [i, text] of texts.entries()) {
      await sender.send(text);
      await until(
        () => received(world),
        (count) => count > i,
      );
    }
    await until(
      () => world.listeners.stats().datagrams['syslog-udp']?.heldLines,
      (held) => held === 0,
    );
    const lines = await until(
      () => spooled(world),
      (count) => count > 0,
    );
    // What lies there now is what a kill would leave, once it is synced.
    const left = freshDir();
    await until(
      () => {
        rmSync(left, { recursive: true });
        cpSync(dir, left, { recursive: true });
        return readdirSync(path.join(left, 'behind')).map((name) =>
          readFileSync(path.join(left, 'behind', name), 'utf8'),
        );
      },
      (segments) => segments.join('').includes(texts.at(-1) ?? ''),
    );
    process.kill(pid, 'SIGCONT');
    await until(
      async () => (await world.stored()).length,
      (rows) => rows === texts.length,
    );
    const again = await openListeners({
      ...{ intake: world.intake, sourceOf: () => sourceNamed('unknown'), headers: createLineHeaders(), listen: {} },
      ...{ tls: null, spoolDir: left, clock: Date.now, log: createLog('silent'), metrics: createMetrics() },
    });
    closers.push(() => again.close());
    expect(again.stats().spool?.lines).toBe(lines);
    await until(
      () => again.stats().spool?.lines,
      (count) => count === 0,
    );
    expect((await world.stored()).map(({ raw }) => raw).sort()).toEqual([...texts].sort());
  });
});

/** A belt that refuses while it is told to. */
async function doubtfulBelt(o: {
  readonly dir: string;
  readonly limits?: Parameters<typeof startListeners>[0]['limits'];
}) {
  const state = { isAway: false, silence: Promise.resolve() };
  const world: ListenersWorld = await startListeners({
    listen: ['syslog-udp'],
    spoolDir: o.dir,
    limits: { spoolSyncMs: 1, ...o.limits },
    answer: async () => {
      if (!state.isAway) return;
      await state.silence;
      throw new IntakeRefused('store-away', 1, 'away');
    },
  });
  closers.push(() => world.close());
  return { world, state };
}

describe('a belt that does not take', () => {
  it('what is refused first stays first, nothing newer overtakes it, and keys are repeated', async () => {
    const { world, state } = await doubtfulBelt({ dir: freshDir() });
    const sender = await senderTo(world, '127.0.0.1');
    const texts = Array.from({ length: 200 }, (_, i) => `<13>n=${i}`);
    for (const [i, text] of texts.entries()) {
      if (i === 20) state.isAway = true;
      if (i === 150) state.isAway = false;
      await sender.send(text);
      await until(
        () => received(world),
        (count) => count === i + 1,
      );
      if (i === 149)
        await until(
          () => spooled(world),
          (lines) => lines > 0,
        );
    }
    await until(
      () => world.texts().length,
      (count) => count === texts.length,
    );
    expect(world.texts()).toEqual(texts);
    expect(spooled(world)).toBe(0);
  });

  it('refused late, when newer ones are on the disk already: it is first all the same', async () => {
    const { world, state } = await doubtfulBelt({ dir: freshDir(), limits: { spoolAfterMs: 10 } });
    const sender = await senderTo(world, '127.0.0.1');
    let answer: () => void = () => undefined;
    state.silence = new Promise((resolve) => {
      answer = resolve;
    });
    state.isAway = true;
    await sender.send('<13>first');
    const texts = ['<13>second', '<13>third', '<13>fourth'];
    for (const [i, text] of texts.entries()) {
      await until(
        () => received(world),
        (count) => count === i + 1,
      );
      await until(
        () => world.listeners.stats().datagrams['syslog-udp']?.heldLines,
        (held) => held === 0,
      );
      await sender.send(text);
    }
    await until(
      () => spooled(world),
      (lines) => lines === 3,
    );
    state.isAway = false;
    answer();
    await until(
      () => world.texts().length,
      (count) => count === 4,
    );
    expect(world.texts()).toEqual(['<13>first', ...texts]);
  });

  it('a full spool: the oldest kept, the newest dropped, counted and told', async () => {
    const { world, state } = await doubtfulBelt({ dir: freshDir(), limits: { spoolBytesMax: 20_000 } });
    const sender = await senderTo(world, '127.0.0.1');
    state.isAway = true;
    const texts = Array.from({ length: 300 }, (_, i) => `<13>n=${i} ${'x'.repeat(200)}`);
    for (const text of texts) {
      await sender.send(text);
      await until(
        () => received(world),
        (count) => count > texts.indexOf(text),
      );
    }
    await until(
      () => world.listeners.stats(),
      ({ spool, datagrams }) =>
        (spool?.lines ?? 0) + (spool?.dropped ?? 0) === 300 && datagrams['syslog-udp']?.heldLines === 0,
    );
    const { spool, droppedUdp } = world.listeners.stats();
    expect(droppedUdp).toBeGreaterThan(100);
    expect(spool).toMatchObject({ dropped: droppedUdp, bytesMax: 20_000 });
    expect(spool?.bytes).toBeLessThanOrEqual(20_000);
    expect(world.told.some((line) => line.includes('no room in the spool'))).toBe(true);
    state.isAway = false;
    await until(
      () => world.texts().length,
      (count) => count === 300 - droppedUdp,
    );
    expect(world.texts()).toEqual(texts.slice(0, 300 - droppedUdp));
  });

  it('closed while it does not take: the next start hands them over, under keys of their own', async () => {
    const dir = freshDir();
    const first = await doubtfulBelt({ dir });
    first.state.isAway = true;
    const sender = await senderTo(first.world, '127.0.0.1');
    for (const text of ['<13>one', '<13>two', '<13>three']) await sender.send(text);
    await until(
      () => received(first.world),
      (count) => count === 3,
    );
    await first.world.listeners.close();
    expect(first.world.taken).toEqual([]);
    const second = await doubtfulBelt({ dir });
    await until(
      () => second.world.texts().length,
      (count) => count === 3,
    );
    expect(second.world.texts()).toEqual(['<13>one', '<13>two', '<13>three']);
    expect(second.world.taken.every(({ key }) => key.startsWith('datagrams '))).toBe(true);
  });

  it('a full disk: what comes is dropped, counted and told once, and goes on when there is room', async () => {
    const dir = freshDir();
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir]);
    if (mounted.status !== 0) {
      console.log(`skipped: no small filesystem can be mounted here (${String(mounted.stderr).trim()})`);
      return;
    }
    closers.push(() => spawnSync('umount', ['-l', dir]));
    const { world, state } = await doubtfulBelt({ dir, limits: { spoolSyncBytes: 2_000 } });
    const sender = await senderTo(world, '127.0.0.1');
    state.isAway = true;
    // Short ones find room where long ones do not.
    const texts = Array.from({ length: 400 }, (_, i) => `<13>n=${i} ${'x'.repeat(i % 3 === 0 ? 10 : 500)}`);
    for (const [i, text] of texts.entries()) {
      await sender.send(text);
      await until(
        () => received(world),
        (count) => count > i,
      );
    }
    const { spool } = await until(
      () => world.listeners.stats(),
      (stats) => (stats.spool?.lines ?? 0) + (stats.spool?.dropped ?? 0) === 400,
    );
    expect(spool?.lines).toBeGreaterThan(10);
    const told = (): string[] => world.told.filter((line) => line.includes('the disk does not take'));
    await until(told, (lines) => lines.length > 0);
    state.isAway = false;
    await until(
      () => spooled(world),
      (lines) => lines === 0,
    );
    // Nothing that was kept is damaged, doubled or out of order.
    expect(world.texts()).toEqual(texts.filter((text) => world.texts().includes(text)));
    // Only now is it known of all of them: the last may have been on their way to the disk.
    expect(world.texts()).toHaveLength(400 - world.listeners.stats().droppedUdp);
    expect(told()).toEqual([expect.stringContaining('ENOSPC')]);
    state.isAway = true;
    await sender.send('<13>room again');
    await until(
      () => world.listeners.stats().spool,
      (now) => now?.lines === 1 && now.failure === '',
    );
  });
});
