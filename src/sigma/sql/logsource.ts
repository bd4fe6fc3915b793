import type { UnknownDimension } from '../match/routing.ts';
import type { Logsource } from '../parse/rule.ts';
import { type Clause, joined } from './clause.ts';
import type { SqlSchema } from './schema.ts';
import type { Scope } from './scope.ts';

/** Whether a rule applies to an event (match/routing.ts), one clause a dimension that the rule names. */
export function logsourceClause(rule: Logsource, schema: SqlSchema, scope: Scope, unknown: UnknownDimension): Clause[] {
  const { product, categories, services } = schema.logsource;
  const clauses: Clause[] = [];
  const add = (silent: string, said: string): void => {
    clauses.push(unknown === 'open' ? joined('OR', [silent, said]) : said);
  };
  if (rule.product !== null) {
    add(`${product} = ''`, `lowerUTF8(${product}) = ${scope.params.text(rule.product)}`);
  }
  for (const [wanted, stated] of [
    [rule.category, categories],
    [rule.service, services],
  ] as const) {
    if (wanted === null) continue;
    add(`empty(${stated})`, `arrayExists(t -> lowerUTF8(t) = ${scope.params.text(wanted)}, ${stated})`);
  }
  return clauses;
}
