import { headBytes } from './line-text.ts';

/** Parts kept before they are joined: a peer that sends single bytes must not cost an object each. */
const partsMax = 64;

/** The unfinished end of a stream: held up to a bound, beyond it only its head and its size. */
export interface PartialLine {
  add(bytes: Buffer): void;
  /** What was held, and its true size; empties it. */
  take(): { readonly bytes: Buffer; readonly size: number; readonly isOver: boolean };
  readonly size: number;
  readonly heldBytes: number;
}

export function createPartialLine(bytesMax: number): PartialLine {
  let parts: Buffer[] = [];
  let held = 0;
  let size = 0;
  let isOver = false;

  return {
    add(bytes) {
      size += bytes.length;
      if (isOver) return;
      parts.push(bytes);
      held += bytes.length;
      if (held > bytesMax) {
        isOver = true;
        // A copy, so that the big buffers behind the head can go.
        parts = [Buffer.from(Buffer.concat(parts).subarray(0, headBytes))];
        held = parts[0]?.length ?? 0;
      } else if (parts.length > partsMax) parts = [Buffer.concat(parts)];
    },
    take() {
      const only = parts[0];
      const taken = { bytes: parts.length === 1 && only !== undefined ? only : Buffer.concat(parts), size, isOver };
      parts = [];
      held = 0;
      size = 0;
      isOver = false;
      return taken;
    },
    get size() {
      return size;
    },
    get heldBytes() {
      return held;
    },
  };
}
