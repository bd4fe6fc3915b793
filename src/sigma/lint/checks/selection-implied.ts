import type { Condition, RuleIr } from '../../lower/ir.ts';
import type { Check } from '../check.ts';
import { conjunction, isConjunction } from '../condition-facts.ts';
import { implies } from '../text-cover.ts';

/** Selections compared with each other in one place. */
const selectionsMax = 40;

export const selectionImplied: Check = {
  id: 'selection-implied',
  severity: 'info',
  finds: 'a selection that another beside it makes needless: under `1 of` or `or` a narrower one',
  advice: 'Take it out, or correct the one that was meant to be narrower.',
  document({ ir, detection }, report) {
    if (ir === null) return;
    for (const group of alternatives(ir.condition)) {
      const names = [...new Set(group)].slice(0, selectionsMax);
      for (const name of names) {
        const wider = names.find((other) => other !== name && follows(ir, name, other) && !follows(ir, other, name));
        const at = detection?.entries.get(name)?.keyAt;
        if (wider === undefined || at === undefined) continue;
        report(at, `whenever it holds, "${wider.slice(0, 80)}" holds too`);
      }
    }
  },
};

/** Names of selections of which any will do, a list for each place of the condition. */
function alternatives(condition: Condition): (readonly string[])[] {
  if (condition.kind === 'selections') return condition.link === 'any' ? [condition.names] : [];
  if (condition.kind === 'not') return alternatives(condition.of);
  const inside = condition.of.flatMap(alternatives);
  if (condition.kind === 'and') return inside;
  const single = condition.of.flatMap((part) =>
    part.kind === 'selections' && (part.link === 'any' || part.names.length === 1) ? part.names : [],
  );
  return [single, ...inside];
}

/** Whether `b` holds whenever `a` does. */
function follows(ir: RuleIr, a: string, b: string): boolean {
  const wanted = conjunction(ir, b);
  const given = conjunction(ir, a);
  if (wanted.length === 0 || !isConjunction(ir, b)) return false;
  return wanted.every((item) => given.some((other) => implies(other, item)));
}
