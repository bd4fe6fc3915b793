/** How to reach a ClickHouse, whichever way it was opened: the arguments of `createClient` from @clickhouse/client. */
export interface ClickHouseBacking {
  url: string;
  username: string;
  password: string;
  database: string;
  /** Process id of the embedded engine as it runs now; null between two, and for a remote server. */
  readonly pid: number | null;
  close(): Promise<void>;
}
