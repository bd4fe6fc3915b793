/** Bounds of everything that comes in by datagrams. */
export interface UdpLimits {
  readonly lineBytesMax: number;
  readonly submitLinesMax: number;
  readonly submitBytesMax: number;
  /** Datagrams in memory; beyond them datagrams are dropped and counted. */
  readonly udpHeldLinesMax: number;
  readonly udpHeldBytesMax: number;
  /** How long datagrams of one peer gather before they go on together. */
  readonly udpGatherMs: number;
  /** Asked of the kernel for the UDP socket. */
  readonly udpKernelBytes: number;
  /** GELF: messages whose parts have not all come, of one peer and of all, and their bytes. */
  readonly gelfPartialMax: number;
  readonly gelfPartialPerPeerMax: number;
  readonly gelfPartialBytesMax: number;
  /** GELF: how long parts wait for the others (5 s by the format's description). */
  readonly gelfPartialMs: number;
  readonly dropLogMs: number;
}

export const defaultUdpLimits: UdpLimits = {
  lineBytesMax: 256 * 1024,
  submitLinesMax: 2_000,
  submitBytesMax: 2 * 1024 * 1024,
  udpHeldLinesMax: 50_000,
  udpHeldBytesMax: 32 * 1024 * 1024,
  udpGatherMs: 10,
  udpKernelBytes: 8 * 1024 * 1024,
  gelfPartialMax: 1_000,
  gelfPartialPerPeerMax: 100,
  gelfPartialBytesMax: 16 * 1024 * 1024,
  gelfPartialMs: 5_000,
  dropLogMs: 10_000,
};
