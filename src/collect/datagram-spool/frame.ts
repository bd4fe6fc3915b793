import { sealed, unsealed } from '../../disk/sealed.ts';
import type { Submission } from '../../model/source.ts';

/** Some datagrams of one sender, as they were handed over: with the source they were recognised as, and when they came. */
export type Handover = Omit<Submission, 'key'>;

/** A frame and its place among the frames of its segment, from 0; damaged ones count too. */
export interface Frame {
  readonly index: number;
  readonly handover: Handover;
}

/** One line of a segment: JSON behind its checksum. */
export function encodeFrame({ source, receivedTimeMs, transport, peer, lines }: Handover): Buffer {
  return sealed({ source, receivedTimeMs, transport, peer, lines } satisfies Handover);
}

/**
 * The whole frames of a segment. A damaged one costs only itself, since frames end with a line end and hold none;
 * `wholeBytes` is how far the segment goes without a damaged tail.
 */
export function decodeFrames(bytes: Buffer): { readonly frames: readonly Frame[]; readonly wholeBytes: number } {
  const frames: Frame[] = [];
  let wholeBytes = 0;
  let index = 0;
  for (let at = 0; at < bytes.length; index += 1) {
    const end = bytes.indexOf(10, at);
    if (end < 0) break;
    const read = unsealed(bytes.subarray(at, end + 1));
    at = end + 1;
    if (read === null) continue;
    frames.push({ index, handover: read.value as Handover });
    wholeBytes = at;
  }
  return { frames, wholeBytes };
}
