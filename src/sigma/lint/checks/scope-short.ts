import type { Check } from '../check.ts';
import { textsAt } from '../document.ts';

export const scopeShort: Check = {
  id: 'scope-short',
  severity: 'warning',
  finds: 'an entry of `scope` of one character',
  advice: 'Say for which systems the rule is meant.',
  document({ root }, report) {
    for (const text of textsAt(root, 'scope')) {
      if (text.value.trim().length < 2) report(text.at, 'the scope says nothing');
    }
  },
};
