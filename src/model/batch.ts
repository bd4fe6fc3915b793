/** A batch: rows that were committed together; the unit of the ledger, of a job and of evaluation. */
export interface BatchRef {
  /** Time-sortable: base-36 milliseconds, writer id, counter; or `k` + hash of (source, idempotency key). */
  readonly id: string;
  /** Received day `YYYY-MM-DD` (UTC) = the partition it lies in. */
  readonly day: string;
}

export interface Batch extends BatchRef {
  readonly rows: number;
  readonly receivedTimeMs: number;
  readonly committedTimeMs: number;
  /** Sources that have rows in it. */
  readonly sources: readonly string[];
  /** `committed`: by the writer that inserted it · `adopted`: rows found without a ledger row after a crash. */
  readonly how: 'committed' | 'adopted';
}

/** One evaluation of one batch by one rule set; a batch without any is unexamined. */
export interface Evaluation {
  readonly batch: string;
  readonly day: string;
  readonly ruleSet: string;
  readonly events: number;
  readonly findings: number;
  readonly rules: number;
  readonly evaluatedTimeMs: number;
  readonly durationMs: number;
  readonly worker: string;
}
