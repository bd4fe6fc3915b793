import type { Check } from '../check.ts';
import { modifiersOf } from '../item-edits.ts';
import { isTextItem } from '../text-item.ts';

export const windashMissing: Check = {
  id: 'windash-missing',
  severity: 'info',
  finds: 'one flag in a list with `-` and with `/`, or with a dash outside ASCII, where `windash` says both',
  advice: 'Use windash: it stands for - / – — ―, so nobody can type around it.',
  item(item, report) {
    if (!isTextItem(item) || !/CommandLine$/.test(item.tree.field ?? '') || modifiersOf(item).includes('windash'))
      return;
    const lines = new Map<string, number>();
    for (const scalar of item.tree.values) {
      if (typeof scalar.value !== 'string') continue;
      const form = scalar.value.replace(/(^|\s)[-/\u2013\u2014\u2015](?=\w)/gu, '$1-').toLowerCase();
      if (!/(^|\s)-\w/.test(form)) continue;
      const first = lines.get(form);
      if (first === undefined) lines.set(form, scalar.at.line);
      else {
        report(scalar.at, `line ${first} is the same flag with another dash`);
        return;
      }
    }
  },
};
