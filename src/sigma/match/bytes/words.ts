/**
 * Four bytes at a time. A word is read little-endian with `DataView.getInt32`, so its lowest byte is the first one.
 * The tests for single bytes are the well-known carry tricks: the lowest mark is exact, marks above it may be false.
 */

/**
 * Marks (bit 7 of a byte) what ends a plain run of a JSON text: `"`, `\`, a control character or a byte above 127.
 * Since bytes above 127 end it anyway, the carry tricks need no `& ~word`.
 */
export function runEnds(word: number): number {
  return (
    (((word ^ 0x22222222) - 0x01010101) | ((word ^ 0x5c5c5c5c) - 0x01010101) | (word - 0x20202020) | word) & 0x80808080
  );
}

/** Which byte (0–3) the lowest mark stands in. */
export function firstMark(marks: number): number {
  return (31 - Math.clz32(marks & -marks)) >> 3;
}

/** Bytes as words for `wordAt` comparisons: whole words, then the rest under a mask. */
export interface WordText {
  readonly length: number;
  /** Whole words; `words[whole]` is the rest. */
  readonly whole: number;
  readonly words: Int32Array;
  readonly restMask: number;
}

export function wordText(bytes: Uint8Array): WordText {
  const whole = bytes.length >> 2;
  const padded = new Uint8Array((whole + 1) * 4);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  const words = Int32Array.from({ length: whole + 1 }, (_, i) => view.getInt32(i * 4, true));
  return { length: bytes.length, whole, words, restMask: (1 << ((bytes.length & 3) * 8)) - 1 };
}
