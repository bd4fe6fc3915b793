/** Bounds of the watch over sources. */
export interface WatchLimits {
  /** How far back a silence is looked for; longer ones are silences all the same. Covers Tết and the weekends beside it. */
  readonly silenceHorizonMs: number;
  /** Rows of an hour are whole this long after its end: belt, batches, roll-up. */
  readonly hourSettlesMs: number;
  /** A pinned parser has failed when more than this share of at least so many rows are raw. */
  readonly formatRawShareMax: number;
  readonly formatRowsLeast: number;
  /** Lines with a time of their own before anything is said of a clock. */
  readonly clockSamplesLeast: number;
  /** Hours the clock is estimated over, and those it is judged by while they have lines enough. */
  readonly clockHours: number;
  readonly clockJudgedHours: number;
  /** Blind rules and techniques named in an alert; the counts are exact. */
  readonly blindShown: number;
  /** Weeks a proposed band is learnt from, at most. */
  readonly weeksLearnt: number;
}

export const defaultWatchLimits: WatchLimits = {
  silenceHorizonMs: 21 * 86_400_000,
  hourSettlesMs: 3 * 60_000,
  formatRawShareMax: 0.2,
  formatRowsLeast: 50,
  clockSamplesLeast: 200,
  clockHours: 24,
  clockJudgedHours: 3,
  blindShown: 50,
  weeksLearnt: 4,
};

/** Signs of life are given every minute; two may be missed. */
export const gapLeastMs = 180_000;
