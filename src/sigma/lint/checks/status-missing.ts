import type { Check } from '../check.ts';

export const statusMissing: Check = {
  id: 'status-missing',
  severity: 'info',
  finds: 'no status',
  advice: 'Say how far the rule is: experimental, test or stable.',
  document({ root, kind }, report) {
    if (kind === 'rule' && !root.entries.has('status')) report(root.at, 'the rule has no status');
  },
};
