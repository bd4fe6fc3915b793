import type { Check } from '../check.ts';
import { modifiersOf, setModifiers } from '../item-edits.ts';

/** Said twice they say nothing new; encodings (base64|base64) do. */
const idempotent = new Set(['contains', 'startswith', 'endswith', 'all', 'neq', 'cased', 'windash', 'i', 'm', 's']);

export const modifierRepeated: Check = {
  id: 'modifier-repeated',
  severity: 'warning',
  finds: 'a modifier that stands twice',
  advice: 'Take one of them out.',
  fixes: true,
  item(item, report) {
    const modifiers = modifiersOf(item);
    const rest = modifiers.filter((name, i) => !idempotent.has(name) || modifiers.indexOf(name) === i);
    if (rest.length === modifiers.length) return;
    report(item.tree.at, 'a modifier stands twice', { fix: item.ir === null ? null : setModifiers(item, rest) });
  },
};
