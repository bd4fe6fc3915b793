import type { Check } from '../check.ts';
import { isTextItem } from '../text-item.ts';

export const valueUncPath: Check = {
  id: 'value-unc-path',
  severity: 'info',
  finds: 'a value that begins with exactly two backslashes and a server, where a network path was probably meant',
  advice: 'Two backslashes are one; a network path begins with `\\\\\\\\`.',
  item(item, report) {
    if (!isTextItem(item)) return;
    for (const scalar of item.tree.values) {
      if (typeof scalar.value !== 'string' || !/^\\\\[\p{L}\p{N}.$_-]+\\/u.test(scalar.value)) continue;
      report(scalar.at, 'the two backslashes stand for one');
    }
  },
};
