import type { Check } from '../check.ts';
import { requiredItems } from '../condition-facts.ts';
import { contradict } from '../text-cover.ts';

/** Items that each is compared with. */
const itemsMax = 200;

export const selectionsContradict: Check = {
  id: 'selections-contradict',
  severity: 'warning',
  finds: 'two selections joined with `and` that no single value of a field meets',
  advice: 'Join them with `or`, or correct one; only a field that holds a list could meet both.',
  document({ ir }, report) {
    if (ir === null) return;
    const required = requiredItems(ir);
    for (const [i, a] of required.entries()) {
      for (const b of required.slice(i + 1, i + itemsMax)) {
        if (a.selection === b.selection || !contradict(a.item, b.item)) continue;
        report(b.item.at, `it cannot hold together with line ${a.item.at.line} of "${a.selection.slice(0, 80)}"`);
      }
    }
  },
};
