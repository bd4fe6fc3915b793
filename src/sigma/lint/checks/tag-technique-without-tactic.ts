import type { Check } from '../check.ts';
import { textsAt } from '../document.ts';

export const tagTechniqueWithoutTactic: Check = {
  id: 'tag-technique-without-tactic',
  severity: 'info',
  finds: 'techniques of ATT&CK and no tactic',
  advice: 'Add the tactic that is meant: a technique often belongs to several.',
  document({ root }, report) {
    const tags = textsAt(root, 'tags').filter((tag) => tag.value.startsWith('attack.'));
    const technique = tags.find((tag) => /^attack\.t\d/.test(tag.value));
    if (technique !== undefined && tags.every((tag) => /^attack\.[a-z]{1,2}\d/.test(tag.value))) {
      report(technique.at, 'the rule names a technique and no tactic');
    }
  },
};
