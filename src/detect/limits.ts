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
  /** Milliseconds of working out correlations between two turns of the event loop. */
  readonly correlateTurnMs: number;
  /** Members handed to the store at once. */
  readonly membersPerWrite: number;
  /** Members of one group that are looked at for one hour; the earliest beyond are left out, counted and logged. */
  readonly groupMembersMax: number;
  /** Members of one correlation read at once to make recent state whole. */
  readonly sliceMembersMax: number;
  /** Correlations with a longer timespan are refused: their members are not kept long enough. */
  readonly timespanMaxMs: number;
  /** Texts of a member (group and what it hands on) together; an event with longer ones takes no part and is counted. */
  readonly memberTextChars: number;
  /** Times an answer that another worker overtook is worked out again before the batch is left to a later try. */
  readonly settleRoundsMax: number;
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
  correlateTurnMs: 20,
  membersPerWrite: 2_000,
  groupMembersMax: 50_000,
  sliceMembersMax: 50_000,
  timespanMaxMs: 30 * 86_400_000,
  memberTextChars: 4_096,
  settleRoundsMax: 8,
  sweepBatchesMax: 500,
  sweepGraceMs: 3000,
  orphanAgeMs: 30_000,
  sweepEveryMs: 2000,
};
