import type { Check } from '../check.ts';
import { textAt } from '../document.ts';
import { firstOf } from '../first-of.ts';

export const titleDuplicate: Check = {
  id: 'title-duplicate',
  severity: 'warning',
  finds: 'one title on two documents',
  advice: 'Say in the title what sets the two apart; analysts see nothing else in a list.',
  set(documents, reportOf) {
    for (const { document, text, first } of firstOf(documents, ({ root }) => textAt(root, 'title'))) {
      reportOf(document)(text.at, `the title is already that of ${first}`);
    }
  },
};
