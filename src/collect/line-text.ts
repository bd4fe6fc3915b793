import { isUtf8 } from 'node:buffer';
import type { LineFlaw, RawLine } from '../model/source.ts';

/** How a collector turns bytes into lines. */
export interface LineRules {
  readonly lineBytesMax: number;
  /** Whether bytes that are no UTF-8 spoil a line (JSON must be UTF-8) or only flag it (syslog is what it is). */
  readonly notUtf8Fatal: boolean;
}

/** Characters of a line too long that go on as its head. */
export const headBytes = 4_096;

/** One line of its own bytes: line end and byte-order mark off, what is no UTF-8 replaced and flagged. null when blank. */
export function toRawLine(bytes: Buffer, line: number, rules: LineRules): RawLine | null {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 13 || bytes[end - 1] === 10 || bytes[end - 1] === 0)) end--;
  const content = end === bytes.length ? bytes : bytes.subarray(0, end);
  if (content.length > rules.lineBytesMax) return tooLong(content.subarray(0, headBytes), bytes.length, line);
  const text = content.toString('utf8');
  const whole = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (whole === '') return null;
  if (isUtf8(content)) return { text: whole, line };
  return { text: whole, line, flaw: { reason: 'not-utf8', fatal: rules.notUtf8Fatal, bytes: bytes.length } };
}

export function tooLong(head: Buffer, bytes: number, line: number): RawLine {
  const flaw: LineFlaw = { reason: 'too-long', fatal: true, bytes };
  return { text: head.toString('utf8'), line, flaw };
}

/** A line the connection ended inside of: kept as far as it came. */
export function markCut(line: RawLine, bytes: number): RawLine {
  return line.flaw === undefined ? { ...line, flaw: { reason: 'cut', fatal: false, bytes } } : line;
}
