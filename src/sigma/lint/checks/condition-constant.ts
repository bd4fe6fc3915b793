import type { Check } from '../check.ts';
import { holds, namesOf } from '../condition-facts.ts';
import { keyPlace } from '../document.ts';

/** Selections up to which every combination is tried. */
const selectionsMax = 10;

export const conditionConstant: Check = {
  id: 'condition-constant',
  severity: 'error',
  finds: 'a condition that holds for every event, or for none, whatever the selections say',
  advice: 'Look for a selection that is asked for and excluded at once.',
  document(document, report) {
    const { ir } = document;
    if (ir === null) return;
    const names = namesOf(ir.condition);
    if (names.length > selectionsMax) return;
    const answers = new Set<boolean>();
    for (let bits = 0; bits < 2 ** names.length; bits++) {
      answers.add(holds(ir.condition, (name) => (bits & (1 << names.indexOf(name))) !== 0));
    }
    if (answers.size > 1) return;
    const at = document.conditions[0]?.scalar.at ?? keyPlace(document, 'detection');
    report(at, answers.has(true) ? 'the condition holds for every event' : 'the condition can never hold');
  },
};
