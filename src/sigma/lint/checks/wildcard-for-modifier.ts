import { anyText, parseText, type TextPart } from '../../parse/text-parts.ts';
import type { Check } from '../check.ts';
import { modifiersOf, setModifiers, together } from '../item-edits.ts';
import { isTextItem, withoutWildcards } from '../text-item.ts';

const openers: readonly string[] = ['contains', 'startswith', 'endswith'];

export const wildcardForModifier: Check = {
  id: 'wildcard-for-modifier',
  severity: 'info',
  finds: 'values that all begin or end with `*` where contains, startswith or endswith says the same',
  advice: 'Use the modifier: it is easier to read, and other tools are faster with it.',
  fixes: true,
  item(item, report) {
    const modifiers = modifiersOf(item);
    if (!isTextItem(item) || item.tree.field === null || modifiers.some((name) => openers.includes(name))) return;
    const values = item.tree.values.map((scalar) => ({ scalar, parts: parseText(String(scalar.value ?? '')) }));
    const opener = openers.find((name) =>
      values.every(({ scalar, parts }) => typeof scalar.value === 'string' && has(parts, name)),
    );
    if (opener === undefined) return;
    const { source } = item.document;
    const texts = values.map(({ scalar }) =>
      source.setScalar(scalar, withoutWildcards(String(scalar.value), opener !== 'startswith', opener !== 'endswith')),
    );
    const fix = together(setModifiers(item, [opener, ...modifiers]), ...texts);
    report(item.tree.at, `wildcards say ${opener}`, { fix, advice: `Write ${opener} and leave the wildcards out.` });
  },
};

/** One literal with `*` at exactly the ends that the modifier opens. */
function has(parts: readonly TextPart[], opener: string): boolean {
  const start = opener === 'startswith' ? 0 : 1;
  const end = opener === 'endswith' ? 0 : 1;
  return (
    parts.length === 1 + start + end &&
    typeof parts[start] === 'string' &&
    (start === 0 || parts[0] === anyText) &&
    (end === 0 || parts[parts.length - 1] === anyText)
  );
}
