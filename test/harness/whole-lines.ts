/** The lines in bytes of UTF-8, each of which must have its end. */
export function wholeLines(bytes: Uint8Array): string[] {
  const lines = new TextDecoder('utf-8', { fatal: true }).decode(bytes).split('\n');
  if (lines.pop() !== '') throw new Error('the last line has no end');
  return lines;
}
