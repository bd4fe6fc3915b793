import type { UnknownDimension } from '../match/routing.ts';
import type { Logsource } from '../parse/rule.ts';
import type { Clause } from './clause.ts';
import type { SqlSchema } from './schema.ts';
import type { Scope } from './scope.ts';

/** Whether a rule applies to an event (match/routing.ts), one clause a dimension that the rule names. */
export function logsourceClause(rule: Logsource, schema: SqlSchema, scope: Scope, unknown: UnknownDimension): Clause[] {
  const { product, categories, services } = schema.logsource;
  const clauses: Clause[] = [];
  const open = (silent: string): string => (unknown === 'open' ? `${silent} OR ` : '');
  if (rule.product !== null) {
    clauses.push(`(${open(`${product} = ''`)}lowerUTF8(${product}) = ${scope.params.text(rule.product)})`);
  }
  for (const [wanted, stated] of [
    [rule.category, categories],
    [rule.service, services],
  ] as const) {
    if (wanted === null) continue;
    const said = `arrayExists(t -> lowerUTF8(t) = ${scope.params.text(wanted)}, ${stated})`;
    clauses.push(`(${open(`empty(${stated})`)}${said})`);
  }
  return clauses;
}
