/** How to reach a Redis: the connection options of ioredis and BullMQ. */
export interface RedisBacking {
  connection: {
    host: string;
    port: number;
    username?: string;
    password?: string;
    db?: number;
    tls?: boolean;
  };
  /** Process id of the spawned server as it runs now; null between two, and for a remote one. */
  readonly pid: number | null;
  close(): Promise<void>;
}
