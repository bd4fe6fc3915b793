import { mkdir, rm } from 'node:fs/promises';
import type { DatagramSpoolLimits } from './limits.ts';
import { type ClosedSegment, findSegments } from './segment-file.ts';
import { createSegmentWriter } from './segment-writer.ts';

/** A frame on its way to the disk. */
export interface Entry {
  readonly frame: Buffer;
  readonly source: string;
  readonly lines: number;
}

/** A closed segment and what of it is whose; null when it was there before this process. */
export interface HeldSegment extends ClosedSegment {
  readonly bytesBySource: ReadonlyMap<string, number> | null;
}

/** Frames in a folder, in order. What was added is synced within `spoolSyncMs`. */
export interface SegmentLog {
  add(entry: Entry): void;
  /** The oldest segment, closed; null when everything was taken away. Waits for what is on its way to the disk. */
  oldest(): Promise<HeldSegment | null>;
  owns(segment: HeldSegment): boolean;
  /** Takes a segment away when it is one of its own. */
  remove(segment: HeldSegment): Promise<void>;
  /** What a start found. */
  readonly found: readonly HeldSegment[];
  /** How many of those are left. */
  readonly recovered: number;
  /** Whether nothing is here, nor on its way to the disk. */
  readonly isEmpty: boolean;
  /** Since when its oldest frames wait; null when none are on the disk. */
  readonly sinceMs: number | null;
  close(): Promise<void>;
}

export interface SegmentLogOptions {
  readonly dir: string;
  readonly limits: DatagramSpoolLimits;
  readonly clock: () => number;
  /** Entries that the disk did not take, with what it said; and that it takes them again. */
  readonly lost: (entries: readonly Entry[], error: unknown) => void;
  readonly written: (entries: readonly Entry[]) => void;
}

export async function openSegmentLog(o: SegmentLogOptions): Promise<SegmentLog> {
  const { dir, limits } = o;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const found: readonly HeldSegment[] = (await findSegments(dir)).map((each) => ({ ...each, bytesBySource: null }));
  const closed: HeldSegment[] = [...found];
  const writer = createSegmentWriter(dir, (found.at(-1)?.seq ?? 0) + 1, o.clock);
  let pending: Entry[] = [];
  let pendingBytes = 0;
  let isWriting = false;
  let isClosing = false;
  let timer: NodeJS.Timeout | null = null;
  /** The disk is used by one at a time. */
  let turn: Promise<void> = Promise.resolve();

  function inTurn(work: () => Promise<void>): Promise<void> {
    const run = turn.then(work);
    turn = run.catch(() => undefined);
    return run;
  }

  /** As many entries as are synced together. */
  function take(): Entry[] {
    let bytes = 0;
    const over = pending.findIndex(({ frame }) => {
      bytes += frame.length;
      return bytes >= limits.spoolSyncBytes;
    });
    const taken = over < 0 ? pending : pending.slice(0, over + 1);
    pending = over < 0 ? [] : pending.slice(over + 1);
    pendingBytes = over < 0 ? 0 : pendingBytes - bytes;
    return taken;
  }

  async function store(entries: readonly Entry[]): Promise<void> {
    isWriting = true;
    try {
      await writer.write(entries);
      o.written(entries);
    } catch (error) {
      o.lost(entries, error);
    }
    isWriting = false;
  }

  async function closeWriting(): Promise<void> {
    isClosing = true;
    const segment = await writer.close();
    if (segment !== null) closed.push(segment);
    isClosing = false;
  }

  async function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    while (pending.length > 0) {
      await store(take());
      if (writer.bytes >= limits.spoolSegmentBytes) await closeWriting();
    }
  }

  return {
    found,
    get recovered() {
      return closed.filter(({ bytesBySource }) => bytesBySource === null).length;
    },
    get isEmpty() {
      return pending.length === 0 && !isWriting && writer.bytes === 0 && !isClosing && closed.length === 0;
    },
    get sinceMs() {
      return closed[0]?.sinceMs ?? writer.sinceMs;
    },
    add(entry) {
      pending.push(entry);
      pendingBytes += entry.frame.length;
      const isMuch = pendingBytes >= limits.spoolSyncBytes && pendingBytes - entry.frame.length < limits.spoolSyncBytes;
      if (isMuch) void inTurn(flush);
      else timer ??= setTimeout(() => void inTurn(flush), limits.spoolSyncMs);
    },
    async oldest() {
      await inTurn(async () => {
        await flush();
        if (closed.length === 0) await closeWriting();
      });
      return closed[0] ?? null;
    },
    owns: (segment) => closed.includes(segment),
    async remove(segment) {
      const at = closed.indexOf(segment);
      if (at < 0) return;
      await rm(segment.place, { force: true });
      closed.splice(at, 1);
    },
    close: () =>
      inTurn(async () => {
        await flush();
        await closeWriting();
        await writer.end();
      }),
  };
}
