import { parseText, type TextPart } from '../../parse/text-parts.ts';
import type { Check } from '../check.ts';
import { modifiersOf } from '../item-edits.ts';
import { isTextItem } from '../text-item.ts';

export const wildcardNeedless: Check = {
  id: 'wildcard-needless',
  severity: 'info',
  finds: '`*` at an end that contains, startswith or endswith (or a keyword) leaves open anyway',
  advice: 'Leave the wildcard out.',
  fixes: true,
  item(item, report) {
    const modifiers = modifiersOf(item);
    if (!isTextItem(item)) return;
    const keyword = item.tree.field === null || modifiers.includes('contains');
    const openStart = keyword || modifiers.includes('endswith');
    const openEnd = keyword || modifiers.includes('startswith');
    for (const scalar of item.tree.values) {
      if (typeof scalar.value !== 'string') continue;
      let value = scalar.value;
      if (openStart) value = value.replace(/^\*+/, '');
      // `\*` at the end is a star: only what is a wildcard may go.
      while (openEnd && value.endsWith('*') && typeof lastPart(value) !== 'string') value = value.slice(0, -1);
      if (value === scalar.value || value === '') continue;
      report(scalar.at, 'the end is open without `*`', { fix: item.document.source.setScalar(scalar, value) });
    }
  },
};

function lastPart(value: string): TextPart | undefined {
  const parts = parseText(value);
  return parts[parts.length - 1];
}
