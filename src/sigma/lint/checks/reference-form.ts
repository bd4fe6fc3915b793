import type { Check } from '../check.ts';
import { textsAt } from '../document.ts';

export const referenceForm: Check = {
  id: 'reference-form',
  severity: 'info',
  finds: 'a reference that is no link',
  advice: 'Give the address where the reader finds it; other sources belong in the description.',
  document({ root }, report) {
    for (const text of textsAt(root, 'references')) {
      if (!/^https?:\/\/\S+$/.test(text.value.trim())) report(text.at, 'the reference is no link');
    }
  },
};
