import type { Check } from '../check.ts';
import { textAt } from '../document.ts';
import { levels } from '../known.ts';

export const levelCase: Check = {
  id: 'level-case',
  severity: 'warning',
  finds: 'a level with capitals or spaces around',
  advice: 'Write it in lower case: some tools compare it as it stands.',
  fixes: true,
  document({ root, source }, report) {
    const level = textAt(root, 'level');
    const meant = level?.value.trim().toLowerCase() ?? '';
    if (level === null || level.value === meant || !levels.includes(meant)) return;
    report(level.at, `"${level.value.slice(0, 40)}" is written with capitals`, { fix: source.setScalar(level, meant) });
  },
};
