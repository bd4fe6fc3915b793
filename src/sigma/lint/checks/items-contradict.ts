import type { Check } from '../check.ts';
import { keyOf } from '../item-edits.ts';
import { contradict } from '../text-cover.ts';

export const itemsContradict: Check = {
  id: 'items-contradict',
  severity: 'warning',
  finds: 'two items of one map that no single value of their field meets',
  advice: 'Put them into two selections and join those with `or`; only a field that holds a list could meet both.',
  document({ items }, report) {
    for (const [i, a] of items.entries()) {
      for (const b of items.slice(i + 1)) {
        if (a.map < 0 || a.map !== b.map || a.ir === null || b.ir === null) continue;
        if (contradict(a.ir, b.ir))
          report(b.tree.at, `it can not hold together with ${keyOf(a)} of line ${a.tree.at.line}`);
      }
    }
  },
};
