import type { Check } from '../check.ts';
import { keyOf } from '../item-edits.ts';
import { sameFieldItems } from '../same-field.ts';
import { implies } from '../text-cover.ts';

export const itemImplied: Check = {
  id: 'item-implied',
  severity: 'info',
  finds: 'an item that another item of its map makes needless',
  advice: 'Take it out, or correct the one that was meant to be wider.',
  document({ items }, report) {
    for (const group of sameFieldItems(items)) {
      for (const b of group) {
        const a = group.find((other) => other !== b && other.ir !== null && b.ir !== null && implies(other.ir, b.ir));
        if (a !== undefined) report(b.tree.at, `${keyOf(a).slice(0, 80)} of line ${a.tree.at.line} says it already`);
      }
    }
  },
};
