import { createServer, type Server, type Socket } from 'node:net';
import type { RawLine, Source } from '../model/source.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { peerAddress } from './peer.ts';
import type { PersistentSubmit } from './persistent-submit.ts';
import { createSyslogFramer } from './syslog-framing.ts';
import type { SyslogLimits } from './syslog-limits.ts';

export interface SyslogTcpStats {
  readonly connections: number;
  readonly refusedConnections: number;
  readonly receivedLines: number;
  readonly heldBytes: number;
  /** Connections not being read because the belt is behind. */
  readonly paused: number;
  /** Lines given up: only while closing, or by a fault of ours. */
  readonly lostLines: number;
}

export interface SyslogTcp {
  readonly port: number;
  stats(): SyslogTcpStats;
  /** Stops listening and reading; what was read still goes to the belt. */
  stop(): Promise<void>;
  /** Resolves when everything read was handed over or given up. */
  drained(): Promise<void>;
}

export interface SyslogTcpOptions {
  readonly host: string;
  readonly port: number;
  readonly sourceOf: (peer: string) => Source;
  readonly submit: PersistentSubmit;
  readonly limits: SyslogLimits;
  readonly clock: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

function costOf(line: RawLine): number {
  // The text, and the object around it: many tiny lines cost more than their characters.
  return line.text.length + (line.base64?.length ?? 0) + 64;
}

/** Syslog over TCP. The source is the peer's, whatever host name a message claims. */
export async function listenSyslogTcp(o: SyslogTcpOptions): Promise<SyslogTcp> {
  const { limits } = o;
  const meter = o.metrics.counter('collect_syslog_tcp_lines_total', 'Syslog lines read from TCP', ['outcome']);
  const refusals = o.metrics.counter('collect_syslog_tcp_refused_total', 'TCP connections refused over the bound');
  const sockets = new Set<Socket>();
  const paused = new Set<() => void>();
  const perPeer = new Map<string, number>();
  const pumps = new Set<Promise<void>>();
  const total = { receivedLines: 0, refusedConnections: 0, heldBytes: 0, lostLines: 0 };
  let lastRefusalLogMs = 0;

  function isTooMany(peer: string): boolean {
    return sockets.size >= limits.connectionsMax || (perPeer.get(peer) ?? 0) >= limits.connectionsPerPeerMax;
  }

  function refuse(socket: Socket, peer: string): void {
    total.refusedConnections += 1;
    refusals.inc();
    socket.destroy();
    if (o.clock() - lastRefusalLogMs < limits.dropLogMs) return;
    lastRefusalLogMs = o.clock();
    o.log.warn(
      { peer, connections: sockets.size, refused: total.refusedConnections },
      'syslog connection refused: too many',
    );
  }

  function serve(socket: Socket, peer: string): void {
    const source = o.sourceOf(peer);
    const framer = createSyslogFramer({ lineBytesMax: limits.lineBytesMax });
    let queue: RawLine[] = [];
    let queuedBytes = 0;
    let partialBytes = 0;
    let pumping = false;

    const resume = (): void => {
      if (queuedBytes > limits.connectionHeldBytesMax / 2 || total.heldBytes > limits.heldBytesMax) return;
      paused.delete(resume);
      socket.resume();
    };

    /** Lines leave the queue only once the belt has them, so their order is kept and nothing read is forgotten. */
    async function pump(): Promise<void> {
      while (queue.length > 0) {
        let count = 0;
        let bytes = 0;
        for (const line of queue) {
          if (count === limits.submitLinesMax || (count > 0 && bytes + line.text.length > limits.submitBytesMax)) break;
          bytes += costOf(line);
          count += 1;
        }
        const lines = queue.slice(0, count);
        const receivedTimeMs = o.clock();
        const isTaken = await o.submit.submit({
          source,
          receivedTimeMs,
          lines,
          key: '',
          transport: 'syslog-tcp',
          peer,
        });
        if (!isTaken) total.lostLines += count;
        meter.inc({ outcome: isTaken ? 'taken' : 'lost' }, count);
        queue = queue.slice(count);
        queuedBytes -= bytes;
        total.heldBytes -= bytes;
        for (const wake of [...paused]) wake();
      }
    }

    function accept(lines: readonly RawLine[]): void {
      for (const line of lines) {
        queue.push(line);
        queuedBytes += costOf(line);
        total.heldBytes += costOf(line);
      }
      total.receivedLines += lines.length;
      if (queue.length === 0 || pumping) return;
      pumping = true;
      const run = pump().finally(() => {
        pumping = false;
        pumps.delete(run);
        // Lines that came between the pump's last look and now.
        accept([]);
      });
      pumps.add(run);
    }

    function trackPartial(bytes: number): void {
      total.heldBytes += bytes - partialBytes;
      partialBytes = bytes;
    }

    socket.on('data', (chunk: Buffer) => {
      accept(framer.push(chunk));
      trackPartial(framer.heldBytes);
      if (queuedBytes > limits.connectionHeldBytesMax || (total.heldBytes > limits.heldBytesMax && queue.length > 0)) {
        paused.add(resume);
        socket.pause();
      }
    });
    socket.once('close', () => {
      sockets.delete(socket);
      paused.delete(resume);
      const left = (perPeer.get(peer) ?? 1) - 1;
      if (left > 0) perPeer.set(peer, left);
      else perPeer.delete(peer);
      accept(framer.end());
      trackPartial(0);
    });
    socket.on('error', (error) => o.log.debug({ peer, reason: error.message }, 'syslog connection broke'));
    socket.setTimeout(limits.idleMs, () => {
      // A connection we ourselves do not read is not idle.
      if (!paused.has(resume)) socket.destroy();
    });
  }

  const server: Server = createServer({ noDelay: true }, (socket) => {
    const peer = peerAddress(socket.remoteAddress);
    if (isTooMany(peer)) {
      refuse(socket, peer);
      return;
    }
    sockets.add(socket);
    perPeer.set(peer, (perPeer.get(peer) ?? 0) + 1);
    serve(socket, peer);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: o.host, port: o.port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (error) => o.log.error({ reason: error.message }, 'syslog TCP listener'));
  const address = server.address();

  return {
    port: typeof address === 'object' && address !== null ? address.port : o.port,
    stats: () => ({ connections: sockets.size, paused: paused.size, ...total }),
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // A connection's last, unfinished line is handed over when it closes, which may be after the listener did.
      const ended = [...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, ...ended]);
    },
    async drained() {
      while (pumps.size > 0) await Promise.all(pumps);
    },
  };
}
