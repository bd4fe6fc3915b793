export interface HttpCollectorLimits {
  /** Body as sent, compressed or not. */
  readonly bodyBytesMax: number;
  /** Body after gunzip. */
  readonly inflatedBytesMax: number;
  /** Events of one request, and their text when each stands by itself: protocols name a resource once for many. */
  readonly linesMax: number;
  readonly linesBytesMax: number;
  readonly lineBytesMax: number;
  /** Requests of all HTTP collectors being read or waiting for the store at once; each may hold a body. */
  readonly requestsMax: number;
  /** Unpacked bytes of all their bodies together. */
  readonly heldBytesMax: number;
  /** Longest time a client may take to send a body. */
  readonly bodyWaitMs: number;
  /** Longest time a client is kept waiting for the store; with the reading of the body below the server's own limit. */
  readonly answerWaitMs: number;
  readonly keyCharsMax: number;
  /** Outcomes kept for clients that were not there any more to be told. */
  readonly untoldMax: number;
  readonly untoldMs: number;
}

export const defaultHttpCollectorLimits: HttpCollectorLimits = {
  bodyBytesMax: 16 * 1024 * 1024,
  inflatedBytesMax: 32 * 1024 * 1024,
  linesMax: 50_000,
  linesBytesMax: 64 * 1024 * 1024,
  lineBytesMax: 1024 * 1024,
  requestsMax: 64,
  heldBytesMax: 256 * 1024 * 1024,
  bodyWaitMs: 60_000,
  answerWaitMs: 20_000,
  keyCharsMax: 200,
  untoldMax: 10_000,
  untoldMs: 15 * 60_000,
};
