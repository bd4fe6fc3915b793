import type { Check } from '../check.ts';
import { modifiersOf } from '../item-edits.ts';

export const base64offsetWhole: Check = {
  id: 'base64offset-whole',
  severity: 'warning',
  finds: '`base64offset` without `contains`',
  advice: 'Add contains: what base64offset makes is a piece from inside a longer text.',
  item(item, report) {
    const modifiers = modifiersOf(item);
    if (modifiers.includes('base64offset') && !modifiers.includes('contains') && item.tree.field !== null) {
      report(item.tree.at, 'base64offset looks for whole values');
    }
  },
};
