import { meets } from '../../match/reference.ts';
import type { Check } from '../check.ts';

export const matchesEmptyEvent: Check = {
  id: 'matches-empty-event',
  severity: 'warning',
  finds: 'a rule that an event without any field meets',
  advice: 'Ask for something that is there: a rule of nothing but absences meets every event of its log source.',
  document({ ir, conditions, root }, report) {
    if (ir !== null && meets(ir, {}))
      report(conditions[0]?.scalar.at ?? root.at, 'an event without fields meets the rule');
  },
};
