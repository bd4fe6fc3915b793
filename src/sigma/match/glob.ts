import { fold } from '../fold.ts';
import { anyDash, anyText, dashes, oneChar, type TextPart } from '../parse/text-parts.ts';
import type { TextTest } from './text-test.ts';

/** The parts between two `anyText`. */
type Segment = readonly Exclude<TextPart, typeof anyText>[];

/**
 * Compiles a glob. The first and the last segment are pinned to the ends unless open, those between are found leftmost,
 * which is enough since `*` reaches any distance. The text must come folded unless the pattern is cased.
 */
export function compileGlob(parts: readonly TextPart[], cased: boolean): TextTest {
  const segments: Exclude<TextPart, typeof anyText>[][] = [[]];
  for (const part of parts) {
    if (part === anyText) segments.push([]);
    else segments[segments.length - 1]?.push(typeof part === 'string' && !cased ? fold(part) : part);
  }
  const first: Segment = segments[0] ?? [];
  if (segments.length === 1) return (text) => endOfMatch(first, text, 0, text.length) === text.length;
  const last: Segment = segments[segments.length - 1] ?? [];
  const middle: readonly Segment[] = segments.slice(1, -1).filter((segment) => segment.length > 0);
  return (text) => {
    let at = endOfMatch(first, text, 0, text.length);
    if (at < 0) return false;
    const limit = startOfMatch(last, text);
    if (limit < at) return false;
    for (const segment of middle) {
      at = find(segment, text, at, limit);
      if (at < 0) return false;
    }
    return true;
  };
}

function isDash(unit: string): boolean {
  return dashes.includes(unit);
}

function isPairAt(text: string, at: number): boolean {
  const high = text.charCodeAt(at);
  if (high < 0xd800 || high > 0xdbff) return false;
  const low = text.charCodeAt(at + 1);
  return low >= 0xdc00 && low <= 0xdfff;
}

/** Where the segment ends when it begins at `at`, not beyond `limit`; -1 when it does not stand there. */
function endOfMatch(segment: Segment, text: string, at: number, limit: number): number {
  let end = at;
  for (const part of segment) {
    if (typeof part === 'string') {
      if (!text.startsWith(part, end)) return -1;
      end += part.length;
    } else if (part === oneChar) end += isPairAt(text, end) ? 2 : 1;
    else if (isDash(text.charAt(end))) end++;
    else return -1;
    if (end > limit) return -1;
  }
  return end;
}

/** Where the segment begins when it ends with the text; -1 when it does not. */
function startOfMatch(segment: Segment, text: string): number {
  let start = text.length;
  for (let i = segment.length - 1; i >= 0; i--) {
    const part = segment[i];
    if (typeof part === 'string') {
      if (!text.endsWith(part, start)) return -1;
      start -= part.length;
    } else if (part === oneChar) start -= start > 1 && isPairAt(text, start - 2) ? 2 : 1;
    else if (isDash(text.charAt(start - 1))) start--;
    else return -1;
    if (start < 0) return -1;
  }
  return start;
}

/** End of the leftmost place of the segment in [from, limit]; -1 when there is none. */
function find(segment: Segment, text: string, from: number, limit: number): number {
  const [first, second] = segment;
  // A literal at a known distance from the start lets indexOf do the walking.
  const literal = typeof first === 'string' ? first : first === anyDash && typeof second === 'string' ? second : null;
  const distance = typeof first === 'string' ? 0 : 1;
  for (let at = from; at <= limit; at++) {
    if (literal !== null) {
      const found = text.indexOf(literal, at + distance);
      if (found < 0 || found > limit) return -1;
      at = found - distance;
    } else if (at > 0 && isPairAt(text, at - 1)) continue;
    const end = endOfMatch(segment, text, at, limit);
    if (end >= 0) return end;
  }
  return -1;
}
