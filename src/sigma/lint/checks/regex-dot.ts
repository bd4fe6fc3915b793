import type { Check } from '../check.ts';
import { modifiersOf } from '../item-edits.ts';

export const regexDot: Check = {
  id: 'regex-dot',
  severity: 'info',
  finds: 'a dot before a file ending in a regex that stands for any character',
  advice: 'Write `\\.` for the dot itself.',
  item(item, report) {
    if (!modifiersOf(item).includes('re')) return;
    for (const scalar of item.tree.values) {
      if (/[a-z0-9]\.(exe|dll|ps1|bat|vbs|js|jsp|aspx?|php|com|net|org|vn)(?![a-z0-9])/i.test(String(scalar.value))) {
        report(scalar.at, 'the dot stands for any character');
      }
    }
  },
};
