import type { Condition, Detection, Item, RuleIr } from '../lower/ir.ts';

/**
 * A rule as a tree over facts of the event. A slow test's gate is a truth without which the test cannot be met (-1:
 * none is known); the gate is asked first.
 */
export type Formula =
  | { readonly kind: 'truth'; readonly truth: number }
  | { readonly kind: 'slow'; readonly slow: number; readonly gate: number }
  | { readonly kind: 'not'; readonly of: Formula }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Formula[] };

/** IR → formula. `ofItem` gives equal items the same formula. Selections named twice share one subtree. */
export function formulaOf(rule: RuleIr, ofItem: (item: Item) => Formula): Formula {
  const selections = new Map<string, Formula>();
  for (const [name, detection] of rule.selections) selections.set(name, fromDetection(detection));
  return fromCondition(rule.condition);

  function fromDetection(detection: Detection): Formula {
    if (detection.kind === 'item') return ofItem(detection.item);
    return join(detection.kind, detection.of.map(fromDetection));
  }

  function fromCondition(condition: Condition): Formula {
    switch (condition.kind) {
      case 'and':
        return join('all', condition.of.map(fromCondition));
      case 'or':
        return join('any', condition.of.map(fromCondition));
      case 'not':
        return not(fromCondition(condition.of));
      case 'selections':
        return join(
          condition.link,
          condition.names.flatMap((name) => selections.get(name) ?? []),
        );
    }
  }
}

export function not(formula: Formula): Formula {
  return formula.kind === 'not' ? formula.of : { kind: 'not', of: formula };
}

/** All or any of the parts; parts of the same kind are taken in, so that they can be put in order among the others. */
export function join(kind: 'all' | 'any', parts: readonly Formula[]): Formula {
  const of = parts.flatMap((part) => (part.kind === kind ? part.of : [part]));
  const [first] = of;
  return of.length === 1 && first !== undefined ? first : { kind, of };
}
