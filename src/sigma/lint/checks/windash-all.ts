import type { Check } from '../check.ts';
import { modifiersOf } from '../item-edits.ts';

export const windashAll: Check = {
  id: 'windash-all',
  severity: 'info',
  finds: '`windash` with `all`',
  advice: 'Here each value may have any of the dashes; other tools ask for all variants at once, which nothing meets.',
  item(item, report) {
    const modifiers = modifiersOf(item);
    if (modifiers.includes('windash') && modifiers.includes('all')) report(item.tree.at, 'windash with all');
  },
};
