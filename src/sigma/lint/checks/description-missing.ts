import type { Check } from '../check.ts';
import { textAt } from '../document.ts';

/** Shorter ones say no more than the title. */
const usefulMin = 16;

export const descriptionMissing: Check = {
  id: 'description-missing',
  severity: 'info',
  finds: 'no description, or one of fewer than 16 characters',
  advice: 'Say what happened and why it matters, for the one who gets the alert at night.',
  document({ root, kind }, report) {
    if (kind !== 'rule') return;
    const text = textAt(root, 'description');
    if (text === null) report(root.entries.get('description')?.keyAt ?? root.at, 'the rule has no description');
    else if (text.value.trim().length < usefulMin) report(text.at, 'the description says next to nothing');
  },
};
