import type { Condition, Item, RuleIr } from '../lower/ir.ts';
import type { ConditionTree } from '../parse/condition.ts';

/** Names of the selections a condition asks for, each once, in order. */
export function namesOf(condition: Condition): string[] {
  const names = new Set<string>();
  const walk = (node: Condition): void => {
    if (node.kind === 'selections') for (const name of node.names) names.add(name);
    else if (node.kind === 'not') walk(node.of);
    else node.of.forEach(walk);
  };
  walk(condition);
  return [...names];
}

/** The condition's answer when exactly the selections of `held` hold. */
export function holds(condition: Condition, held: (name: string) => boolean): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.of.every((part) => holds(part, held));
    case 'or':
      return condition.of.some((part) => holds(part, held));
    case 'not':
      return !holds(condition.of, held);
    case 'selections':
      return condition.link === 'all' ? condition.names.every(held) : condition.names.some(held);
  }
}

/** Items that every event of the rule must meet, with the selection each stands in. */
export function requiredItems(ir: RuleIr): { readonly selection: string; readonly item: Item }[] {
  return requiredNames(ir.condition).flatMap((selection) =>
    conjunction(ir, selection).map((item) => ({ selection, item })),
  );
}

/** Items of a selection that is one map, all of which must be met; [] for other forms. */
export function conjunction(ir: RuleIr, selection: string): Item[] {
  const detection = ir.selections.get(selection);
  if (detection === undefined) return [];
  if (detection.kind === 'item') return [detection.item];
  if (detection.kind === 'any') return [];
  return detection.of.flatMap((part) => (part.kind === 'item' ? [part.item] : []));
}

/** Whether a selection is nothing but the items that `conjunction` gives. */
export function isConjunction(ir: RuleIr, selection: string): boolean {
  const detection = ir.selections.get(selection);
  return detection?.kind === 'item' || (detection?.kind === 'all' && detection.of.every(({ kind }) => kind === 'item'));
}

function requiredNames(condition: Condition): string[] {
  if (condition.kind === 'and') return condition.of.flatMap(requiredNames);
  if (condition.kind !== 'selections') return [];
  return condition.link === 'all' || condition.names.length === 1 ? [...condition.names] : [];
}

/** Selections that must not hold: `not a`, `not 1 of a*`. */
export function forbiddenNames(condition: Condition): string[] {
  if (condition.kind === 'and') return condition.of.flatMap(forbiddenNames);
  return condition.kind === 'not' ? forbidden(condition.of) : [];
}

function forbidden(condition: Condition): string[] {
  if (condition.kind === 'or') return condition.of.flatMap(forbidden);
  if (condition.kind !== 'selections') return [];
  return condition.link === 'any' || condition.names.length === 1 ? [...condition.names] : [];
}

/** Every node of a condition as written, parents first. */
export function nodesOf(tree: ConditionTree): ConditionTree[] {
  if (tree.kind === 'selection' || tree.kind === 'of') return [tree];
  return [tree, ...(tree.kind === 'not' ? nodesOf(tree.of) : tree.of.flatMap(nodesOf))];
}
