import type { Check } from '../check.ts';
import { modifiersOf, setModifiers } from '../item-edits.ts';

export const allSingleValue: Check = {
  id: 'all-single-value',
  severity: 'info',
  finds: '`all` on a single value',
  advice: 'Leave `all` out: one value is all of one.',
  fixes: true,
  item(item, report) {
    const modifiers = modifiersOf(item);
    // In a map, `|all` alone is how keywords are written; without it the key would be empty.
    if (!modifiers.includes('all') || item.tree.values.length !== 1 || item.tree.field === null) return;
    const rest = modifiers.filter((name) => name !== 'all');
    report(item.tree.at, '`all` has one value', { fix: item.ir && setModifiers(item, rest) });
  },
};
