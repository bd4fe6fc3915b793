import type { Check } from '../check.ts';
import { textAt } from '../document.ts';

export const titleForm: Check = {
  id: 'title-form',
  severity: 'info',
  finds: 'a title that ends with a full stop, begins with "Detects" or has over 110 characters',
  advice: 'A title names what was seen, in a few words: it is read in lists and notices.',
  document({ root }, report) {
    const title = textAt(root, 'title');
    if (title === null) return;
    if (/\.$/.test(title.value.trim())) report(title.at, 'the title ends with a full stop');
    if (/^(detects?|detection of)\b/i.test(title.value)) report(title.at, 'the title says that it detects');
    if (title.value.length > 110) report(title.at, `the title has ${title.value.length} characters`);
  },
};
