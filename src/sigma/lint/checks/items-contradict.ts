import type { Check } from '../check.ts';
import { keyOf } from '../item-edits.ts';
import { sameFieldItems } from '../same-field.ts';
import { contradict } from '../text-cover.ts';

export const itemsContradict: Check = {
  id: 'items-contradict',
  severity: 'warning',
  finds: 'two items of one map that no single value of their field meets',
  advice: 'Put them into two selections and join those with `or`; only a field that holds a list could meet both.',
  document({ items }, report) {
    for (const group of sameFieldItems(items)) {
      for (const [i, a] of group.entries()) {
        for (const b of group.slice(i + 1)) {
          if (a.ir === null || b.ir === null || !contradict(a.ir, b.ir)) continue;
          report(b.tree.at, `it cannot hold together with ${keyOf(a).slice(0, 80)} of line ${a.tree.at.line}`);
        }
      }
    }
  },
};
