import type { Check } from '../check.ts';

export const valueNullInList: Check = {
  id: 'value-null-in-list',
  severity: 'info',
  finds: '`null` in a list of values',
  advice: 'Give it a selection of its own (`field: null`): the specification does not say what it means in a list.',
  item({ tree }, report) {
    if (tree.values.length < 2) return;
    for (const scalar of tree.values) if (scalar.value === null) report(scalar.at, 'null stands among values');
  },
};
