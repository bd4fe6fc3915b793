import type { Check } from '../check.ts';
import { modifiersOf } from '../item-edits.ts';
import { isTextItem, withoutWildcards } from '../text-item.ts';

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
      const value = withoutWildcards(scalar.value, openStart, openEnd);
      if (value === scalar.value || value === '') continue;
      report(scalar.at, 'the end is open without `*`', { fix: item.document.source.setScalar(scalar, value) });
    }
  },
};
