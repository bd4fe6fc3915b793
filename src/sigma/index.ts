/**
 * The Sigma engine: rules in, matches out. A pure library: no clock, files or network, and it runs in a browser.
 * Its meaning is written down in docs/sigma.md.
 *
 *   const { rules, problems } = parseRules(text, 'rule.yml');
 *   const set = compileRules(rules);
 *   for (const index of set.match(event)) console.log(set.rules[index].title, set.explain(index, event));
 */
export { evaluateGroup, type Instant } from './correlate/evaluate.ts';
export { evaluateCorrelations, type GroupInstants, type MatchedEvent } from './correlate/evaluate-all.ts';
export {
  type CorrelationHit,
  type CorrelationStreamLimits,
  defaultCorrelationStreamLimits,
  type HitMember,
} from './correlate/hit.ts';
export { hitEvent } from './correlate/hit-event.ts';
export type {
  Correlation,
  CorrelationComparison,
  CorrelationField,
  CorrelationIr,
  CorrelationKind,
  CorrelationOperator,
  CorrelationReference,
  TemporalExpression,
} from './correlate/ir.ts';
export { type Member, type MemberOutcome, memberOf } from './correlate/member.ts';
export {
  type CorrelationStream,
  type CorrelationStreamOptions,
  type CorrelationStreamStats,
  createCorrelationStream,
  type PushOutcome,
} from './correlate/stream.ts';
export { fold, foldCodePoint } from './fold.ts';
export { type Formatted, formatRules } from './format/format-rules.ts';
export { defaultSigmaLimits, type SigmaLimits } from './limits.ts';
export type { CorrelationDraft } from './link/correlation.ts';
export type { SiteFilter } from './link/filter.ts';
export { type LinkedRules, linkRules } from './link/link-rules.ts';
export { knownIds as lintIds } from './lint/all-checks.ts';
export { applyFixes } from './lint/apply-fixes.ts';
export type { Edit, Finding, FindingSeverity } from './lint/finding.ts';
export { type LintOptions, lintRules, type RuleText } from './lint/lint-rules.ts';
export type { Condition, Detection, Item, Pattern, RuleIr, Value } from './lower/ir.ts';
export type { Placeholders } from './lower/item.ts';
export { type LineTokens, token } from './match/bytes/line-tokens.ts';
export { tokenText } from './match/bytes/token-text.ts';
export type { MatchDetail } from './match/explain.ts';
export { explainRule } from './match/explain-rule.ts';
export type {
  ExplainedCondition,
  ExplainedDetection,
  ExplainedItem,
  ExplainedPattern,
  ExplainedRule,
  ExplainedSelection,
  ExplainedValue,
} from './match/explained.ts';
export type { EventFields } from './match/field-content.ts';
export type { EngineImage } from './match/image.ts';
export { meets } from './match/reference.ts';
export { applies, type EventLogsource, type UnknownDimension } from './match/routing.ts';
export {
  type CompileOptions,
  compileRules,
  type EngineRule,
  type ImageStore,
  type MatchLineOptions,
  type MatchOptions,
  type RuleEvent,
  type RuleSet,
} from './match/rule-set.ts';
export type { RuleMetadata } from './parse/metadata.ts';
export { parsePlaceholders } from './parse/placeholders.ts';
export type { Logsource } from './parse/rule.ts';
export { type ParsedRules, type ParseOptions, parseRules, type RuleDocument } from './parse-rules.ts';
export { type Position, type RuleProblem, renderProblem } from './problem.ts';
export { type ProblemCode, problemCodes, type Severity } from './problem-codes.ts';
export type { Rule } from './rule.ts';
export {
  type ColumnOfField,
  type CorrelationParts,
  type CorrelationSql,
  eventsTable,
  inlineParams,
  jsonTable,
  paramText,
  type RuleForSql,
  type RuleSql,
  type RuleSqlOptions,
  type RulesSql,
  type SqlParam,
  type SqlParams,
  type SqlSchema,
  selectEvents,
  sqlOf,
  sqlOfCorrelation,
  sqlOfRules,
  statementText,
  withLines,
} from './sql/index.ts';
