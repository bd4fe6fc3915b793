import { fits } from '../../lower/rule.ts';
import type { ConditionTree } from '../../parse/condition.ts';
import type { Check } from '../check.ts';

export const selectionUnused: Check = {
  id: 'selection-unused',
  severity: 'warning',
  finds: 'a selection that no condition names',
  advice: 'Name it in the condition, or take it out.',
  document(document, report) {
    if (document.conditions.length === 0) return;
    const used = (tree: ConditionTree, name: string): boolean => {
      if (tree.kind === 'selection') return tree.name === name;
      if (tree.kind === 'of') return fits(name, tree.pattern);
      return tree.kind === 'not' ? used(tree.of, name) : tree.of.some((part) => used(part, name));
    };
    for (const name of document.selections.keys()) {
      if (document.conditions.some(({ tree }) => used(tree, name))) continue;
      const at = document.detection?.entries.get(name)?.keyAt;
      if (at !== undefined) report(at, `the condition does not name the selection "${name.slice(0, 80)}"`);
    }
  },
};
