import { fold } from '../../fold.ts';
import type { Check } from '../check.ts';
import { modifiersOf } from '../item-edits.ts';
import { isTextItem } from '../text-item.ts';

/** Values that stand twice: `same` compares them as written, the other finds those that only differ in case. */
function valueDuplicate(same: boolean): Pick<Check, 'item'> {
  return {
    item(item, report) {
      const folded = isTextItem(item) && !modifiersOf(item).includes('cased');
      if (!same && !folded) return;
      const seen = new Map<string, { readonly line: number; readonly text: string }>();
      for (const scalar of item.tree.values) {
        // 11 and '11' are one text to compare with; null is not 'null'.
        const text = scalar.value === null ? '\u0000' : String(scalar.value);
        const key = folded ? fold(text) : text;
        const first = seen.get(key);
        if (first === undefined) seen.set(key, { line: scalar.at.line, text });
        else if (same === (first.text === text)) {
          const how = same ? '' : ' in other letters';
          const fix = item.ir === null ? null : item.document.source.removeEntry(scalar);
          report(scalar.at, `the value stands in line ${first.line} already${how}`, { fix });
        }
      }
    },
  };
}

export const valueRepeated: Check = {
  id: 'value-duplicate',
  severity: 'warning',
  finds: 'a value that stands twice in its list',
  advice: 'Take one of them out.',
  fixes: true,
  ...valueDuplicate(true),
};

export const valueCaseVariant: Check = {
  id: 'value-case-variant',
  severity: 'info',
  finds: 'a value that another of its list equals without case',
  advice: 'Take one of them out: texts are compared without case. Where case matters, add `cased`.',
  fixes: true,
  ...valueDuplicate(false),
};
