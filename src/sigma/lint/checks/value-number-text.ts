import type { Check } from '../check.ts';
import { modifiersOf } from '../item-edits.ts';

export const valueNumberText: Check = {
  id: 'value-number-text',
  severity: 'info',
  finds: 'a number written as text',
  advice: 'Write it without quotes; it is compared the same way here, and as a number by other tools.',
  fixes: true,
  item(item, report) {
    const plain = modifiersOf(item).every((name) => name === 'all' || name === 'neq');
    if (item.ir === null || item.tree.field === null || !plain) return;
    for (const scalar of item.tree.values) {
      // Digits that a number would lose are left: 007, 1.50, and more of them than a double holds.
      if (typeof scalar.value !== 'string' || !/^(0|-?[1-9]\d{0,14})$/.test(scalar.value)) continue;
      report(scalar.at, 'the number is written as text', {
        fix: item.document.source.writeScalar(scalar, scalar.value),
      });
    }
  },
};
