import { normaliseParts, parseText, type TextPart } from '../parse/text-parts.ts';
import { type Modifier, type ModifierContext, needText } from './modifier.ts';

/**
 * `expand`: %name% in the value is replaced by each value of the placeholder; `\%` is a percent sign. The values are
 * plain text. A placeholder nobody gave values for refuses the rule: an unresolved one would never match, silently.
 *
 * Works on the value as written, because only there `\\%name%` (a backslash, then a placeholder) differs from `\%`;
 * that is why lowering applies it before all other modifiers, wherever it stands.
 */
export const expand: Modifier = (operand, context) => {
  const text = needText(operand, context);
  if (text === null) return null;
  let variants: (readonly TextPart[])[] = [[]];
  let found = false;
  let refused = false;
  for (const piece of splitPlaceholders(text.raw)) {
    if (typeof piece === 'string') {
      const parts = piece === '\\%' ? ['%'] : parseText(piece);
      variants = variants.map((variant) => [...variant, ...parts]);
      continue;
    }
    found = true;
    const values = valuesOf(piece.name, variants.length, context);
    if (values === null) refused = true;
    else variants = variants.flatMap((variant) => values.map((value) => [...variant, value]));
  }
  if (refused) return null;
  if (!found) context.report('placeholder-none', `"${text.raw.slice(0, 80)}" holds no placeholder`);
  return variants.map((parts) => ({ ...text, parts: normaliseParts(parts) }));
};

function valuesOf(name: string, factor: number, context: ModifierContext): readonly string[] | null {
  const values = context.placeholder(name);
  if (values === undefined || values.length === 0) {
    context.report('placeholder-unresolved', `no values are given for the placeholder %${name.slice(0, 80)}%`);
    return null;
  }
  if (values.length * factor <= context.limits.variants) return values;
  context.report('placeholder-too-many', `the placeholders give more than ${context.limits.variants} values`);
  return null;
}

/** Placeholders, `\%`, and the text between them with its escapes still in it. */
function splitPlaceholders(raw: string): (string | { name: string })[] {
  const pieces: (string | { name: string })[] = [];
  let start = 0;
  for (const match of raw.matchAll(/\\[\\*?]|\\%|%(\w+)%/g)) {
    const textEscape = match[0] !== '\\%' && match[1] === undefined;
    if (textEscape) continue;
    pieces.push(raw.slice(start, match.index), match[1] === undefined ? '\\%' : { name: match[1] });
    start = match.index + match[0].length;
  }
  pieces.push(raw.slice(start));
  return pieces;
}
