import type { RawLine } from '../model/source.ts';

/** What a line that waits costs in memory: its text and the object around it, or many tiny lines would cost nothing. */
export function costOf(line: RawLine): number {
  return line.text.length + (line.base64?.length ?? 0) + 64;
}
