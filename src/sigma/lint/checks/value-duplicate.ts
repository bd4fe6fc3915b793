import type { Check } from '../check.ts';

export const valueDuplicate: Check = {
  id: 'value-duplicate',
  severity: 'warning',
  finds: 'a value that stands twice in its list',
  advice: 'Take one of them out.',
  fixes: true,
  item(item, report) {
    const seen = new Map<string, number>();
    for (const scalar of item.tree.values) {
      const key = `${typeof scalar.value} ${String(scalar.value)}`;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, scalar.at.line);
      else {
        const fix = item.ir && item.document.source.removeEntry(scalar);
        report(scalar.at, `the value stands in line ${first} already`, { fix });
      }
    }
  },
};
