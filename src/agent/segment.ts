import { hashOf, sealed, unsealed } from '../disk/sealed.ts';
import type { AgentSection } from '../model/agent.ts';
import type { Position } from './position.ts';

/** A section of a batch and where its bytes came from. */
export interface Part {
  readonly section: AgentSection;
  readonly from: number;
  readonly after: Position;
}

/** What a batch in the spool says of itself. */
export interface SegmentHead {
  readonly seq: number;
  /** The server's idempotency key: follows from what is in the batch and from whom it is. */
  readonly key: string;
  readonly lines: number;
  readonly rawBytes: number;
  /** May be dropped when the spool is full. */
  readonly canDrop: boolean;
  readonly parts: readonly Part[];
  /** Of the body. */
  readonly bytes: number;
  readonly hash: string;
}

/** `cut`: acknowledged, its body taken away to make room. `body`: the body is damaged. */
export type ReadSegment =
  | { readonly kind: 'whole'; readonly head: SegmentHead; readonly headBytes: number; readonly body: Buffer }
  | { readonly kind: 'cut' | 'body'; readonly head: SegmentHead; readonly headBytes: number }
  | { readonly kind: 'damaged' };

export function encodeSegment(head: Omit<SegmentHead, 'bytes' | 'hash'>, body: Buffer): readonly Buffer[] {
  return [sealed({ ...head, bytes: body.length, hash: hashOf(body) } satisfies SegmentHead), body];
}

export function decodeSegment(bytes: Buffer): ReadSegment {
  const read = unsealed(bytes);
  if (read === null) return { kind: 'damaged' };
  const head = read.value as SegmentHead;
  const body = bytes.subarray(read.length);
  if (body.length === 0) return { kind: 'cut', head, headBytes: read.length };
  if (body.length !== head.bytes || hashOf(body) !== head.hash) return { kind: 'body', head, headBytes: read.length };
  return { kind: 'whole', head, headBytes: read.length, body };
}
