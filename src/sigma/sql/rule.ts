import type { Condition, Detection, RuleIr } from '../lower/ir.ts';
import type { UnknownDimension } from '../match/routing.ts';
import type { Logsource } from '../parse/rule.ts';
import { type Clause, joined, layOut, noted } from './clause.ts';
import { itemClause } from './item.ts';
import { logsourceClause } from './logsource.ts';
import type { SqlParams } from './params.ts';
import { prefilterClause } from './prefilter.ts';
import type { SqlSchema } from './schema.ts';
import { type Definition, plainNote, Scope } from './scope.ts';

/** What of a rule the generator reads; a Rule fits. */
export interface RuleForSql {
  readonly ir: RuleIr;
  readonly logsource: Logsource;
}

export interface RuleSqlOptions {
  /** false holds the rule against every event, whatever its logsource. Default true. */
  readonly routing?: boolean;
  /** As for `compileRules`. Default `closed`. */
  readonly unknownDimension?: UnknownDimension;
}

export interface RuleSql {
  /** Condition over the schema's table: 0 or 1 for every row, never NULL. Needs `definitions` in a WITH before it. */
  readonly where: string;
  readonly definitions: readonly Definition[];
  readonly params: SqlParams;
}

export interface RulesSql {
  /** One condition a rule, in their order. */
  readonly conditions: readonly string[];
  readonly definitions: readonly Definition[];
  readonly params: SqlParams;
}

/**
 * A rule as ClickHouse SQL that is true for exactly the events the reference evaluator says yes to. Every text of the
 * rule is a bound parameter. Pure; never throws for an IR the loader let through.
 */
export function sqlOf(rule: RuleForSql, schema: SqlSchema, options: RuleSqlOptions = {}): RuleSql {
  const { conditions, definitions, params } = sqlOfRules([rule], schema, options);
  return { where: conditions[0] ?? '0', definitions, params };
}

/** Several rules over one scan: what they share is defined, and computed, once. */
export function sqlOfRules(rules: readonly RuleForSql[], schema: SqlSchema, options: RuleSqlOptions = {}): RulesSql {
  const scope = new Scope();
  const conditions = rules.map((rule) => layOut(ruleClause(rule, schema, scope, options), 0));
  return { conditions, definitions: scope.definitions, params: scope.params.all };
}

export function ruleClause(rule: RuleForSql, schema: SqlSchema, scope: Scope, options: RuleSqlOptions): Clause {
  const { logsource, ir } = rule;
  const exact = conditionClause(ir.condition);
  const fromColumns = prefilterClause(ir, schema, scope);
  return joined('AND', [
    ...(options.routing === false
      ? []
      : logsourceClause(logsource, schema, scope, options.unknownDimension ?? 'closed')),
    ...(fromColumns === null
      ? []
      : [noted(fromColumns, 'what columns alone can say, so that most rows are not read whole')]),
    exact,
  ]);

  function conditionClause(c: Condition): Clause {
    switch (c.kind) {
      case 'and':
        return joined('AND', c.of.map(conditionClause));
      case 'or':
        return joined('OR', c.of.map(conditionClause));
      case 'not':
        return { not: conditionClause(c.of) };
      case 'selections':
        return joined(c.link === 'all' ? 'AND' : 'OR', c.names.map(selectionClause));
    }
  }

  function selectionClause(name: string): Clause {
    const detection = rule.ir.selections.get(name);
    if (detection === undefined) return '0';
    return noted(detectionClause(detection), plainNote(name));
  }

  function detectionClause(d: Detection): Clause {
    if (d.kind === 'item') return itemClause(d.item, schema, scope);
    return joined(d.kind === 'all' ? 'AND' : 'OR', d.of.map(detectionClause));
  }
}
