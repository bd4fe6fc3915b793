import type { Mappings } from '../normalise/index.ts';
import type { UnknownDimension } from '../sigma/index.ts';
import type { HitFormat } from './detect-hits.ts';
import type { ImageDoor } from './detect-images.ts';

/** The first message to a worker of `vonggac detect`. Rules are packed once and shared by all. */
export interface DetectWorkerData {
  /** As packRules packs them. */
  readonly rules: Uint8Array;
  readonly images: ImageDoor;
  readonly mappings: Mappings;
  readonly unknownDimension: UnknownDimension;
  readonly routing: boolean;
  readonly format: HitFormat;
  /** By rule: 1 when a correlation is built on it, so that the event itself is needed. */
  readonly wanted: Uint8Array;
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
  /** Number of its first line. */
  readonly line: number;
  readonly file: string;
}

/** What the lines of a batch met, by the numbers of lines. */
export interface BatchReply {
  /** Lines that were not blank. */
  readonly events: number;
  /** Hits as they are told, each with its newline, up to the line `numbersFrom`. */
  readonly text: Uint8Array;
  readonly textHits: number;
  /** From this line on hits are not in the text, which is bounded, but among `hits`. */
  readonly numbersFrom: number;
  /**
   * All that was met by lines that a correlation wants, and by those from `numbersFrom` on. `hitWidth` numbers a hit:
   * line, where it begins and ends in the batch, bytes and hits of the text up to its last hit, index of the rule.
   */
  readonly hits: Int32Array;
  /** Lines with something to say about them; the first of them, and how many there were. */
  readonly told: readonly (readonly [line: number, about: LineTrouble])[];
  readonly toldCount: number;
}

export const hitWidth = 6;

/** `too-long`: left out. Otherwise why the line was not understood. */
export type LineTrouble = { readonly kind: 'too-long' } | { readonly kind: 'raw'; readonly reason: string };
