/** Bounds of the store. Each has one reason beside it; what bites says so where it bites. */
export interface StoreLimits {
  /** Longest total wait of one insert over all its retries; the embedded engine needs about 2 s to come back. */
  readonly insertWaitMs: number;
  /** Longest total wait of one read over all its retries; a person is waiting. */
  readonly readWaitMs: number;
  /** One HTTP exchange with ClickHouse. */
  readonly requestMs: number;
  /** Characters of the ids that go into one query: they travel in the URL. */
  readonly idCharsPerQuery: number;
  /** Evidence ids an alert carries. */
  readonly evidenceMax: number;
  /** Rows one page of any list may hold. */
  readonly pageMax: number;
  /** Characters of a search text, terms in it, nesting of its parentheses, wildcards in one value. */
  readonly searchChars: number;
  readonly searchTerms: number;
  readonly searchDepth: number;
  readonly searchWildcards: number;
  /** Seconds a search may run in ClickHouse before it is cut. */
  readonly searchSeconds: number;
  /** Bars of a histogram. */
  readonly histogramBuckets: number;
  /**
   * Days a batch may still change: found again by its idempotency key, adopted after a crash, looked at by every sweep.
   * Older days are looked at once when a process starts and once a day.
   */
  readonly openDays: number;
}

export const defaultStoreLimits: StoreLimits = {
  insertWaitMs: 15_000,
  readWaitMs: 4_000,
  requestMs: 60_000,
  idCharsPerQuery: 5_000,
  evidenceMax: 20,
  pageMax: 1_000,
  searchChars: 2_000,
  searchTerms: 50,
  searchDepth: 10,
  searchWildcards: 10,
  searchSeconds: 10,
  histogramBuckets: 120,
  openDays: 3,
};
