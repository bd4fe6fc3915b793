import type { Check } from '../check.ts';
import { textAt } from '../document.ts';

export const descriptionLink: Check = {
  id: 'description-link',
  severity: 'info',
  finds: 'a link in the description of a rule that has no references',
  advice: 'Put the link under references, where tools look for it.',
  document({ root }, report) {
    const text = textAt(root, 'description');
    if (text !== null && /https?:\/\//.test(text.value) && !root.entries.has('references')) {
      report(text.at, 'the description holds a link');
    }
  },
};
