/** Every bound of telling owners. */
export interface NotifyLimits {
  /** Tries before a notice is given up; with the queue's growing waits that is well over a day. */
  readonly attemptsMax: number;
  /** Of what the other side answered, how much is kept on the delivery row, in UTF-16 units. */
  readonly detailLengthMax: number;
  /** Notices one sweep offers again. */
  readonly sweepMax: number;
  /** A notice untouched for this long is offered again by the sweep. */
  readonly sweepAgeMs: number;
  /** Notice ids remembered as written, so that amendments of an alert ask the store nothing. */
  readonly knownMax: number;
  /** A webhook or SMTP dialogue that takes longer is a failed try. */
  readonly sendTimeoutMs: number;
  readonly webhookAnswerBytesMax: number;
  /** Titles, hosts and entities come from rules and logs; longer ones are cut, visibly. */
  readonly textLengthMax: number;
}

export const defaultNotifyLimits: NotifyLimits = {
  attemptsMax: 12,
  detailLengthMax: 500,
  sweepMax: 1_000,
  sweepAgeMs: 60_000,
  knownMax: 50_000,
  sendTimeoutMs: 15_000,
  webhookAnswerBytesMax: 4_096,
  textLengthMax: 300,
};
