import type { Check } from '../check.ts';
import { textsAt } from '../document.ts';

export const referenceBranch: Check = {
  id: 'reference-branch',
  severity: 'info',
  finds: 'a link to a file on a branch of GitHub, which will say something else one day',
  advice: 'Link to the file at a commit (press y on GitHub).',
  document({ root }, report) {
    for (const text of textsAt(root, 'references')) {
      if (/^https?:\/\/github\.com\/[^/]+\/[^/]+\/blob\/(master|main|develop)\//.test(text.value)) {
        report(text.at, 'the link follows a branch');
      }
    }
  },
};
