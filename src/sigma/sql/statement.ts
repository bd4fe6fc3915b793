import { inlineParam, type SqlParam, type SqlParams } from './params.ts';
import type { RuleSql } from './rule.ts';
import type { SqlSchema } from './schema.ts';
import type { Definition } from './scope.ts';

/** The events a rule is met by, as one statement: id and time, in order of time. */
export function selectEvents(rule: RuleSql, schema: SqlSchema): string {
  return [
    ...withLines(rule.definitions),
    `SELECT ${schema.id} AS event, ${schema.timeMs} AS time_ms`,
    `FROM ${schema.table}`,
    `WHERE ${rule.where}`,
    'ORDER BY time_ms, event',
  ].join('\n');
}

/** `WITH …` over several lines; [] when there is nothing to define. */
export function withLines(definitions: readonly Definition[]): string[] {
  if (definitions.length === 0) return [];
  return [
    'WITH',
    ...definitions.map(({ name, sql, note }, i) => {
      const comma = i < definitions.length - 1 ? ',' : '';
      return `  ${sql} AS ${name}${comma}${note === '' ? '' : ` -- ${note}`}`;
    }),
  ];
}

/** A statement and, below it, what is bound to it, each on a line of its own, as comments. */
export function statementText(sql: string, params: SqlParams): string {
  const bound = Object.entries(params).map(([name, param]) => `--   ${name} = ${shown(param)}`);
  return [`${sql};`, ...(bound.length === 0 ? [] : ['-- parameters', ...bound])].join('\n');
}

/** As SQL writes it, without anything that would end the line or move a terminal's cursor. */
function shown(param: SqlParam): string {
  return inlineParam(param).replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, ' ');
}
