import type { Check } from '../check.ts';
import { keyOf } from '../item-edits.ts';
import { implies } from '../text-cover.ts';

export const itemImplied: Check = {
  id: 'item-implied',
  severity: 'info',
  finds: 'an item that another item of its map makes needless',
  advice: 'Take it out, or correct the one that was meant to be wider.',
  document({ items }, report) {
    for (const a of items) {
      for (const b of items) {
        if (a === b || a.map < 0 || a.map !== b.map || a.ir === null || b.ir === null) continue;
        if (implies(a.ir, b.ir)) report(b.tree.at, `${keyOf(a)} of line ${a.tree.at.line} says it already`);
      }
    }
  },
};
