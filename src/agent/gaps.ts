import type { Position } from './position.ts';
import type { Part, SegmentHead } from './segment.ts';

/** More is not held in memory to be made into one batch. */
const gapBytesMax = 8 * 1024 * 1024;

export interface Gaps {
  /** The batch before which they belong; null when there are none. */
  readonly before: number | null;
  /** What stood between, as sections of a batch. */
  readonly parts: readonly Part[];
  /** Bytes of gaps that are too large. */
  readonly lostBytes: number;
}

/**
 * What a batch that is damaged beyond reading or gone held of streams that go on in later batches: from where the stream was known to be
 * to where the next batch goes on. Streams that do not go on are read again from their files by themselves.
 */
export function findGaps(known: ReadonlyMap<number, Position>, heads: readonly SegmentHead[]): Gaps {
  const reached = new Map(known);
  const parts: Part[] = [];
  let first: number | null = null;
  let lostBytes = 0;
  for (const { seq, section, from, after } of heads.flatMap(({ seq, parts }) =>
    parts.map((part) => ({ seq, ...part })),
  )) {
    const before = reached.get(after.stream);
    reached.set(after.stream, after);
    const bytes = from - (before?.offset ?? from);
    if (before === undefined || bytes <= 0) continue;
    first ??= seq;
    if (bytes > gapBytesMax) lostBytes += bytes;
    else
      parts.push({
        section: { ...section, header: before.header, tooLong: [], bytes },
        from: before.offset,
        after: { ...after, offset: from, header: section.header },
      });
  }
  return { before: first, parts, lostBytes };
}
