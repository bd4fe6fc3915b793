import type { Check } from '../check.ts';
import { textAt } from '../document.ts';
import { firstOf } from '../first-of.ts';

export const idDuplicate: Check = {
  id: 'id-duplicate',
  severity: 'error',
  finds: 'one id in two documents',
  advice: 'Give one of the two another id: only the first is loaded.',
  set(documents, reportOf) {
    for (const { document, text, first } of firstOf(documents, ({ root }) => textAt(root, 'id'))) {
      reportOf(document)(text.at, `the id is already that of ${first}`);
    }
  },
};
