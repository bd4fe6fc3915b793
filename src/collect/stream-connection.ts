import type { Socket } from 'node:net';
import type { RawLine, Source } from '../model/source.ts';
import { costOf } from './line-cost.ts';
import { createLineRecords, type LineRecord } from './line-records.ts';
import type { StreamHall } from './stream-hall.ts';
import type { StreamProtocol } from './stream-protocol.ts';

/** Bytes of answers that may wait for a peer that does not read them; beyond it the peer is not read either. */
const answersBytesMax = 64 * 1024;

export interface ConnectionTotals {
  receivedLines: number;
  lostLines: number;
  heldBytes: number;
}

export interface StreamConnection {
  readonly isPaused: boolean;
  /** No more is read, and the connection ends once what was read is handed over and answered. */
  stop(): Promise<void>;
  /** Resolves when it has ended, and everything read was handed over or given up. */
  readonly done: Promise<void>;
}

export interface StreamPeer {
  readonly transport: string;
  readonly address: string;
  /** Names of its client certificate, where one is asked for. */
  readonly certificate: readonly string[] | undefined;
}

interface Waiting extends LineRecord {
  readonly source: Source;
  readonly cost: number;
}

/**
 * Serves one connection: bytes → lines → records → the belt. Records leave the queue only once the belt has them, so
 * their order is kept and nothing read is forgotten; while the queue is full the connection is not read. The source is
 * the peer's, whatever a message claims.
 */
