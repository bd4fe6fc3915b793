import type { SigmaLimits } from '../limits.ts';
import type { Position, Problems } from '../problem.ts';
import type { ConditionTree } from './condition.ts';
import { textOf } from './metadata.ts';
import { type PlacedText, placedTexts } from './placed-text.ts';
import { type Logsource, parseConditions, parseLogsource, parseSelections, type RuleTree } from './rule.ts';
import type { YamlMap } from './yaml.ts';

/** A site's exclusion as written. */
export interface FilterTree extends Pick<RuleTree, 'selections' | 'conditions'> {
  readonly title: string;
  readonly logsource: Logsource;
  /** Ids or names of rules; [] means every rule of the logsource. */
  readonly rules: readonly PlacedText[];
  readonly at: Position;
}

/** A filter's document → tree; null when something was refused (and reported). */
export function parseFilterDocument(root: YamlMap, limits: SigmaLimits, problems: Problems): FilterTree | null {
  const before = problems.refusals();
  const title = textOf(root, 'title', problems);
  if (title === '') problems.report('title-missing', root.at, 'the filter has no title');
  const logsource = parseLogsource(root, problems, 'filter');
  const entry = root.entries.get('filter');
  if (entry?.value.kind !== 'map') {
    problems.report('filter-type', entry?.keyAt ?? root.at, 'the filter is no map');
    return null;
  }
  const map = entry.value;
  const rules = parseRuleList(map, entry.keyAt, problems);
  const selections = parseSelections(map, ['rules', 'condition'], limits, problems);
  const condition = map.entries.get('condition');
  if (condition?.value.kind === 'list') {
    problems.report('condition-type', condition.value.at, 'the condition of a filter is one text');
  }
  const conditions = parseConditions(map, entry.keyAt, limits, problems, 'filter');
  if (problems.refusals() > before) return null;
  if (!conditions.some(hasNot)) {
    problems.report('filter-without-not', condition?.value.at ?? entry.keyAt, 'the condition holds no `not`');
  }
  return { title, logsource, rules, selections, conditions, at: entry.keyAt };
}

function parseRuleList(map: YamlMap, at: Position, problems: Problems): PlacedText[] {
  const entry = map.entries.get('rules');
  if (entry === undefined) {
    problems.report('filter-rules', at, 'the filter does not say which rules it is for');
    return [];
  }
  const rules = placedTexts(map, 'rules', 'filter-rules', problems);
  const [only] = rules;
  const everything = rules.length === 1 && entry.value.kind === 'scalar' && /^(any|all)$/i.test(only?.text ?? '');
  return everything ? [] : rules;
}

function hasNot(tree: ConditionTree): boolean {
  if (tree.kind === 'not') return true;
  return (tree.kind === 'and' || tree.kind === 'or') && tree.of.some(hasNot);
}
