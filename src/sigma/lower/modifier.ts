import type { SigmaLimits } from '../limits.ts';
import type { TextPart } from '../parse/text-parts.ts';
import type { ProblemCode } from '../problem-codes.ts';
import type { FieldComparison, Pattern, TimePart } from './ir.ts';

/** A value on its way through the modifiers, from left to right. */
export type Operand =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly text: string }
  /** `raw` is the value before Sigma escapes were read; regular expressions are taken from it. */
  | { readonly kind: 'text'; readonly raw: string; readonly parts: readonly TextPart[] }
  /** What wide, utf16le, utf16be and utf16 make of a text. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'field'; readonly name: string; readonly how: FieldComparison }
  | { readonly kind: 'time'; readonly part: TimePart; readonly number: Operand }
  | { readonly kind: 'pattern'; readonly pattern: Pattern };

/** What a modifier may know and say besides the value in its hands. */
export interface ModifierContext {
  readonly modifier: string;
  /** Modifiers before this one that change values (all, neq and cased do not). */
  readonly earlier: readonly string[];
  /** All other modifiers of the item. */
  readonly others: readonly string[];
  readonly limits: SigmaLimits;
  /** Values of a placeholder, without its percent signs; undefined when nobody gave any. */
  placeholder(name: string): readonly string[] | undefined;
  /**
   * Reports a problem, of the chain at the modifier, of a value at the value, or at a character of it; the rule is
   * refused when the code says so.
   */
  report(code: ProblemCode, message: string, advice?: string, offset?: number): void;
}

/** A value becomes one value, several alternatives, or null after a refusal that was reported. */
export type Modifier = (operand: Operand, context: ModifierContext) => Operand | readonly Operand[] | null;

/** The operand as a text: numbers are taken as they print. Refuses anything else. */
export function needText(operand: Operand, context: ModifierContext): Extract<Operand, { kind: 'text' }> | null {
  if (operand.kind === 'text') return operand;
  if (operand.kind === 'number') return { kind: 'text', raw: operand.text, parts: [operand.text] };
  if (operand.kind === 'bytes') {
    context.report(
      'modifier-order',
      `${context.modifier} cannot follow a byte encoding`,
      'Put base64 or base64offset between them.',
    );
    return null;
  }
  context.report('modifier-type', `${context.modifier} takes a text, not ${nameOf(operand)}`);
  return null;
}

/** The operand as a text without wildcards. */
export function needPlainText(operand: Operand, context: ModifierContext): string | null {
  const text = needText(operand, context);
  if (text === null) return null;
  let plain = '';
  for (const part of text.parts) {
    if (typeof part !== 'string') {
      context.report('wildcard-not-allowed', `${context.modifier} takes no wildcards`);
      return null;
    }
    plain += part;
  }
  return plain;
}

export function nameOf(operand: Operand): string {
  switch (operand.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(operand.value);
    case 'field':
      return 'a field reference';
    case 'time':
      return 'a part of a date';
    case 'pattern':
      return operand.pattern.kind === 'regex' ? 'a regular expression' : `a ${operand.pattern.kind} test`;
    default:
      return `a ${operand.kind}`;
  }
}
