import type { Check } from '../check.ts';
import { modifiersOf } from '../item-edits.ts';

export const regexNeedlessAny: Check = {
  id: 'regex-needless-any',
  severity: 'info',
  finds: '`.*` at the beginning or end of a regex',
  advice: 'Leave it out: a regex is looked for anywhere in the value.',
  fixes: true,
  item(item, report) {
    if (item.ir === null || !modifiersOf(item).includes('re')) return;
    for (const scalar of item.tree.values) {
      if (typeof scalar.value !== 'string' || scalar.value.includes('\\Q')) continue;
      const short = scalar.value.replace(/^(?:\.\*\??)+/, '').replace(/(?<=^|[^\\](?:\\\\)*)(?:\.\*\??)+$/, '');
      if (short === scalar.value || short === '') continue;
      report(scalar.at, '`.*` at the end of a search', { fix: item.document.source.setScalar(scalar, short) });
    }
  },
};
