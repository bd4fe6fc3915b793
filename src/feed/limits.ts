/** Bounds of the live feed towards its clients. */
export interface FeedLimits {
  /** Connections in this process, and of one account or token. */
  readonly clientsMax: number;
  readonly clientsPerPrincipalMax: number;
  /** Bytes waiting for a client before it is told to resync and cut off. */
  readonly bufferedBytesMax: number;
  /** Messages handed to a client that comes back; a longer absence means loading the lists again. */
  readonly resumeMessagesMax: number;
  /** Messages that may wait while a client is being let in. */
  readonly joiningMessagesMax: number;
  /** Bytes a client may send in a frame; it has nothing to say. */
  readonly inboundBytesMax: number;
  /** Where the stream is and whether the viewer may still look: told and checked this often. */
  readonly tickMs: number;
  /** A client that leaves a ping unanswered this long is gone. */
  readonly pingMs: number;
  /** How long a viewer stays on while nobody can say whether they still may. */
  readonly unverifiedMsMax: number;
  /** How long the check of a viewer, or the platform's health, may take to answer. */
  readonly answerMs: number;
  /** How long a client that was told to go may take. */
  readonly goodbyeMs: number;
}

export const defaultFeedLimits: FeedLimits = {
  clientsMax: 300,
  clientsPerPrincipalMax: 20,
  bufferedBytesMax: 2 * 1024 * 1024,
  resumeMessagesMax: 500,
  joiningMessagesMax: 1000,
  inboundBytesMax: 256,
  tickMs: 2000,
  pingMs: 15_000,
  unverifiedMsMax: 10_000,
  answerMs: 3000,
  goodbyeMs: 1000,
};

/** Close codes of ours (RFC 6455 7.4.2: 4000–4999 are an application's own) beside 1001, 1008 and 1013. */
export const closeCodes = { unauthorised: 4401, forbidden: 4403, slow: 4408 } as const;
