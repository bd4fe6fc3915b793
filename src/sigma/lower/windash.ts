import { anyDash, normaliseParts, type TextPart } from '../parse/text-parts.ts';
import { type Modifier, needText } from './modifier.ts';

/**
 * windash: a dash or slash that begins a flag (no word character before it, one after it: `\B[-/]\b`) stands for any
 * of five dashes. One marker says so, so a value with many flags stays one value instead of 5^k.
 */
export const windash: Modifier = (operand, context) => {
  const text = needText(operand, context);
  if (text === null) return null;
  const parts = text.parts.flatMap((part) => (typeof part === 'string' ? markDashes(part) : [part]));
  return { ...text, parts: normaliseParts(parts) };
};

const wordCharacter = /[\p{L}\p{N}_]/u;

function markDashes(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c !== '-' && c !== '/') continue;
    if (isWord(text, i - 1) || !isWord(text, i + 1)) continue;
    parts.push(text.slice(start, i), anyDash);
    start = i + 1;
  }
  parts.push(text.slice(start));
  return parts;
}

function isWord(text: string, i: number): boolean {
  if (i < 0 || i >= text.length) return false;
  const unit = text.charCodeAt(i);
  const whole = unit >= 0xdc00 && unit <= 0xdfff ? text.codePointAt(i - 1) : text.codePointAt(i);
  return whole !== undefined && wordCharacter.test(String.fromCodePoint(whole));
}
