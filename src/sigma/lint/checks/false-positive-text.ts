import type { Check } from '../check.ts';
import { textsAt } from '../document.ts';

export const falsePositiveText: Check = {
  id: 'false-positive-text',
  severity: 'info',
  finds: 'a false positive that tells nothing: one character, "none", "n/a", "tbd"',
  advice: 'Name what legitimate activity looks the same; where none is known, write Unknown or Unlikely.',
  document({ root }, report) {
    for (const text of textsAt(root, 'falsepositives')) {
      const word = text.value.trim().toLowerCase().replace(/\.$/, '');
      if (word.length < 2 || ['none', 'no', 'n/a', 'na', 'tbd', 'todo', 'pentest'].includes(word)) {
        report(text.at, `"${text.value.slice(0, 40)}" tells nothing`);
      } else if (/^(unknown|unlikely)$/.test(text.value)) report(text.at, `"${text.value}" begins with a capital`);
    }
  },
};
