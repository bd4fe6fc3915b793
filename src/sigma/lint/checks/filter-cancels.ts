import type { Check } from '../check.ts';
import { conjunction, forbiddenNames, isConjunction, requiredItems } from '../condition-facts.ts';
import { implies } from '../text-cover.ts';

/** Items of the selections that each item of a filter is compared with. */
const itemsMax = 200;

export const filterCancels: Check = {
  id: 'filter-cancels',
  severity: 'error',
  finds: 'a filter that excludes everything the selections ask for',
  advice: 'Narrow the filter: as it stands the rule meets no event.',
  document({ ir, detection }, report) {
    if (ir === null) return;
    const required = requiredItems(ir)
      .map(({ item }) => item)
      .slice(0, itemsMax);
    for (const name of forbiddenNames(ir.condition)) {
      const excluded = conjunction(ir, name);
      if (excluded.length === 0 || !isConjunction(ir, name)) continue;
      if (!excluded.every((item) => required.some((other) => implies(other, item)))) continue;
      const at = detection?.entries.get(name)?.keyAt;
      if (at !== undefined) report(at, `"${name.slice(0, 80)}" excludes all that the rule asks for`);
    }
  },
};
