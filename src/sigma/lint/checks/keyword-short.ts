import type { Check } from '../check.ts';

export const keywordShort: Check = {
  id: 'keyword-short',
  severity: 'warning',
  finds: 'a keyword of one or two characters',
  advice: 'It is looked for inside every value of every event; name the field, or look for more.',
  item({ tree }, report) {
    if (tree.field !== null || tree.modifiers.some(({ name }) => name === 'all')) return;
    for (const scalar of tree.values) {
      const length = String(scalar.value ?? '').replaceAll('*', '').length;
      if (length > 0 && length < 3) report(scalar.at, `the keyword has ${length} characters`);
    }
  },
};
