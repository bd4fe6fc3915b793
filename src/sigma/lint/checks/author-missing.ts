import type { Check } from '../check.ts';

export const authorMissing: Check = {
  id: 'author-missing',
  severity: 'info',
  finds: 'no author',
  advice: 'Name who can be asked about the rule.',
  document({ root, kind }, report) {
    if (kind === 'rule' && !root.entries.has('author')) report(root.at, 'the rule names no author');
  },
};
