import type { Mappings } from '../normalise/index.ts';
import type { UnknownDimension } from '../sigma/index.ts';
import type { ImageDoor } from './detect-images.ts';

/** The first message to a worker of `vonggac detect`. Rules are packed once and shared by all. */
export interface DetectWorkerData {
  /** As packRules packs them. */
  readonly rules: Uint8Array;
  readonly images: ImageDoor;
  readonly mappings: Mappings;
  readonly unknownDimension: UnknownDimension;
  readonly routing: boolean;
  /** Bytes of one line; a longer one is told of and left out. */
  readonly lineBytes: number;
  /** Lines of one batch that are told of one by one; the rest is counted. */
  readonly messages: number;
}

/** Lines for a worker: a block as read-blocks.ts gives it, in memory that both see. */
export interface LineBatch {
  readonly bytes: SharedArrayBuffer;
  readonly to: number;
  readonly isFirst: boolean;
}

/** What the lines of a batch met. */
export interface BatchReply {
  readonly lines: number;
  /** Lines that were not blank. */
  readonly events: number;
  /** `hitWidth` numbers a hit: place of the line in the batch, where it begins and ends there, index of the rule. */
  readonly hits: Int32Array;
  /** Lines with something to say about them; the first of them, and how many there were. */
  readonly told: readonly (readonly [line: number, about: LineTrouble])[];
  readonly toldCount: number;
}

export const hitWidth = 4;

/** `too-long`: left out. Otherwise why the line was not understood. */
export type LineTrouble = { readonly kind: 'too-long' } | { readonly kind: 'raw'; readonly reason: string };
