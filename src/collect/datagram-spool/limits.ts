/** Bounds of the spool of datagrams. */
export interface DatagramSpoolLimits {
  /** On disk and on the way to it; 0: no spool. */
  readonly spoolBytesMax: number;
  /** Part of it that one source may take, 0–1; the rest is there for the others. */
  readonly spoolSourceShare: number;
  /** Waiting for the disk; beyond it the disk is too slow, and datagrams are dropped. */
  readonly spoolPendingBytesMax: number;
  /** What was handed to the spool is synced after so long, or as soon as it is so much. */
  readonly spoolSyncMs: number;
  readonly spoolSyncBytes: number;
  readonly spoolSegmentBytes: number;
  /** Lines of one batch of the replay. */
  readonly spoolReplayLinesMax: number;
  /** A belt that has not answered for so long is not waited for: what comes next goes to the spool. */
  readonly spoolAfterMs: number;
}

export const defaultDatagramSpoolLimits: DatagramSpoolLimits = {
  spoolBytesMax: 1024 * 1024 * 1024,
  spoolSourceShare: 0.5,
  spoolPendingBytesMax: 16 * 1024 * 1024,
  spoolSyncMs: 50,
  spoolSyncBytes: 256 * 1024,
  spoolSegmentBytes: 4 * 1024 * 1024,
  spoolReplayLinesMax: 10_000,
  spoolAfterMs: 500,
};
