/** Every bound of the HTTP API. What an outsider can make grow is named here and nowhere else. */
export interface ApiLimits {
  /** Largest JSON body of an API request, in bytes (collectors set their own). */
  readonly bodyBytesMax: number;
  /** Open connections to the HTTP server, of people and collectors together. */
  readonly connectionsMax: number;
  /** Longest text of an event query, in UTF-16 units. */
  readonly queryLengthMax: number;
  /** Longest range of one event search. */
  readonly searchRangeMsMax: number;
  readonly pageDefault: number;
  readonly pageMax: number;
  /** Evidence events shown for one alert, and for one incident. */
  readonly evidencePerAlertMax: number;
  readonly evidencePerIncidentMax: number;
  /** A request that takes longer is answered with `timeout`. */
  readonly requestTimeoutMs: number;
  /** How old the directory of accounts, tokens, sources and systems may be; revocation takes effect within it. */
  readonly directoryAgeMsMax: number;
  /** Who asks for somebody the directory does not know makes it look again, when its reading is older than this. */
  readonly directoryMissAgeMs: number;
  /** What may be answered from an old reading waits this long for a new one. */
  readonly directoryStaleWaitMs: number;
  /** Subjects of one kind the directory holds; more are refused at creation. */
  readonly directorySubjectsMax: number;
  readonly sessionIdleMs: number;
  readonly sessionAbsoluteMs: number;
  /** A session's last-seen time is written at most this often. */
  readonly sessionTouchMs: number;
  /** Login tries for one account name, and from one address (IPv6: one /64), in the window. */
  readonly loginPerAccountMax: number;
  readonly loginPerAddressMax: number;
  readonly loginWindowMs: number;
  /** Failed logins written to the audit ledger in a minute, whole installation; more are counted only. */
  readonly auditedFailuresPerMinuteMax: number;
  /** Argon2 computations at once (19 MiB each) and waiting ones; more are answered `busy`. */
  readonly passwordWorkMax: number;
  readonly passwordWaitingMax: number;
  /** Masked values one person may have revealed in an hour. */
  readonly revealsPerHourMax: number;
  /** Largest upload of an indicator list. */
  readonly indicatorBytesMax: number;
  readonly setupCodeMs: number;
  readonly entryCodeMs: number;
}

export const defaultApiLimits: ApiLimits = {
  bodyBytesMax: 64 * 1024,
  connectionsMax: 4_000,
  queryLengthMax: 2_000,
  searchRangeMsMax: 400 * 86_400_000,
  pageDefault: 50,
  pageMax: 500,
  evidencePerAlertMax: 20,
  evidencePerIncidentMax: 200,
  requestTimeoutMs: 30_000,
  directoryAgeMsMax: 3_000,
  directoryMissAgeMs: 250,
  directoryStaleWaitMs: 1_000,
  directorySubjectsMax: 20_000,
  sessionIdleMs: 60 * 60_000,
  sessionAbsoluteMs: 12 * 3_600_000,
  sessionTouchMs: 30_000,
  loginPerAccountMax: 10,
  loginPerAddressMax: 30,
  loginWindowMs: 5 * 60_000,
  auditedFailuresPerMinuteMax: 60,
  passwordWorkMax: 2,
  passwordWaitingMax: 20,
  revealsPerHourMax: 100,
  indicatorBytesMax: 32 * 2 ** 20,
  setupCodeMs: 72 * 3_600_000,
  entryCodeMs: 15 * 60_000,
};