export function serveConnection(
  socket: Socket,
  peer: StreamPeer,
  protocol: StreamProtocol,
  hall: StreamHall,
  total: ConnectionTotals,
): StreamConnection {
  const { limits, clock } = hall;
  const lookUp = (): Source => hall.sourceOf(peer.address, peer.certificate);
  let source = lookUp();
  let lookedMs = clock();
  let records = createLineRecords(source, hall.headers);
  let queue: Waiting[] = [];
  let queuedBytes = 0;
  let unfinishedBytes = 0;
  let pumping: Promise<void> | null = null;
  let recordTimer: NodeJS.Timeout | undefined;
  let isPaused = false;
  let isBroken = false;
  let isEnding = false;

  const reader = protocol.open({
    write: (text) => void (socket.writable && socket.write(text)),
    end(fault) {
      isEnding = true;
      if (fault === undefined) {
        socket.end();
        return;
      }
      hall.log.warn({ peer: peer.address, transport: peer.transport, fault }, 'connection ended: not the protocol');
      socket.destroy();
    },
  });

  function hold(bytes: number): void {
    total.heldBytes += bytes;
    hall.hold(bytes);
  }

  function enqueue(given: readonly LineRecord[]): void {
    for (const { line, lines } of given) {
      const cost = line === null ? 64 : costOf(line);
      queue.push({ line, lines, source, cost });
      queuedBytes += cost;
      hold(cost);
    }
  }

  /** After all that came together is queued, so that it goes on together. */
  function start(): void {
    if (queue.length > 0) pumping ??= pump();
    measure();
  }

  /** A source registered meanwhile counts from here on. */
  function refreshSource(nowMs: number): void {
    if (nowMs - lookedMs < limits.sourceMs) return;
    lookedMs = nowMs;
    const found = lookUp();
    if (found.id !== source.id || found.parser !== source.parser) {
      enqueue(records.flush());
      records = createLineRecords(found, hall.headers);
    }
    source = found;
  }

  function accept(lines: readonly (RawLine | null)[]): void {
    const nowMs = clock();
    refreshSource(nowMs);
    for (const line of lines) {
      if (line !== null) total.receivedLines += 1;
      enqueue(records.push(line, nowMs));
    }
    if (records.heldSinceMs !== null) recordTimer ??= setTimeout(giveRecord, limits.recordWaitMs);
    start();
  }

  /** The record that is held has waited long enough, unless its next lines are only not read. */
  function giveRecord(): void {
    recordTimer = undefined;
    const sinceMs = records.heldSinceMs;
    if (sinceMs === null) return;
    const leftMs = isPaused ? limits.recordWaitMs : sinceMs + limits.recordWaitMs - clock();
    if (leftMs > 0) recordTimer = setTimeout(giveRecord, leftMs);
    else enqueue(records.flush());
    start();
  }

  function measure(): void {
    const bytes = isBroken ? 0 : reader.heldBytes + records.heldBytes;
    hold(bytes - unfinishedBytes);
    unfinishedBytes = bytes;
  }

  function nextPart(): Waiting[] {
    let count = 0;
    let bytes = 0;
    for (const each of queue) {
      if (count === limits.submitLinesMax || (count > 0 && bytes + each.cost > limits.submitBytesMax)) break;
      if (each.source !== queue[0]?.source) break;
      bytes += each.cost;
      count += 1;
    }
    return queue.slice(0, count);
  }

  async function hand(part: readonly Waiting[], from: Source): Promise<boolean> {
    const lines: RawLine[] = [];
    for (const { line } of part) if (line !== null) lines.push(line);
    if (lines.length === 0) return true;
    const { transport, address } = peer;
    const submission = { source: from, receivedTimeMs: clock(), lines, key: '', transport, peer: address };
    const isTaken = await hall.submit.submit(submission, () => !(protocol.isAnswered && isBroken));
    const outcome = isTaken ? 'taken' : protocol.isAnswered ? 'unanswered' : 'lost';
    if (outcome === 'lost') total.lostLines += lines.length;
    hall.meters.lines(transport, outcome, lines.length);
    return isTaken;
  }

  async function pump(): Promise<void> {
    for (;;) {
      const part = nextPart();
      const [first] = part;
      if (first === undefined) {
        pumping = null;
        return;
      }
      queue = queue.slice(part.length);
      const isTaken = await hand(part, first.source);
      let lines = 0;
      let bytes = 0;
      for (const each of part) {
        lines += each.lines;
        bytes += each.cost;
      }
      queuedBytes -= bytes;
      hold(-bytes);
      if (isTaken) reader.stored?.(lines);
      else if (protocol.isAnswered) forget();
      measure();
      for (const wake of [...hall.waiting]) wake();
      resume();
    }
  }

  /** The peer will send again what was not answered. */
  function forget(): void {
    socket.destroy();
    for (const { cost } of queue) {
      queuedBytes -= cost;
      hold(-cost);
    }
    queue = [];
  }

  function resume(): void {
    if (!isPaused || isEnding) return;
    if (queuedBytes > limits.connectionHeldBytesMax / 2 || socket.writableLength > answersBytesMax) return;
    if (hall.isFull && queuedBytes > 0) return;
    isPaused = false;
    hall.waiting.delete(resume);
    socket.resume();
  }

  function pauseWhenFull(): void {
    // Not for what is unfinished: only reading can finish it.
    const isFull = queuedBytes > limits.connectionHeldBytesMax || (hall.isFull && queuedBytes > 0);
    if (!isFull && socket.writableLength <= answersBytesMax) return;
    isPaused = true;
    hall.waiting.add(resume);
    socket.pause();
  }

  socket.on('data', (chunk: Buffer) => {
    if (isEnding) return;
    accept(reader.push(chunk));
    pauseWhenFull();
  });
  socket.on('drain', resume);
  socket.on('error', (error) => hall.log.debug({ peer: peer.address, reason: error.message }, 'connection broke'));
  socket.setTimeout(limits.idleMs, () => {
    // A connection we ourselves do not read is not idle, unless it is for answers that it does not read.
    if (!isPaused || socket.writableLength > answersBytesMax) socket.destroy();
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      isBroken = true;
      isPaused = false;
      hall.waiting.delete(resume);
      clearTimeout(recordTimer);
      const left = reader.end();
      if (protocol.isAnswered) {
        records.flush();
        forget();
      } else {
        accept(left);
        enqueue(records.flush());
      }
      clearTimeout(recordTimer);
      start();
      resolve();
    });
  });

  async function drained(): Promise<void> {
    while (pumping !== null) await pumping;
  }

  return {
    done: closed.then(drained),
    get isPaused() {
      return isPaused;
    },
    async stop() {
      if (!protocol.isAnswered) {
        socket.destroy();
        return;
      }
      isEnding = true;
      socket.pause();
      enqueue(records.flush());
      start();
      await drained();
      reader.bye?.();
      socket.destroySoon();
    },
  };
}
