/** How to reach a ClickHouse, whichever way it was opened: the arguments of `createClient` from @clickhouse/client. */
export interface ClickHouseBacking {
  url: string;
  username: string;
  password: string;
  database: string;
  /** Process id of the embedded engine as it runs now; null between two, and for a remote server. */
  readonly pid: number | null;
  /**
   * Puts the body of an insert where the embedded engine reads it by itself; these headers are sent instead of it. The
   * file is to be removed once there is an answer.
   */
  readonly handOver?: (
    body: readonly Uint8Array[],
  ) => Promise<{ readonly headers: Record<string, string>; remove(): Promise<void> }>;
  close(): Promise<void>;
}
