import type { Condition, Detection, RuleIr } from '../lower/ir.ts';
import type { FilterTree } from '../parse/filter.ts';
import type { Logsource } from '../parse/rule.ts';
import type { Rule } from '../rule.ts';
import { sha256 } from '../sha256.ts';

/** A filter that was read and understood; which rules it touches, linkRules decides. Plain data. */
export interface SiteFilter {
  readonly file: string;
  readonly line: number;
  readonly hash: string;
  readonly source: string;
  readonly tree: FilterTree;
  readonly ir: RuleIr;
}

/** A filter is for the rules whose logsource holds all that its own names (Sigma: the filter's contains the rule's). */
export function isForLogsource(filter: Logsource, rule: Logsource): boolean {
  return (
    (filter.product === null || filter.product === rule.product) &&
    (filter.category === null || filter.category === rule.category) &&
    (filter.service === null || filter.service === rule.service)
  );
}

/**
 * The rule with its condition AND the condition of each filter, as written. A filter's selections come in under names that
 * the rule does not have, and its patterns were resolved among its own selections, so neither side sees the other's names.
 */
export function applyFilters(rule: Rule, filters: readonly SiteFilter[]): Rule {
  if (filters.length === 0) return rule;
  const selections = new Map<string, Detection>(rule.ir.selections);
  const conditions: Condition[] = [rule.ir.condition];
  const taken = [...selections.keys()];
  let number = 0;
  for (const filter of filters) {
    do number++;
    while (taken.some((name) => name.startsWith(`filter ${number}: `)));
    const prefix = `filter ${number}: `;
    const renamed = (name: string) => prefix + name;
    for (const [name, detection] of filter.ir.selections) selections.set(renamed(name), detection);
    conditions.push(renameSelections(filter.ir.condition, renamed));
  }
  const hashes = filters.map(({ hash }) => hash).toSorted();
  return {
    ...rule,
    hash: sha256([rule.hash, ...hashes].join('\n')),
    ir: { selections, condition: { kind: 'and', of: conditions } },
  };
}

function renameSelections(condition: Condition, renamed: (name: string) => string): Condition {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return { kind: condition.kind, of: condition.of.map((part) => renameSelections(part, renamed)) };
    case 'not':
      return { kind: 'not', of: renameSelections(condition.of, renamed) };
    case 'selections':
      return { ...condition, names: condition.names.map(renamed) };
  }
}
