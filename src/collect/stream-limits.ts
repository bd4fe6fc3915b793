/** Bounds of everything that comes in by connections (syslog, RELP, GELF over TCP); those with `all` hold for all together. */
export interface StreamLimits {
  readonly lineBytesMax: number;
  readonly connectionsMax: number;
  readonly connectionsPerPeerMax: number;
  /** A connection that says nothing for so long is closed; senders reconnect. */
  readonly idleMs: number;
  /** How long a TLS handshake may take. */
  readonly handshakeMs: number;
  /** Text of one connection waiting for the belt; beyond it the connection is not read. */
  readonly connectionHeldBytesMax: number;
  /** The same over all connections of all transports. */
  readonly heldBytesMax: number;
  readonly submitLinesMax: number;
  readonly submitBytesMax: number;
  /** How long the lines of a record may keep others waiting before it counts as whole. */
  readonly recordWaitMs: number;
  /** How long a connection goes by what the register said of its source. */
  readonly sourceMs: number;
  /** How often the certificate's files are looked at. */
  readonly certificateMs: number;
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** At most one log line about refusals or drops in so long. */
  readonly dropLogMs: number;
  readonly closeWaitMs: number;
}

export const defaultStreamLimits: StreamLimits = {
  lineBytesMax: 256 * 1024,
  connectionsMax: 1_000,
  connectionsPerPeerMax: 100,
  idleMs: 15 * 60_000,
  handshakeMs: 10_000,
  connectionHeldBytesMax: 512 * 1024,
  heldBytesMax: 64 * 1024 * 1024,
  submitLinesMax: 2_000,
  submitBytesMax: 2 * 1024 * 1024,
  recordWaitMs: 1_000,
  sourceMs: 1_000,
  certificateMs: 10_000,
  retryFirstMs: 200,
  retryMaxMs: 3_000,
  dropLogMs: 10_000,
  closeWaitMs: 5_000,
};
