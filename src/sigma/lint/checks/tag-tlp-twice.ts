import type { Check } from '../check.ts';
import { textsAt } from '../document.ts';

export const tagTlpTwice: Check = {
  id: 'tag-tlp-twice',
  severity: 'warning',
  finds: 'more than one level of the Traffic Light Protocol',
  advice: 'A rule is shared under one level; keep the strictest.',
  document({ root }, report) {
    const [, second] = textsAt(root, 'tags').filter((tag) => tag.value.startsWith('tlp.'));
    if (second !== undefined) report(second.at, 'a second tlp tag');
  },
};
