import { createSocket, type RemoteInfo } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { RawLine } from '../model/source.ts';
import type { DatagramWay } from './datagram-way.ts';
import { costOf } from './line-cost.ts';
import { peerAddress } from './peer.ts';
import type { CollectorPorts } from './stream-hall.ts';
import { kernelDrops } from './udp-kernel-drops.ts';
import type { UdpLimits } from './udp-limits.ts';
import { takeLines } from './udp-queue.ts';

export interface UdpStats {
  readonly received: number;
  /**
   * Datagrams lost before they were handed on: received without room for them, and those the kernel dropped before we could
   * read them.
   */
  readonly dropped: number;
  readonly droppedByKernel: number;
  readonly heldLines: number;
  readonly heldBytes: number;
}

export interface UdpListener {
  readonly port: number;
  stats(): UdpStats;
  /** Stops reading; resolves when everything read was handed over or given up. */
  stop(): Promise<void>;
}

/** What one transport over datagrams adds. */
export interface DatagramReader {
  /**
   * The line a datagram completes, null for none yet (or nothing in it), and how many datagrams were given up for want
   * of room or of their other parts. `index` numbers the datagrams.
   */
  read(
    bytes: Buffer,
    peer: string,
    index: number,
    nowMs: number,
  ): { readonly line: RawLine | null; readonly dropped: number };
}

export interface UdpHall extends Omit<CollectorPorts, 'submit'> {
  readonly limits: UdpLimits;
  readonly way: DatagramWay;
  readonly meter: (transport: string, outcome: 'dropped', count: number) => void;
}

export interface UdpServerOptions {
  readonly transport: string;
  readonly host: string;
  readonly port: number;
  readonly reader: DatagramReader;
}

/** One listener for datagrams. Nobody sends twice, so what finds no room is lost, and counted. */
export async function listenUdp(o: UdpServerOptions, hall: UdpHall): Promise<UdpListener> {
  const { limits, clock } = hall;
  const { transport } = o;
  const log = hall.log.child({ transport });
  /** What peers sent and the belt has not taken. */
  const queues = new Map<string, RawLine[]>();
  const pumps = new Set<Promise<void>>();
  const total = { received: 0, dropped: 0, heldLines: 0, heldBytes: 0 };
  let lastDropLogMs = 0;

  function drop(peer: string, count: number): void {
    if (count === 0) return;
    total.dropped += count;
    hall.meter(transport, 'dropped', count);
    if (clock() - lastDropLogMs < limits.dropLogMs) return;
    lastDropLogMs = clock();
    log.warn({ peer, droppedInAll: total.dropped, held: total.heldLines }, 'datagrams dropped: no room');
  }

  async function pump(peer: string, queue: RawLine[]): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, limits.udpGatherMs));
    while (queue.length > 0) {
      const { lines, bytes } = takeLines(queue, limits);
      await hall.way.hand({ source: hall.sourceOf(peer), receivedTimeMs: clock(), lines, transport, peer });
      total.heldLines -= lines.length;
      total.heldBytes -= bytes;
    }
    queues.delete(peer);
  }

  function onDatagram(bytes: Buffer, from: RemoteInfo): void {
    total.received += 1;
    const peer = peerAddress(from.address);
    const share = Math.max(total.heldLines / limits.udpHeldLinesMax, total.heldBytes / limits.udpHeldBytesMax);
    if (share >= 0.5) hall.way.hurry();
    if (share >= 1) {
      drop(peer, 1);
      return;
    }
    const { line, dropped } = o.reader.read(bytes, peer, total.received, clock());
    drop(peer, dropped);
    if (line === null) return;
    total.heldLines += 1;
    total.heldBytes += costOf(line);
    const queue = queues.get(peer);
    if (queue !== undefined) {
      queue.push(line);
      return;
    }
    const fresh = [line];
    queues.set(peer, fresh);
    const run = pump(peer, fresh).finally(() => pumps.delete(run));
    pumps.add(run);
  }

  const socket = createSocket({ type: isIPv6(o.host) ? 'udp6' : 'udp4' });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ address: o.host, port: o.port }, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  try {
    socket.setRecvBufferSize(limits.udpKernelBytes);
  } catch (error) {
    log.info({ reason: String(error) }, 'the kernel keeps its own UDP buffer size');
  }
  socket.on('message', onDatagram);
  socket.on('error', (error) => log.error({ reason: error.message }, 'listener'));

  const port = socket.address().port;
  let droppedByKernel = 0;
  let isOpen = true;

  /** The socket is gone after stop(), and its count with it. */
  function stats(): UdpStats {
    if (isOpen) droppedByKernel = kernelDrops(port);
    return { ...total, dropped: total.dropped + droppedByKernel, droppedByKernel };
  }

  return {
    port,
    stats,
    async stop() {
      stats();
      isOpen = false;
      await new Promise<void>((resolve) => socket.close(() => resolve()));
      while (pumps.size > 0) await Promise.all(pumps);
    },
  };
}
