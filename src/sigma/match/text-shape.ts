import { fold } from '../fold.ts';
import { anyText, type TextPart } from '../parse/text-parts.ts';

export type LiteralKind = 'exact' | 'prefix' | 'suffix' | 'contains';

/** What a text pattern comes down to: the four plain comparisons, mere presence, or a real glob. */
export type TextShape =
  | { readonly kind: LiteralKind; readonly text: string }
  | { readonly kind: 'present' }
  | { readonly kind: 'glob' };

/** Parts → shape, its text folded. */
export function shapeOf(parts: readonly TextPart[]): TextShape {
  const [a, b, c] = parts;
  if (parts.length === 0) return { kind: 'exact', text: '' };
  if (parts.length === 1) {
    if (a === anyText) return { kind: 'present' };
    if (typeof a === 'string') return { kind: 'exact', text: fold(a) };
  } else if (parts.length === 2) {
    if (typeof a === 'string' && b === anyText) return { kind: 'prefix', text: fold(a) };
    if (a === anyText && typeof b === 'string') return { kind: 'suffix', text: fold(b) };
  } else if (parts.length === 3 && a === anyText && typeof b === 'string' && c === anyText) {
    return { kind: 'contains', text: fold(b) };
  }
  return { kind: 'glob' };
}
