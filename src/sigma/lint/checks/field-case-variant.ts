import type { Check } from '../check.ts';

export const fieldCaseVariant: Check = {
  id: 'field-case-variant',
  severity: 'warning',
  finds: 'one field name in two ways of writing within a rule',
  advice: 'Field names have case: an event has one of them, and the other is never met.',
  document({ items }, report) {
    const seen = new Map<string, string>();
    for (const { tree } of items) {
      if (tree.field === null) continue;
      const first = seen.get(tree.field.toLowerCase());
      if (first === undefined) seen.set(tree.field.toLowerCase(), tree.field);
      else if (first !== tree.field) report(tree.at, `the rule also has ${first.slice(0, 80)}`);
    }
  },
};
