import type { Check } from '../check.ts';

export const levelMissing: Check = {
  id: 'level-missing',
  severity: 'warning',
  finds: 'no level',
  advice: 'Give the rule a level: without one it counts as medium, and the notice goes out as such.',
  document({ root, kind }, report) {
    if ((kind === 'rule' || kind === 'correlation') && !root.entries.has('level'))
      report(root.at, 'the rule has no level');
  },
};
