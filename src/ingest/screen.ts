import type { RawLine, Rejection } from '../model/source.ts';
import type { IntakeLimits } from './limits.ts';

export interface Refused {
  readonly line: RawLine;
  readonly reason: string;
  readonly bytes: number;
}

export interface Screened {
  readonly kept: readonly RawLine[];
  readonly refused: readonly Refused[];
  readonly rejected: readonly Rejection[];
}

function nulShare(text: string): number {
  let count = 0;
  for (let i = text.indexOf('\0'); i >= 0; i = text.indexOf('\0', i + 1)) count++;
  return count / text.length;
}

/** Why a line cannot be stored at all; '' when it can. */
function refusal(line: RawLine, limits: IntakeLimits): string {
  if (line.flaw?.fatal === true) return line.flaw.reason;
  // A UTF-16 unit is one to three bytes of UTF-8, so most lines need no counting.
  const isLong = line.text.length * 3 > limits.lineBytesMax && Buffer.byteLength(line.text) > limits.lineBytesMax;
  if (isLong) return 'too-long';
  // NULs at the end are padding of old senders; parsing drops them.
  if (line.text.includes('\0') && nulShare(line.text.replace(/\0+$/, '')) > limits.nulShareMax) return 'binary';
  return '';
}

/**
 * Part the lines that can be stored from those that cannot. Depends on the lines alone, so a repeated submission is
 * answered with the same rejections. Blank lines are neither.
 */
export function screenLines(lines: readonly RawLine[], limits: IntakeLimits): Screened {
  const kept: RawLine[] = [];
  const refused: Refused[] = [];
  const rejected: Rejection[] = [];
  for (const line of lines) {
    const reason = refusal(line, limits);
    if (reason !== '') {
      refused.push({ line, reason, bytes: line.flaw?.bytes ?? Buffer.byteLength(line.text) });
      rejected.push({ line: line.line, reason });
    } else if (line.text.trim() !== '') kept.push(line);
  }
  return { kept, refused, rejected };
}
