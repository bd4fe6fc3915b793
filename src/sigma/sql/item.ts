import type { Item, Pattern } from '../lower/ir.ts';
import { anyText } from '../parse/text-parts.ts';
import { type Clause, joined } from './clause.ts';
import { allFoldPairs } from './fold-pairs.ts';
import type { FieldSql, SqlSchema } from './schema.ts';
import type { Scope } from './scope.ts';
import { textTests } from './text-tests.ts';
import { comparedList, compareTest, valueTest } from './value-tests.ts';

/** An item → clause: any or all of its values, each met by whichever member of the field. */
export function itemClause(item: Item, schema: SqlSchema, scope: Scope): Clause {
  const content = contentOf(item, schema, scope);
  // Any of several values is one search over the field; all of them is one each.
  const groups = item.link === 'all' ? item.values : [item.values.flat()];
  const clause = joined(
    'AND',
    groups.map((patterns) => anyOf(patterns, content, schema, scope)),
  );
  return item.negated ? { not: clause } : clause;
}

function contentOf(item: Item, schema: SqlSchema, scope: Scope): FieldSql {
  if (item.field !== null) return schema.field(item.field, scope);
  const leaves = schema.leaves(scope);
  return { exists: '1', present: `notEmpty(${leaves})`, texts: leaves };
}

function anyOf(patterns: readonly Pattern[], content: FieldSql, schema: SqlSchema, scope: Scope): Clause {
  const folded: Extract<Pattern, { kind: 'text' }>[] = [];
  const cased: Extract<Pattern, { kind: 'text' }>[] = [];
  const raw: string[] = [];
  const compared = new Map<string, Set<string>>();
  const clauses: Clause[] = [];
  for (const pattern of patterns) {
    switch (pattern.kind) {
      case 'null':
        clauses.push(`NOT ${content.present}`);
        break;
      case 'exists':
        clauses.push(pattern.expected ? content.exists : `NOT ${content.exists}`);
        break;
      case 'field':
        clauses.push(fieldTest(pattern, content, schema, scope));
        break;
      case 'text':
        if (pattern.parts.length === 1 && pattern.parts[0] === anyText) clauses.push(content.present);
        else (pattern.cased ? cased : folded).push(pattern);
        break;
      case 'compare': {
        const list = comparedList(content.texts, pattern.part, scope);
        compared.set(list, (compared.get(list) ?? new Set()).add(compareTest(pattern, scope)));
        break;
      }
      default:
        raw.push(valueTest(pattern, scope));
    }
  }
  raw.push(...textTests(cased, true, scope));
  const foldedTests = textTests(folded, false, scope);
  if (foldedTests.length > 0) clauses.push({ some: foldedTests, texts: lowerOf(content.texts, scope) });
  if (raw.length > 0) clauses.push({ some: raw, texts: content.texts });
  for (const [list, tests] of compared) clauses.push({ some: [...tests], texts: list });
  return joined('OR', clauses);
}

/** The texts with their ASCII letters folded; other letters are folded where a rule's text holds some. */
function lowerOf(texts: string, scope: Scope): string {
  return scope.define(`${texts}_lower`, `arrayMap(v -> lower(v), ${texts})`);
}

function foldedOf(texts: string, scope: Scope): string {
  const { from, to } = allFoldPairs();
  const folded = `translateUTF8(v, ${scope.params.text(from)}, ${scope.params.text(to)})`;
  return scope.define(
    `${texts}_folded`,
    `arrayMap(v -> if(length(v) = lengthUTF8(v), v, ${folded}), ${lowerOf(texts, scope)})`,
  );
}

const comparisons = {
  contains: 'position(a, b) > 0',
  startswith: 'startsWith(a, b)',
  endswith: 'endsWith(a, b)',
} as const;

function fieldTest(
  pattern: Extract<Pattern, { kind: 'field' }>,
  content: FieldSql,
  schema: SqlSchema,
  scope: Scope,
): string {
  const other = schema.field(pattern.name, scope);
  const form = (texts: string): string => (pattern.cased ? texts : foldedOf(texts, scope));
  const a = form(content.texts);
  const b = form(other.texts);
  if (pattern.how === 'equals') return `hasAny(${a}, ${b})`;
  return `arrayExists(a -> arrayExists(b -> ${comparisons[pattern.how]}, ${b}), ${a})`;
}
