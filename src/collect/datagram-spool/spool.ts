import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { decodeFrames, encodeFrame, type Frame, type Handover } from './frame.ts';
import type { DatagramSpoolLimits } from './limits.ts';
import { createSpoolRoom } from './room.ts';
import { type Entry, type HeldSegment, openSegmentLog } from './segment-log.ts';

export interface DatagramSpoolStats {
  readonly lines: number;
  readonly bytes: number;
  readonly bytesMax: number;
  /** Lines that found no room, that the disk did not take, or that it has damaged; since the start. */
  readonly dropped: number;
  /** Since when its oldest lines wait; null when it is empty. */
  readonly sinceMs: number | null;
  /** Why the disk does not take what comes; '' when it does. */
  readonly failure: string;
}

/** Datagrams on the disk until the belt takes them. */
export interface DatagramSpool {
  /**
   * False when there was no room. `refused` is what the belt gave back: it is older than everything of its source that
   * came in behind.
   */
  put(handover: Handover, place: 'refused' | 'behind'): boolean;
  /** Whether something of a source is here, behind which its next lines have to go. */
  holds(source: string): boolean;
  /** The segment whose turn it is: those that were refused go first. null when the spool is empty. */
  next(): Promise<HeldSegment | null>;
  /** Whether something came back from the belt meanwhile that goes before this segment. */
  isOutranked(segment: HeldSegment): boolean;
  /** Its frames; damaged ones are left out, counted and told. */
  read(segment: HeldSegment): Promise<readonly Frame[]>;
  remove(segment: HeldSegment): Promise<void>;
  /** Counts lines that are lost. */
  drop(lines: number, reason: string, source: string): void;
  stats(): DatagramSpoolStats;
  close(): Promise<void>;
}

export interface DatagramSpoolOptions {
  readonly dir: string;
  readonly limits: DatagramSpoolLimits & { readonly dropLogMs: number };
  readonly clock: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export async function openDatagramSpool(o: DatagramSpoolOptions): Promise<DatagramSpool> {
  const { dir, limits, clock, log, metrics } = o;
  const linesGauge = metrics.gauge('collect_datagram_spool_lines', 'Lines in the spool of datagrams');
  const bytesGauge = metrics.gauge('collect_datagram_spool_bytes', 'Bytes of the spool of datagrams');
  const dropCounter = metrics.counter('collect_datagram_spool_dropped_total', 'Lines the spool lost', ['reason']);
  const room = createSpoolRoom(limits);
  let dropped = 0;
  let failure = '';
  let failedMs = Number.NEGATIVE_INFINITY;
  let isFailureTold = false;
  let lastDropLogMs = Number.NEGATIVE_INFINITY;
  let isClosed = false;

  function hold(...change: Parameters<typeof room.hold>): void {
    room.hold(...change);
    linesGauge.set(room.lines);
    bytesGauge.set(room.bytes);
  }

  function drop(lines: number, reason: string, source: string): void {
    dropped += lines;
    dropCounter.inc({ reason }, lines);
    if (clock() - lastDropLogMs < limits.dropLogMs) return;
    lastDropLogMs = clock();
    log.warn({ reason, source, droppedInAll: dropped, bytes: room.bytes }, 'datagrams dropped: no room in the spool');
  }

  function lost(entries: readonly Entry[], error: unknown): void {
    for (const { source, lines, frame } of entries) {
      room.pend(-frame.length);
      hold(-lines, -frame.length, [[source, -frame.length]]);
      drop(lines, 'disk', source);
    }
    failure = String(error);
    failedMs = clock();
    if (!isFailureTold) log.error({ dir, reason: failure }, 'the disk does not take the spool of datagrams');
    isFailureTold = true;
  }

  function written(entries: readonly Entry[]): void {
    for (const { frame } of entries) room.pend(-frame.length);
    failure = '';
    // A full disk goes on taking what is small: it is told once that it fails, and once that it has not for a while.
    if (!isFailureTold || clock() - failedMs < limits.dropLogMs) return;
    isFailureTold = false;
    log.info({ dir }, 'the disk takes the spool of datagrams again');
  }

  const open = (name: string): ReturnType<typeof openSegmentLog> =>
    openSegmentLog({ dir: path.join(dir, name), limits, clock, lost, written });
  const refused = await open('refused');
  const behind = await open('behind');
  for (const { lines, bytes } of [...refused.found, ...behind.found]) hold(lines, bytes, []);
  if (room.bytes > 0) log.info({ lines: room.lines, bytes: room.bytes }, 'datagrams of the last run are in the spool');

  return {
    put(handover, place) {
      const frame = encodeFrame(handover);
      const lines = handover.lines.length;
      const source = handover.source.id;
      const reason = isClosed ? 'closed' : room.refusal(source, frame.length);
      if (reason !== '') {
        drop(lines, reason, source);
        return false;
      }
      room.pend(frame.length);
      hold(lines, frame.length, [[source, frame.length]]);
      (place === 'refused' ? refused : behind).add({ frame, source, lines });
      return true;
    },
    // Whose lines were left by the last run is known only when they are read.
    holds: (source) => room.has(source) || refused.recovered + behind.recovered > 0,
    next: async () => (await refused.oldest()) ?? behind.oldest(),
    isOutranked: (segment) => !refused.isEmpty && !refused.owns(segment),
    async read(segment) {
      const { frames } = decodeFrames(await readFile(segment.place));
      const found = frames.reduce((sum, { handover }) => sum + handover.lines.length, 0);
      if (found < segment.lines) drop(segment.lines - found, 'damaged', '');
      return frames;
    },
    async remove(segment) {
      await refused.remove(segment);
      await behind.remove(segment);
      const bySource = [...(segment.bytesBySource ?? [])].map(([source, bytes]) => [source, -bytes] as const);
      hold(-segment.lines, -segment.bytes, bySource);
    },
    drop,
    stats: () => ({
      lines: room.lines,
      bytes: room.bytes,
      bytesMax: limits.spoolBytesMax,
      dropped,
      sinceMs: oldest(refused.sinceMs, behind.sinceMs),
      failure,
    }),
    async close() {
      isClosed = true;
      await refused.close();
      await behind.close();
    },
  };
}

function oldest(...times: readonly (number | null)[]): number | null {
  const known = times.filter((at) => at !== null);
  return known.length === 0 ? null : Math.min(...known);
}
