import type { Condition, Detection, Item, Pattern, RuleIr } from '../lower/ir.ts';
import { anyText } from '../parse/text-parts.ts';
import { type Clause, joined } from './clause.ts';
import type { SqlSchema } from './schema.ts';
import type { Scope } from './scope.ts';
import { textTests } from './text-tests.ts';

/**
 * What columns alone can say: a condition that every event the rule is met by satisfies, without a look at its JSON
 * text, which is ten times as much to read. null when the columns say nothing.
 */
export function prefilterClause(rule: RuleIr, schema: SqlSchema, scope: Scope): Clause | null {
  return conditionNeeds(rule.condition);

  function conditionNeeds(condition: Condition): Clause | null {
    switch (condition.kind) {
      case 'and':
        return all(condition.of.map(conditionNeeds));
      case 'or':
        return any(condition.of.map(conditionNeeds));
      case 'not':
        return null;
      case 'selections': {
        const needs = condition.names.map((name) => {
          const detection = rule.selections.get(name);
          return detection === undefined ? null : detectionNeeds(detection);
        });
        return condition.link === 'all' ? all(needs) : any(needs);
      }
    }
  }

  function detectionNeeds(detection: Detection): Clause | null {
    if (detection.kind === 'item') return itemNeeds(detection.item);
    const needs = detection.of.map(detectionNeeds);
    return detection.kind === 'all' ? all(needs) : any(needs);
  }

  function itemNeeds(item: Item): Clause | null {
    const column = item.field === null || item.negated ? null : schema.columnOf(item.field);
    if (column === null) return null;
    const groups = item.link === 'all' ? item.values : [item.values.flat()];
    return all(groups.map((patterns) => columnNeeds(patterns, column, scope)));
  }
}

/** '' may stand for a list or other things that only the JSON text knows, so it always passes. */
function columnNeeds(patterns: readonly Pattern[], column: string, scope: Scope): Clause | null {
  const texts: Extract<Pattern, { kind: 'text' }>[] = [];
  for (const pattern of patterns) {
    if (pattern.kind !== 'text' || pattern.cased) return null;
    if (pattern.parts.length === 1 && pattern.parts[0] === anyText) return null;
    texts.push(pattern);
  }
  return joined('OR', [`\`${column}\` = ''`, ...textTests(texts, false, scope, `lower(\`${column}\`)`)]);
}

function all(needs: readonly (Clause | null)[]): Clause | null {
  const known = needs.filter((need) => need !== null);
  return known.length === 0 ? null : joined('AND', known);
}

function any(needs: readonly (Clause | null)[]): Clause | null {
  const known = needs.filter((need) => need !== null);
  return known.length === 0 || known.length < needs.length ? null : joined('OR', known);
}
