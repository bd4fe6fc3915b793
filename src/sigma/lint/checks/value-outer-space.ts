import type { Check } from '../check.ts';
import { isTextItem } from '../text-item.ts';

export const valueOuterSpace: Check = {
  id: 'value-outer-space',
  severity: 'info',
  finds: 'a whole value with a space at its beginning or end',
  advice: 'Values are compared whole, spaces too; take the space out, or use contains.',
  item(item, report) {
    if (!isTextItem(item) || item.tree.field === null) return;
    for (const [i, scalar] of item.tree.values.entries()) {
      const pattern = item.ir?.values[i]?.[0];
      if (pattern?.kind !== 'text') continue;
      const [first, last] = [pattern.parts[0], pattern.parts[pattern.parts.length - 1]];
      const edge = (typeof first === 'string' && /^\s/.test(first)) || (typeof last === 'string' && /\s$/.test(last));
      const open = typeof first !== 'string' || typeof last !== 'string';
      if (edge && !open) report(scalar.at, 'the value begins or ends with a space');
    }
  },
};
