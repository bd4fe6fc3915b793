export { type CorrelationParts, type CorrelationSql, sqlOfCorrelation } from './correlation.ts';
export { inlineParams, paramText, type SqlParam, type SqlParams } from './params.ts';
export { type RuleForSql, type RuleSql, type RuleSqlOptions, type RulesSql, sqlOf, sqlOfRules } from './rule.ts';
export { type ColumnOfField, eventsTable, jsonTable, type SqlSchema } from './schema.ts';
export { selectEvents, statementText, withLines } from './statement.ts';
