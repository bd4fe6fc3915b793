import { closeSegment, createSegment, type OpenSegment } from './segment-file.ts';
import type { Entry, HeldSegment } from './segment-log.ts';

/** Writes frames into segments. Nothing here may run beside itself. */
export interface SegmentWriter {
  /** Writes and syncs entries; throws what the disk says, and then they are not in the segment. */
  write(entries: readonly Entry[]): Promise<void>;
  /** The segment with its last name, null when nothing was written. */
  close(): Promise<HeldSegment | null>;
  /** Gives up what is open, without anything in it. */
  end(): Promise<void>;
  readonly bytes: number;
  readonly sinceMs: number | null;
}

interface Writing extends OpenSegment {
  readonly sinceMs: number;
  readonly bytesBySource: Map<string, number>;
  bytes: number;
  lines: number;
}

export function createSegmentWriter(dir: string, firstSeq: number, clock: () => number): SegmentWriter {
  let nextSeq = firstSeq;
  let writing: Writing | null = null;

  async function create(): Promise<Writing> {
    const fresh = await createSegment(dir, nextSeq);
    nextSeq += 1;
    return { ...fresh, sinceMs: clock(), bytesBySource: new Map(), bytes: 0, lines: 0 };
  }

  return {
    get bytes() {
      return writing?.bytes ?? 0;
    },
    get sinceMs() {
      return writing === null || writing.bytes === 0 ? null : writing.sinceMs;
    },
    async write(entries) {
      writing ??= await create();
      const bytes = Buffer.concat(entries.map(({ frame }) => frame));
      try {
        await writeAll(writing, bytes);
        await writing.handle.datasync();
      } catch (error) {
        // What was written of it goes; if even that fails, the next bytes are written over it.
        await writing.handle.truncate(writing.bytes).catch(() => undefined);
        throw error;
      }
      writing.bytes += bytes.length;
      for (const { frame, source, lines } of entries) {
        writing.lines += lines;
        writing.bytesBySource.set(source, (writing.bytesBySource.get(source) ?? 0) + frame.length);
      }
    },
    async close() {
      if (writing === null || writing.bytes === 0) return null;
      const { handle, ...segment } = writing;
      writing = null;
      await handle.close().catch(() => undefined);
      // Under its old name it is as good: the next start counts its lines.
      const place = await closeSegment(dir, segment, segment.lines).catch(() => segment.place);
      return { ...segment, place };
    },
    async end() {
      await writing?.handle.close();
      writing = null;
    },
  };
}

/** A write may take less than it is given, on a disk that is nearly full for one. */
async function writeAll({ handle, bytes: from }: Writing, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, from + at);
    at += bytesWritten;
  }
}
