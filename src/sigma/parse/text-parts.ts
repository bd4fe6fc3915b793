/**
 * Sigma texts as parts: wildcards are special characters, told apart from the letters once, here, so that no later
 * stage has to think of escapes (spec 2.1; pySigma types.py).
 */

/** `*`: any text, also none, also newlines. */
export const anyText = 1;
/** `?`: exactly one Unicode code point. */
export const oneChar = 2;
/** Written by `windash` only: any one of the five dashes of `dashes`. */
export const anyDash = 3;

export type Wildcard = typeof anyText | typeof oneChar | typeof anyDash;
/** Literal text and wildcards in turn; two literals never stand side by side, nor do two `anyText`. */
export type TextPart = string | Wildcard;

/** What Windows programs take for a flag's dash: - / en dash, em dash, horizontal bar. */
export const dashes: readonly string[] = ['-', '/', '\u2013', '\u2014', '\u2015'];

/** `\*` `\?` `\\` are the characters themselves; a backslash before anything else is a backslash. */
export function parseText(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let literal = '';
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '\\') {
      const next = text.charAt(i + 1);
      if (next === '*' || next === '?' || next === '\\') {
        literal += next;
        i++;
      } else literal += c;
    } else if (c === '*' || c === '?') {
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push(c === '*' ? anyText : oneChar);
    } else literal += c;
  }
  if (literal !== '') parts.push(literal);
  return normaliseParts(parts);
}

/** Joins neighbouring literals and drops an `anyText` after another. */
export function normaliseParts(parts: readonly TextPart[]): TextPart[] {
  const out: TextPart[] = [];
  for (const part of parts) {
    const last = out[out.length - 1];
    if (part === '' || (part === anyText && last === anyText)) continue;
    if (typeof part === 'string' && typeof last === 'string') out[out.length - 1] = last + part;
    else out.push(part);
  }
  return out;
}

/** Parts → Sigma text that parses back to them; a dash of any kind prints as `-`. */
export function printText(parts: readonly TextPart[]): string {
  return parts
    .map((part) => {
      if (part === anyText) return '*';
      if (part === oneChar) return '?';
      return part === anyDash ? '-' : part.replace(/[\\*?]/g, '\\$&');
    })
    .join('');
}
