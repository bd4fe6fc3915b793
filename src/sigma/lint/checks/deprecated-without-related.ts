import type { Check } from '../check.ts';
import { textAt } from '../document.ts';

export const deprecatedWithoutRelated: Check = {
  id: 'deprecated-without-related',
  severity: 'warning',
  finds: 'a deprecated rule that does not say what took its place',
  advice: 'Name the successor under `related`.',
  document({ root }, report) {
    const status = textAt(root, 'status');
    if (status?.value === 'deprecated' && !root.entries.has('related')) {
      report(status.at, 'the rule is deprecated and names no successor');
    }
  },
};
