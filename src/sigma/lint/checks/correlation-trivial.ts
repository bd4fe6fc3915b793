import type { Check } from '../check.ts';
import { mapOf, textAt } from '../document.ts';

export const correlationTrivial: Check = {
  id: 'correlation-trivial',
  severity: 'warning',
  finds: 'a count that one event fulfils: `gte: 1`, `gt: 0`',
  advice: 'Ask for two or more, or leave the correlation out: the rule alone says the same.',
  document({ root }, report) {
    const correlation = mapOf(root, 'correlation');
    const condition = correlation === null ? null : mapOf(correlation, 'condition');
    if (correlation === null || condition === null) return;
    if (!['event_count', 'value_count'].includes(textAt(correlation, 'type')?.value ?? '')) return;
    const bounds = [...condition.entries].filter(([name]) => ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'].includes(name));
    const one = bounds.filter(([name, { value }]) => {
      const number = value.kind === 'scalar' ? Number(value.value) : Number.NaN;
      return (name === 'gte' && number <= 1) || (name === 'gt' && number < 1);
    });
    const [first] = one;
    if (first !== undefined && one.length === bounds.length) report(first[1].keyAt, 'one event is enough');
  },
};
