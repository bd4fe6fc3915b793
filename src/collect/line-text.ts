import { isUtf8 } from 'node:buffer';
import type { LineFlaw, RawLine } from '../model/source.ts';

/** How a collector turns bytes into lines. */
export interface LineRules {
  readonly lineBytesMax: number;
}

/** Characters of a line too long that go on as its head. */
export const headBytes = 4_096;

/**
 * One line of its own bytes: line end and byte-order mark off. What is no UTF-8 is replaced and flagged, and the bytes go
 * on beside it: whoever knows the source can say what they mean (src/ingest/line-text.ts). null when blank.
 */
export function toRawLine(bytes: Buffer, line: number, rules: LineRules): RawLine | null {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 13 || bytes[end - 1] === 10 || bytes[end - 1] === 0)) end--;
  const content = end === bytes.length ? bytes : bytes.subarray(0, end);
  if (content.length > rules.lineBytesMax) return tooLong(content.subarray(0, headBytes), bytes.length, line);
  const text = content.toString('utf8');
  const whole = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (whole === '') return null;
  if (isUtf8(content)) return { text: whole, line };
  const flaw: LineFlaw = { reason: 'not-utf8', fatal: false, bytes: bytes.length };
  return { text: whole, line, base64: content.toString('base64'), flaw };
}

export function tooLong(head: Buffer, bytes: number, line: number): RawLine {
  const flaw: LineFlaw = { reason: 'too-long', fatal: true, bytes };
  return { text: head.toString('utf8'), line, flaw };
}

/** A line the connection ended inside of: kept as far as it came. */
export function markCut(line: RawLine, bytes: number): RawLine {
  return line.flaw === undefined ? { ...line, flaw: { reason: 'cut', fatal: false, bytes } } : line;
}
