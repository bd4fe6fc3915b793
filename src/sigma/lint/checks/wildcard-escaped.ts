import type { Check } from '../check.ts';
import { isTextItem } from '../text-item.ts';

export const wildcardEscaped: Check = {
  id: 'wildcard-escaped',
  severity: 'info',
  finds: '`\\*` or `\\?` after a name, as in `C:\\Temp\\*`, where a path with a wildcard was probably meant',
  advice: 'A backslash before `*` or `?` makes it an ordinary character; write `\\\\*` for a backslash and a wildcard.',
  item(item, report) {
    if (!isTextItem(item)) return;
    for (const scalar of item.tree.values) {
      if (typeof scalar.value !== 'string') continue;
      const path = /(?:^|[^\\])(?:\\\\)*[\p{L}\p{N}_)%.]\\[*?](?:[\\.]|$)/u.test(scalar.value);
      if (path) report(scalar.at, 'the wildcard is escaped');
    }
  },
};
