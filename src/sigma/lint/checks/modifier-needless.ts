import type { Check } from '../check.ts';
import { modifiersOf, setModifiers } from '../item-edits.ts';

const openers = new Set(['contains', 'startswith', 'endswith']);

export const modifierNeedless: Check = {
  id: 'modifier-needless',
  severity: 'warning',
  finds: 'two of contains, startswith, endswith on one item, or one of them after `re`',
  advice: 'contains includes the other two, startswith with endswith is contains, and a regex finds its text anywhere.',
  fixes: true,
  item(item, report) {
    const modifiers = modifiersOf(item);
    const opening = modifiers.filter((name) => openers.has(name));
    const regex = modifiers.includes('re');
    // fieldref takes the last of them; encodings between them would see another text.
    const simple = modifiers.every(
      (name) => openers.has(name) || ['re', 'all', 'neq', 'cased', 'i', 'm', 's'].includes(name),
    );
    if (item.ir === null || !simple || opening.length < (regex ? 1 : 2)) return;
    const first = modifiers.findIndex((name) => openers.has(name));
    const rest = modifiers.flatMap((name, i) => (!openers.has(name) ? name : i === first && !regex ? 'contains' : []));
    if (!regex && new Set(opening).size < 2) return;
    report(item.tree.at, `${opening.join(', ')} ${regex ? 'has no effect on a regex' : 'together say contains'}`, {
      fix: setModifiers(item, rest),
    });
  },
};
