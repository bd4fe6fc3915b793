import type { Condition, Detection, Item, RuleIr } from '../lower/ir.ts';
import type { ItemTest } from './item-test.ts';

/** A rule as a tree over shared item tests. */
export type Node =
  | { readonly kind: 'item'; readonly test: ItemTest; readonly item: Item }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Node[] }
  | { readonly kind: 'not'; readonly of: Node };

/** IR → tree. `testOf` gives equal items the same test. Selections named twice share one subtree. */
export function treeOf(rule: RuleIr, testOf: (item: Item) => ItemTest): Node {
  const selections = new Map<string, Node>();
  for (const [name, detection] of rule.selections) selections.set(name, fromDetection(detection));
  return fromCondition(rule.condition);

  function fromDetection(detection: Detection): Node {
    if (detection.kind === 'item') return { kind: 'item', test: testOf(detection.item), item: detection.item };
    return join(detection.kind, detection.of.map(fromDetection));
  }

  function fromCondition(condition: Condition): Node {
    switch (condition.kind) {
      case 'and':
        return join('all', condition.of.map(fromCondition));
      case 'or':
        return join('any', condition.of.map(fromCondition));
      case 'not':
        return { kind: 'not', of: fromCondition(condition.of) };
      case 'selections':
        return join(
          condition.link,
          condition.names.flatMap((name) => selections.get(name) ?? []),
        );
    }
  }
}

/** Cheap parts first: the answer does not depend on the order, only the time does. */
function join(kind: 'all' | 'any', parts: readonly Node[]): Node {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  return { kind, of: parts.toSorted((a, b) => costOf(a) - costOf(b)) };
}

function costOf(node: Node): number {
  if (node.kind === 'item') return node.test.cost;
  if (node.kind === 'not') return costOf(node.of);
  return node.of.reduce((sum, part) => sum + costOf(part), 0);
}

export function isMet(node: Node): boolean {
  switch (node.kind) {
    case 'item':
      return node.test.met();
    case 'not':
      return !isMet(node.of);
    case 'all':
      for (const part of node.of) if (!isMet(part)) return false;
      return true;
    case 'any':
      for (const part of node.of) if (isMet(part)) return true;
      return false;
  }
}
