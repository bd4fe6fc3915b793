import type { Check } from '../check.ts';

export const fieldSpace: Check = {
  id: 'field-space',
  severity: 'warning',
  finds: 'a field name with a space at its beginning or end, or before a modifier',
  advice: 'Take the space out: it is part of the name.',
  item({ tree }, report) {
    if (tree.field !== null && tree.field.trim() !== tree.field) report(tree.at, 'a space belongs to the field name');
  },
};
