import { anyText } from '../../parse/text-parts.ts';
import type { Check } from '../check.ts';

export const valueOpen: Check = {
  id: 'value-open',
  severity: 'warning',
  finds:
    'a value that everything meets: empty under contains, startswith or endswith, a regex of nothing but `.*`, an empty keyword',
  advice: "To ask that the field is there, write `field: '*'` or `field|exists: true`.",
  item({ tree, ir }, report) {
    for (const [i, value] of (ir?.values ?? []).entries()) {
      const scalar = tree.values[i];
      // `*` on a field asks that it is there, and says so.
      const asked = scalar?.value === '*' && tree.field !== null;
      if (scalar === undefined || asked || ir?.values.length !== tree.values.length) continue;
      const open = value.some((pattern) =>
        pattern.kind === 'text'
          ? pattern.parts.length === 1 && pattern.parts[0] === anyText
          : pattern.kind === 'regex' && /^\^?(\.\*)?\$?$/.test(pattern.source),
      );
      if (open) report(scalar.at, 'every value meets this');
    }
  },
};
