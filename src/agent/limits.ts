/** Every bound of the agent. */
export interface AgentLimits {
  /** A longer line is sent as its head and counted; its bytes are skipped without being held. */
  readonly lineBytesMax: number;
  readonly headBytes: number;
  /** Bytes read of one file before the next one has its turn. */
  readonly turnBytes: number;
  /** Lines gathered for one batch, before compression. */
  readonly batchBytesMax: number;
  /** Below what a server takes in one body. */
  readonly batchLinesMax: number;
  /** Compressed; what does not fit is cut in two. Four times this is below what a server reads in its half minute at 128 kbit/s. */
  readonly wireBytesMax: number;
  readonly batchSectionsMax: number;
  /** How long lines wait for company when nothing else waits to be sent. */
  readonly gatherMs: number;
  /** The same while the link is busy: larger batches are smaller on the wire. */
  readonly gatherBusyMs: number;
  /** Files followed at once; more are told and left for later. */
  readonly filesMax: number;
  readonly scanMs: number;
  readonly globMs: number;
  /** A last line without its end is sent when nothing has come for so long. */
  readonly partialMs: number;
  /** A record of several lines is taken as complete when nothing has come for so long. */
  readonly joinMs: number;
  /** A file that was renamed out of sight or deleted is read for so long after its last byte. */
  readonly goneMs: number;
  /** Positions of files that are out of sight are remembered for so long. */
  readonly forgetMs: number;
  readonly spoolBatchesMax: number;
  /** Longest wait between two tries. */
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** An answer to a batch: so long plus the time its bytes need at the measured pace. */
  readonly answerMs: number;
  /** Batches are cut so that sending one takes about so long at the measured pace. */
  readonly sendMs: number;
  readonly reportMs: number;
}

export const defaultAgentLimits: AgentLimits = {
  lineBytesMax: 262_144,
  headBytes: 4096,
  turnBytes: 131_072,
  batchBytesMax: 1_048_576,
  batchLinesMax: 20_000,
  wireBytesMax: 262_144,
  batchSectionsMax: 500,
  gatherMs: 1000,
  gatherBusyMs: 10_000,
  filesMax: 10_000,
  scanMs: 1000,
  globMs: 5000,
  partialMs: 30_000,
  joinMs: 5000,
  goneMs: 30_000,
  forgetMs: 7 * 86_400_000,
  spoolBatchesMax: 20_000,
  retryFirstMs: 500,
  retryMaxMs: 60_000,
  answerMs: 45_000,
  sendMs: 10_000,
  reportMs: 60_000,
};
