/** Bounds of what an alert carries and when it counts as late. */
export interface AlertLimits {
  /** Accounts, addresses, files … named by the evidence. */
  readonly entitiesMax: number;
  readonly entityCharsMax: number;
  /** Events shown of a correlation's alert. */
  readonly correlatedEvidenceMax: number;
  /** Delay between event and receipt that is worth a badge. */
  readonly lateFromMs: number;
  /** A longer delay is no late live source but an import of old logs (a capture, a corpus): no badge. */
  readonly lateUntilMs: number;
}

export const defaultAlertLimits: AlertLimits = {
  entitiesMax: 24,
  entityCharsMax: 256,
  correlatedEvidenceMax: 20,
  lateFromMs: 10 * 60_000,
  lateUntilMs: 7 * 86_400_000,
};
