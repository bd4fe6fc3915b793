import type { Check } from '../check.ts';
import { holds, namesOf } from '../condition-facts.ts';

const selectionsMax = 10;

export const selectionWithoutEffect: Check = {
  id: 'selection-without-effect',
  severity: 'warning',
  finds: 'a selection that the condition names without its answer mattering, as in `a or (a and b)`',
  advice: 'Check the parentheses: `and` binds closer than `or`.',
  document({ ir, detection }, report) {
    if (ir === null) return;
    const names = namesOf(ir.condition);
    if (names.length > selectionsMax || names.length < 2) return;
    const answer = (bits: number) => holds(ir.condition, (name) => (bits & (1 << names.indexOf(name))) !== 0);
    const answers = Array.from({ length: 2 ** names.length }, (_, bits) => answer(bits));
    if (!answers.includes(true) || !answers.includes(false)) return;
    for (const [i, name] of names.entries()) {
      const at = detection?.entries.get(name)?.keyAt;
      if (at !== undefined && answers.every((met, bits) => met === answers[bits ^ (1 << i)])) {
        report(at, `whether "${name.slice(0, 80)}" holds makes no difference`);
      }
    }
  },
};
