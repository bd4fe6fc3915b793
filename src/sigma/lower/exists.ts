import { type Modifier, nameOf } from './modifier.ts';

/** `exists`: whether the key is there; its value, even null, does not matter. Stands alone. */
export const exists: Modifier = (operand, context) => {
  if (context.others.length > 0) {
    context.report('modifier-conflict', `exists stands beside ${context.others.join(', ')}`, 'Use exists alone.');
    return null;
  }
  if (operand.kind === 'boolean') return { kind: 'pattern', pattern: { kind: 'exists', expected: operand.value } };
  context.report('modifier-type', `exists takes true or false, not ${nameOf(operand)}`);
  return null;
};
