import { createSocket, type RemoteInfo } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { RawLine, Source } from '../model/source.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { toRawLine } from './line-text.ts';
import { peerAddress } from './peer.ts';
import type { PersistentSubmit } from './persistent-submit.ts';
import type { SyslogLimits } from './syslog-limits.ts';
import { kernelDrops } from './udp-kernel-drops.ts';

export interface SyslogUdpStats {
  readonly received: number;
  /** Datagrams lost: received without room for them, and those the kernel dropped before we could read them. */
  readonly dropped: number;
  readonly droppedByKernel: number;
  readonly heldLines: number;
}

export interface SyslogUdp {
  readonly port: number;
  stats(): SyslogUdpStats;
  stop(): Promise<void>;
  drained(): Promise<void>;
}

export interface SyslogUdpOptions {
  readonly host: string;
  readonly port: number;
  readonly sourceOf: (peer: string) => Source;
  readonly submit: PersistentSubmit;
  readonly limits: SyslogLimits;
  readonly clock: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** What one peer sent and the belt has not taken. */
interface PeerQueue {
  readonly source: Source;
  readonly lines: RawLine[];
}

/** Syslog over UDP (RFC 5426): one datagram, one message. Nobody sends twice, so what finds no room is lost, and counted. */
export async function listenSyslogUdp(o: SyslogUdpOptions): Promise<SyslogUdp> {
  const { limits } = o;
  const meter = o.metrics.counter('collect_syslog_udp_datagrams_total', 'Syslog datagrams', ['outcome']);
  const queues = new Map<string, PeerQueue>();
  const pumps = new Set<Promise<void>>();
  const total = { received: 0, dropped: 0, heldLines: 0 };
  let heldBytes = 0;
  let lastDropLogMs = 0;

  function drop(peer: string, count: number): void {
    total.dropped += count;
    meter.inc({ outcome: 'dropped' }, count);
    if (o.clock() - lastDropLogMs < limits.dropLogMs) return;
    lastDropLogMs = o.clock();
    o.log.warn({ peer, droppedInAll: total.dropped, held: total.heldLines }, 'syslog datagrams dropped: no room');
  }

  async function pump(peer: string, queue: PeerQueue): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, limits.udpGatherMs));
    while (queue.lines.length > 0) {
      const lines = queue.lines.slice(0, limits.submitLinesMax);
      const receivedTimeMs = o.clock();
      const submission = { source: queue.source, receivedTimeMs, lines, key: '', transport: 'syslog-udp', peer };
      const isTaken = await o.submit.submit(submission);
      if (isTaken) meter.inc({ outcome: 'taken' }, lines.length);
      else drop(peer, lines.length);
      queue.lines.splice(0, lines.length);
      total.heldLines -= lines.length;
      for (const line of lines) heldBytes -= line.text.length;
    }
    queues.delete(peer);
  }

  function onDatagram(bytes: Buffer, from: RemoteInfo): void {
    total.received += 1;
    const peer = peerAddress(from.address);
    if (total.heldLines >= limits.udpHeldLinesMax || heldBytes + bytes.length > limits.udpHeldBytesMax) {
      drop(peer, 1);
      return;
    }
    const line = toRawLine(bytes, total.received, { lineBytesMax: limits.lineBytesMax });
    if (line === null) return;
    total.heldLines += 1;
    heldBytes += line.text.length;
    const queue = queues.get(peer);
    if (queue !== undefined) {
      queue.lines.push(line);
      return;
    }
    const fresh: PeerQueue = { source: o.sourceOf(peer), lines: [line] };
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
    o.log.info({ reason: String(error) }, 'the kernel keeps its own UDP buffer size');
  }
  socket.on('message', onDatagram);
  socket.on('error', (error) => o.log.error({ reason: error.message }, 'syslog UDP listener'));

  const port = socket.address().port;
  let droppedByKernel = 0;
  let isOpen = true;

  /** The socket is gone after stop(), and its count with it. */
  function stats(): SyslogUdpStats {
    if (isOpen) droppedByKernel = kernelDrops(port);
    return { ...total, dropped: total.dropped + droppedByKernel, droppedByKernel };
  }

  return {
    port,
    stats,
    stop() {
      stats();
      isOpen = false;
      return new Promise((resolve) => socket.close(() => resolve()));
    },
    async drained() {
      while (pumps.size > 0) await Promise.all(pumps);
    },
  };
}
