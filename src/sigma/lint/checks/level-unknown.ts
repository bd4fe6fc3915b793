import { nearest } from '../../nearest.ts';
import type { Check } from '../check.ts';
import { textAt } from '../document.ts';
import { levels } from '../known.ts';

export const levelUnknown: Check = {
  id: 'level-unknown',
  severity: 'warning',
  finds: 'a level the specification does not list, or one with capitals',
  advice: `Use one of ${levels.join(', ')}.`,
  fixes: true,
  document({ root, source }, report) {
    const level = textAt(root, 'level');
    if (level === null || levels.includes(level.value)) return;
    const meant = nearest(level.value, levels);
    // A word that is no level counts as medium, so only capitals can be mended without changing what the rule does.
    const fix = level.value.trim().toLowerCase() === meant ? source.setScalar(level, meant) : null;
    const advice = meant === null ? {} : { advice: `Did you mean ${meant}?` };
    report(level.at, `"${level.value.slice(0, 40)}" is no level`, { ...advice, fix });
  },
};
