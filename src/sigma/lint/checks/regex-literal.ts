import { printText } from '../../parse/text-parts.ts';
import type { Check } from '../check.ts';
import { modifiersOf, setModifiers, together } from '../item-edits.ts';

export const regexLiteral: Check = {
  id: 'regex-literal',
  severity: 'info',
  finds: 'a regex that is plain text',
  advice: 'Write `contains` (with `cased`, since a regex tells capitals apart): it is faster and easier to read.',
  fixes: true,
  item(item, report) {
    const modifiers = modifiersOf(item);
    if (item.ir === null || item.tree.field === null || !modifiers.includes('re')) return;
    const texts = item.tree.values.map((scalar) => literalOf(String(scalar.value)));
    if (texts.includes(null)) return;
    // With the flag i RE2 folds more letters than the platform does, so that is left to a person.
    const simple = modifiers.every((name) => name === 're' || name === 'all' || name === 'neq');
    const { source } = item.document;
    const values = item.tree.values.map((scalar, i) => source.setScalar(scalar, printText([texts[i] ?? ''])));
    const rest = modifiers.filter((name) => name !== 're');
    const fix = simple ? together(setModifiers(item, ['contains', 'cased', ...rest]), ...values) : null;
    report(item.tree.at, 'the regex is plain text', { fix });
  },
};

/** The text a regex without operators stands for, or null. */
function literalOf(source: string): string | null {
  if (!/^(?:[^\\^$.|?*+()[\]{}]|\\[^\p{L}\p{N}])+$/u.test(source)) return null;
  return source.replace(/\\(.)/gsu, '$1');
}
