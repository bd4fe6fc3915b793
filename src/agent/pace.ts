import type { AgentLimits } from './limits.ts';

/** How fast the link is and how well lines pack, by what was sent. */
export interface Pace {
  /** Bytes on the wire a second; 0 while nothing is known. */
  readonly bytesPerSecond: number;
  sent(wireBytes: number, rawBytes: number, tookMs: number): void;
  /** Lines, in bytes, whose sending takes about `sendMs`. */
  batchBytes(): number;
  /** How long an answer to so many bytes may take. */
  answerWithinMs(wireBytes: number): number;
}

/** Smaller batches say nothing of the link. */
const tellingBytes = 4096;
const firstBatchBytes = 262_144;
const smallestWireBytes = 16_384;
/** Weight of the newest measure. */
const weight = 0.3;

export function createPace(limits: AgentLimits): Pace {
  let bytesPerSecond = 0;
  let share = 0.25;
  return {
    get bytesPerSecond() {
      return bytesPerSecond;
    },
    sent(wireBytes, rawBytes, tookMs) {
      if (wireBytes < tellingBytes) return;
      const now = (wireBytes * 1000) / Math.max(1, tookMs);
      bytesPerSecond = bytesPerSecond === 0 ? now : bytesPerSecond + weight * (now - bytesPerSecond);
      share += weight * (wireBytes / rawBytes - share);
    },
    batchBytes() {
      if (bytesPerSecond === 0) return Math.min(firstBatchBytes, limits.batchBytesMax);
      const wire = Math.max(smallestWireBytes, Math.min(limits.wireBytesMax, (bytesPerSecond * limits.sendMs) / 1000));
      return Math.min(limits.batchBytesMax, Math.round(wire / Math.max(0.01, share)));
    },
    answerWithinMs: (wireBytes) =>
      limits.answerMs + (bytesPerSecond === 0 ? 0 : (2000 * wireBytes) / Math.max(1, bytesPerSecond)),
  };
}
