import { type Modifier, needPlainText } from './modifier.ts';

/** `fieldref`: the value names another field of the same event. contains, startswith, endswith may follow. */
export const fieldref: Modifier = (operand, context) => {
  if (context.earlier.length > 0) {
    context.report('modifier-order', `fieldref stands after ${context.earlier.join(', ')}`, 'Put fieldref first.');
    return null;
  }
  const name = needPlainText(operand, context);
  if (name === null) return null;
  if (name !== '') return { kind: 'field', name, how: 'equals' };
  context.report('modifier-type', 'fieldref takes the name of a field');
  return null;
};
