import type { SigmaLimits } from '../limits.ts';
import { nearest } from '../nearest.ts';
import type { ConditionTree } from '../parse/condition.ts';
import type { DetectionTree } from '../parse/detection.ts';
import type { RuleTree } from '../parse/rule.ts';
import type { Problems } from '../problem.ts';
import type { Condition, Detection, RuleIr } from './ir.ts';
import { lowerItem, type Placeholders } from './item.ts';

/** Selections and conditions of a rule or filter → IR; null when something was refused (and reported). */
export function lowerRule(
  tree: Pick<RuleTree, 'selections' | 'conditions'>,
  placeholders: Placeholders,
  limits: SigmaLimits,
  problems: Problems,
): RuleIr | null {
  const before = problems.refusals();
  const selections = new Map<string, Detection>();
  for (const [name, detection] of tree.selections) {
    const lowered = lowerDetection(detection, placeholders, limits, problems);
    if (lowered !== null) selections.set(name, lowered);
  }
  const names = [...tree.selections.keys()];
  const budget = { left: limits.conditionNames };
  const conditions = tree.conditions.map((condition) => lowerCondition(condition, names, budget, problems));
  const [first] = conditions;
  if (problems.refusals() > before || first === undefined) return null;
  return { selections, condition: conditions.length === 1 ? first : { kind: 'or', of: conditions } };
}

function lowerDetection(
  tree: DetectionTree,
  placeholders: Placeholders,
  limits: SigmaLimits,
  problems: Problems,
): Detection | null {
  if (tree.kind === 'item') {
    const item = lowerItem(tree.item, placeholders, limits, problems);
    return item && { kind: 'item', item };
  }
  const of = tree.of.map((part) => lowerDetection(part, placeholders, limits, problems));
  return of.includes(null) ? null : { kind: tree.kind, of: of.filter((part) => part !== null) };
}

/** Stands in for what was refused, so that the rest of the condition is looked at as well. */
const nothing: Condition = { kind: 'selections', link: 'any', names: [] };

/** @param budget names that patterns may still be held against */
function lowerCondition(
  tree: ConditionTree,
  names: readonly string[],
  budget: { left: number },
  problems: Problems,
): Condition {
  switch (tree.kind) {
    case 'and':
    case 'or':
      return { kind: tree.kind, of: tree.of.map((part) => lowerCondition(part, names, budget, problems)) };
    case 'not':
      return { kind: 'not', of: lowerCondition(tree.of, names, budget, problems) };
    case 'selection':
      if (names.includes(tree.name)) return { kind: 'selections', link: 'all', names: [tree.name] };
      problems.report(
        'condition-undefined',
        tree.at,
        `there is no selection "${tree.name.slice(0, 80)}"`,
        undefinedAdvice(tree.name, names),
      );
      return nothing;
    case 'of': {
      // Told once: what overdraws it may be thousands of patterns.
      if (budget.left < 0) return nothing;
      budget.left -= names.length;
      if (budget.left < 0) {
        problems.report('condition-too-many-names', tree.at, 'the patterns of the conditions name too many selections');
        return nothing;
      }
      const fitting = names.filter((name) => fits(name, tree.pattern));
      if (fitting.length === 0) {
        problems.report('condition-empty-selector', tree.at, `"${tree.pattern.slice(0, 80)}" fits no selection`);
      }
      return { kind: 'selections', link: tree.quantifier, names: fitting };
    }
  }
}

/** What was probably meant, or what there is; undefined when the rule has no selections. */
function undefinedAdvice(name: string, names: readonly string[]): string | undefined {
  const near = name.length > 512 ? null : nearest(name, names);
  if (near !== null) return `Did you mean ${near.slice(0, 80)}?`;
  const some = names.slice(0, 5).map((other) => other.slice(0, 80));
  return some.length === 0 ? undefined : `The rule has ${some.join(', ')}${names.length > some.length ? ', …' : ''}.`;
}

/** `*` stands for any run of characters, anywhere and several times; `_` names are private unless asked for. */
export function fits(name: string, pattern: string): boolean {
  const glob = pattern === 'them' ? '*' : pattern;
  if (name.startsWith('_') && !glob.startsWith('_')) return false;
  const [head = '', ...rest] = glob.split('*');
  if (rest.length === 0) return name === head;
  const tail = rest.pop() ?? '';
  if (!name.startsWith(head) || !name.endsWith(tail) || name.length < head.length + tail.length) return false;
  let at = head.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0 || found + piece.length > name.length - tail.length) return false;
    at = found + piece.length;
  }
  return true;
}
