/** Bounds of the belt. Rows and bytes count what is held: waiting and being written. Bytes are UTF-16 units of text. */
export interface IntakeLimits {
  /** How long small submissions may wait for company. */
  readonly gatherMs: number;
  readonly batchRowsMax: number;
  readonly batchBytesMax: number;
  readonly batchesInFlightMax: number;
  readonly heldRowsMax: number;
  readonly heldBytesMax: number;
  /** Part of the held bounds that one source may take, 0–1; the rest is there for the others. */
  readonly sourceShare: number;
  readonly lineBytesMax: number;
  /** A line with a larger part of NULs is binary data or UTF-16, not text. */
  readonly nulShareMax: number;
  readonly deadLetterHeadChars: number;
  /** Dead letters written for one submission; more are counted only. */
  readonly deadLettersMax: number;
  /** Lines read between two turns of the event loop. */
  readonly chunkRows: number;
  /** How long the store may be silent before waiting and new submissions are refused. */
  readonly awayGraceMs: number;
  /** How long one write may go unanswered before the door treats the store as away. */
  readonly silentMs: number;
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** Tries before a batch the store refuses (not: does not answer) is taken apart. */
  readonly refusedTriesMax: number;
  readonly closeWaitMs: number;
}

export const defaultIntakeLimits: IntakeLimits = {
  gatherMs: 20,
  batchRowsMax: 10_000,
  batchBytesMax: 12 * 1024 * 1024,
  batchesInFlightMax: 2,
  heldRowsMax: 100_000,
  heldBytesMax: 96 * 1024 * 1024,
  sourceShare: 0.5,
  lineBytesMax: 1024 * 1024,
  nulShareMax: 0.1,
  deadLetterHeadChars: 4_096,
  deadLettersMax: 100,
  chunkRows: 500,
  awayGraceMs: 3_000,
  silentMs: 5_000,
  retryFirstMs: 100,
  retryMaxMs: 2_000,
  refusedTriesMax: 5,
  closeWaitMs: 5_000,
};
