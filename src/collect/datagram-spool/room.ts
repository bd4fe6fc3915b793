import type { DatagramSpoolLimits } from './limits.ts';

/** What the spool holds, of whom, and whether more may come. Bytes on their way to the disk count. */
export interface SpoolRoom {
  /** Why so many more bytes of a source find no room; '' when they do. */
  refusal(source: string, bytes: number): string;
  /** More, or less, is held; of no source when nobody knows whose it is. */
  hold(lines: number, bytes: number, bytesBySource: Iterable<readonly [source: string, bytes: number]>): void;
  /** So much more, or less, is on its way to the disk. */
  pend(bytes: number): void;
  has(source: string): boolean;
  readonly lines: number;
  readonly bytes: number;
}

export function createSpoolRoom(limits: DatagramSpoolLimits): SpoolRoom {
  const bytesOf = new Map<string, number>();
  let lines = 0;
  let bytes = 0;
  let pending = 0;
  return {
    refusal(source, more) {
      if (bytes + more > limits.spoolBytesMax) return 'full';
      if ((bytesOf.get(source) ?? 0) + more > limits.spoolBytesMax * limits.spoolSourceShare)
        return 'share of the source';
      return pending + more > limits.spoolPendingBytesMax ? 'slow disk' : '';
    },
    hold(moreLines, moreBytes, bytesBySource) {
      lines += moreLines;
      bytes += moreBytes;
      for (const [source, more] of bytesBySource) {
        const held = (bytesOf.get(source) ?? 0) + more;
        if (held === 0) bytesOf.delete(source);
        else bytesOf.set(source, held);
      }
    },
    pend(more) {
      pending += more;
    },
    has: (source) => bytesOf.has(source),
    get lines() {
      return lines;
    },
    get bytes() {
      return bytes;
    },
  };
}
