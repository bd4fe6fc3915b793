import { fold } from '../fold.ts';
import { anyText, type TextPart } from '../parse/text-parts.ts';

/** What a text pattern comes down to: the four plain comparisons, mere presence, or a real glob. */
export type TextShape =
  | { readonly kind: 'exact' | 'prefix' | 'suffix' | 'contains'; readonly text: string }
  | { readonly kind: 'present' }
  | { readonly kind: 'glob' };

/** Parts → shape, its text folded unless cased. */
export function shapeOf(parts: readonly TextPart[], cased: boolean): TextShape {
  const [a, b, c] = parts;
  const text = (part: string) => (cased ? part : fold(part));
  if (parts.length === 0) return { kind: 'exact', text: '' };
  if (parts.length === 1) {
    if (a === anyText) return { kind: 'present' };
    if (typeof a === 'string') return { kind: 'exact', text: text(a) };
  } else if (parts.length === 2) {
    if (typeof a === 'string' && b === anyText) return { kind: 'prefix', text: text(a) };
    if (a === anyText && typeof b === 'string') return { kind: 'suffix', text: text(b) };
  } else if (parts.length === 3 && a === anyText && typeof b === 'string' && c === anyText) {
    return { kind: 'contains', text: text(b) };
  }
  return { kind: 'glob' };
}
