import { anyDash } from '../../parse/text-parts.ts';
import type { Check } from '../check.ts';
import { modifiersOf, setModifiers } from '../item-edits.ts';

export const windashNeedless: Check = {
  id: 'windash-needless',
  severity: 'info',
  finds: '`windash` where no value has a dash or slash that begins a flag',
  advice: 'Leave windash out.',
  fixes: true,
  item(item, report) {
    const modifiers = modifiersOf(item);
    if (!modifiers.includes('windash') || !item.ir) return;
    const marked = item.ir.values.flat().some((pattern) => pattern.kind !== 'text' || pattern.parts.includes(anyDash));
    // Behind an encoding the mark is not to be seen any more.
    if (marked || modifiers.some((name) => name.startsWith('base64') || name.startsWith('utf16') || name === 'wide'))
      return;
    const fix = setModifiers(
      item,
      modifiers.filter((name) => name !== 'windash'),
    );
    report(item.tree.at, 'no value has a flag', { fix });
  },
};
