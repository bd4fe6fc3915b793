import { anyText, normaliseParts, type TextPart } from '../parse/text-parts.ts';
import { latin1 } from './bytes.ts';
import type { FieldComparison } from './ir.ts';
import { type Modifier, needText } from './modifier.ts';

/** contains, startswith, endswith: a wildcard at the open ends; on a field reference, how the two fields compare. */
function anchored(how: FieldComparison, openStart: boolean, openEnd: boolean): Modifier {
  return (operand, context) => {
    if (operand.kind === 'field') return { ...operand, how };
    // An unanchored search finds the same with `.*` at its ends, so there is nothing to add.
    if (operand.kind === 'pattern' && operand.pattern.kind === 'regex') return operand;
    // Bytes that no base64 follows are looked for as they are.
    const given =
      operand.kind === 'bytes'
        ? ({ kind: 'text', raw: '', parts: [latin1(operand.bytes)] } as const)
        : needText(operand, context);
    if (given === null) return null;
    const parts: TextPart[] = [...given.parts];
    if (openStart) parts.unshift(anyText);
    if (openEnd) parts.push(anyText);
    return { ...given, parts: normaliseParts(parts) };
  };
}

export const contains: Modifier = anchored('contains', true, true);
export const startswith: Modifier = anchored('startswith', false, true);
export const endswith: Modifier = anchored('endswith', true, false);
