export interface SyslogLimits {
  readonly lineBytesMax: number;
  readonly connectionsMax: number;
  readonly connectionsPerPeerMax: number;
  /** A connection that says nothing for so long is closed; senders reconnect. */
  readonly idleMs: number;
  /** Text of one TCP connection waiting for the belt; beyond it the connection is not read. */
  readonly connectionHeldBytesMax: number;
  /** The same over all connections. */
  readonly heldBytesMax: number;
  readonly submitLinesMax: number;
  readonly submitBytesMax: number;
  /** Datagrams waiting for the belt; beyond them datagrams are dropped and counted. */
  readonly udpHeldLinesMax: number;
  readonly udpHeldBytesMax: number;
  /** How long datagrams of one peer gather before they go on together. */
  readonly udpGatherMs: number;
  /** Asked of the kernel for the UDP socket. */
  readonly udpKernelBytes: number;
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** At most one log line about drops in so long. */
  readonly dropLogMs: number;
  readonly closeWaitMs: number;
}

export const defaultSyslogLimits: SyslogLimits = {
  lineBytesMax: 256 * 1024,
  connectionsMax: 1_000,
  connectionsPerPeerMax: 100,
  idleMs: 15 * 60_000,
  connectionHeldBytesMax: 512 * 1024,
  heldBytesMax: 64 * 1024 * 1024,
  submitLinesMax: 2_000,
  submitBytesMax: 2 * 1024 * 1024,
  udpHeldLinesMax: 50_000,
  udpHeldBytesMax: 32 * 1024 * 1024,
  udpGatherMs: 10,
  udpKernelBytes: 8 * 1024 * 1024,
  retryFirstMs: 200,
  retryMaxMs: 3_000,
  dropLogMs: 10_000,
  closeWaitMs: 5_000,
};
