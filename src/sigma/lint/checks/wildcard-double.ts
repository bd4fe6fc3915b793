import type { Check } from '../check.ts';
import { isTextItem } from '../text-item.ts';

export const wildcardDouble: Check = {
  id: 'wildcard-double',
  severity: 'info',
  finds: '`**` in a value',
  advice: 'One `*` stands for any text.',
  fixes: true,
  item(item, report) {
    if (!isTextItem(item)) return;
    for (const scalar of item.tree.values) {
      if (typeof scalar.value !== 'string') continue;
      const single = scalar.value.replace(/(\\[\\*?])|\*{2,}/g, (_, escaped: string | undefined) => escaped ?? '*');
      if (single !== scalar.value) {
        report(scalar.at, 'two `*` side by side', { fix: item.document.source.setScalar(scalar, single) });
      }
    }
  },
};
