import type { Check } from '../check.ts';
import { modifiersOf, setModifiers, together } from '../item-edits.ts';

export const regexInlineFlag: Check = {
  id: 'regex-inline-flag',
  severity: 'info',
  finds: '`(?i)`, `(?m)` or `(?s)` at the beginning of a regex',
  advice: 'Write `re|i`: the specification has modifiers for the flags.',
  fixes: true,
  item(item, report) {
    const modifiers = modifiersOf(item);
    if (!modifiers.includes('re')) return;
    const flags = item.tree.values.map((scalar) => /^\(\?([ims]+)\)/.exec(String(scalar.value))?.[1] ?? '');
    const [first = ''] = flags;
    const { source } = item.document;
    for (const [i, scalar] of item.tree.values.entries()) {
      const flag = flags[i] ?? '';
      if (flag === '') continue;
      // The modifier is the item's, so every value must have the same flags; the first finding mends them all.
      const same = i === 0 && item.ir !== null && flags.every((other) => other === first);
      const rest = modifiers.filter((name) => name !== 're' && !first.includes(name));
      const values = item.tree.values.map((one) => source.setScalar(one, String(one.value).slice(first.length + 3)));
      const fix = same ? together(setModifiers(item, ['re', ...new Set(first), ...rest]), ...values) : null;
      report(scalar.at, `the flag ${flag} stands inside the regex`, { fix });
    }
  },
};
