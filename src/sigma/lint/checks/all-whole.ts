import type { Check } from '../check.ts';
import { disjoint } from '../text-cover.ts';

export const allWhole: Check = {
  id: 'all-whole',
  severity: 'warning',
  finds: '`all` over values of which no single text meets two',
  advice: 'Add contains, or leave `all` out; only a field that holds a list could meet them all.',
  item({ tree, ir }, report) {
    if (ir === null || ir.link !== 'all' || ir.field === null || ir.values.length > 200) return;
    for (const [i, a] of ir.values.entries()) {
      const b = ir.values.findIndex((other, j) => j > i && a.every((p) => other.every((q) => disjoint(p, q))));
      const scalar = tree.values[b];
      if (b < 0 || scalar === undefined) continue;
      report(scalar.at, `no single text meets this and line ${tree.values[i]?.at.line ?? tree.at.line}`);
      return;
    }
  },
};
