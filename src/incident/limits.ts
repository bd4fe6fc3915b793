/** Bounds of an incident and of what people may write on it. */
export interface IncidentLimits {
  /** An alert joins an open incident whose events are at most this far from its own, either side, in event time. */
  readonly gapMs: number;
  /** Hosts and tags shown on an incident; a last entry says how many more there are. */
  readonly hostsMax: number;
  readonly tagsMax: number;
  /** Groups locked at once while new alerts are placed. */
  readonly groupsPerLockMax: number;
  /** First ledger rows written side by side, when a batch opens many incidents. */
  readonly writesAtOnce: number;
  readonly reasonCharsMax: number;
  readonly commentCharsMax: number;
  readonly assigneeCharsMax: number;
}

export const defaultIncidentLimits: IncidentLimits = {
  gapMs: 30 * 60_000,
  hostsMax: 100,
  tagsMax: 200,
  groupsPerLockMax: 100,
  writesAtOnce: 3,
  reasonCharsMax: 1000,
  commentCharsMax: 4000,
  assigneeCharsMax: 100,
};
