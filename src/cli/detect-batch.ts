import type { Mappings } from '../normalise/index.ts';
import type { UnknownDimension } from '../sigma/index.ts';

/** What a worker of `vonggac detect` is given at its start. Rules are packed once and shared by all. */
export interface DetectWorkerData {
  readonly rules: SharedArrayBuffer;
  readonly mappings: Mappings;
  readonly unknownDimension: UnknownDimension;
  readonly routing: boolean;
  /** Lines of one batch that are told of when they were not understood; the rest is counted. */
  readonly messages: number;
}

/** Lines for a worker: line `i` is bytes[ends[i - 1] … ends[i]), the first begins at 0. */
export interface LineBatch {
  readonly bytes: SharedArrayBuffer;
  readonly ends: Int32Array;
}

/** What the lines of a batch met. */
export interface BatchReply {
  /** Lines that were not blank. */
  readonly events: number;
  /** Pairs: place of the line in the batch, index of the rule; ascending. */
  readonly hits: Int32Array;
  /** Lines that were not understood, with the reason; the first of them, and how many there were. */
  readonly raw: readonly (readonly [line: number, reason: string])[];
  readonly rawCount: number;
}
