import type { Check } from '../check.ts';
import { modifiersOf } from '../item-edits.ts';

export const regexInlineFlag: Check = {
  id: 'regex-inline-flag',
  severity: 'info',
  finds: '`(?i)` at the beginning of a regex',
  advice: 'Write `re|i`: the specification has modifiers for the flags.',
  item(item, report) {
    if (!modifiersOf(item).includes('re')) return;
    for (const scalar of item.tree.values) {
      const flags = /^\(\?([ims]+)\)/.exec(String(scalar.value))?.[1];
      if (flags !== undefined) report(scalar.at, `the flag ${flags} stands inside the regex`);
    }
  },
};
