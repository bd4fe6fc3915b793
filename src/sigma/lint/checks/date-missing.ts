import type { Check } from '../check.ts';

export const dateMissing: Check = {
  id: 'date-missing',
  severity: 'info',
  finds: 'no date',
  advice: 'Say when the rule was made, as YYYY-MM-DD.',
  document({ root, kind }, report) {
    if (kind === 'rule' && !root.entries.has('date')) report(root.at, 'the rule has no date');
  },
};
