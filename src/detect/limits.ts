/** Bounds of the evaluation of one batch and of the sweeper. */
export interface DetectLimits {
  /** Events between two turns of the event loop, so that locks are renewed and requests answered meanwhile. */
  readonly eventsPerTurn: number;
  /** Findings handed to the store at once; also what is held in memory of them. */
  readonly findingsPerWrite: number;
  /** Alerts aggregated, stored, told and shown at once. */
  readonly alertsPerRound: number;
  /** Matched fields kept of one hit; what is over is counted. */
  readonly matchedFieldsMax: number;
  /** Characters of a matched value that are kept, around its first matched place. */
  readonly matchedValueChars: number;
  readonly matchedSpansMax: number;
  /** Events of other batches read at once for alerts' entities. */
  readonly evidencePerRead: number;
  /** Batches the sweeper offers in one round. */
  readonly sweepBatchesMax: number;
  /** A batch is offered again once it was seen unevaluated for this long. */
  readonly sweepGraceMs: number;
  /** Rows without a ledger row are adopted after this long: their writer has died. */
  readonly orphanAgeMs: number;
  readonly sweepEveryMs: number;
}

export const defaultDetectLimits: DetectLimits = {
  eventsPerTurn: 200,
  findingsPerWrite: 1000,
  alertsPerRound: 200,
  matchedFieldsMax: 20,
  matchedValueChars: 400,
  matchedSpansMax: 16,
  evidencePerRead: 400,
  sweepBatchesMax: 500,
  sweepGraceMs: 3000,
  orphanAgeMs: 30_000,
  sweepEveryMs: 2000,
};
