import { chainsOf } from '../correlate/chain.ts';
import {
  type CorrelationComparison,
  type CorrelationField,
  type CorrelationIr,
  type CorrelationReference,
  isTemporal,
  type TemporalExpression,
} from '../correlate/ir.ts';
import type { SigmaLimits } from '../limits.ts';
import { fits } from '../lower/rule.ts';
import type { ConditionTree } from '../parse/condition.ts';
import type { CorrelationTree } from '../parse/correlation.ts';
import type { RuleMetadata } from '../parse/metadata.ts';
import type { PlacedText } from '../parse/placed-text.ts';
import type { Problems } from '../problem.ts';

/** A correlation that was read but not yet linked with the rules it names. Plain data. */
export interface CorrelationDraft extends RuleMetadata {
  readonly file: string;
  readonly line: number;
  readonly hash: string;
  readonly source: string;
  readonly tree: CorrelationTree;
}

/** A rule that a correlation names, and what was found under the name. */
export interface Referred extends PlacedText {
  readonly target: CorrelationReference;
  /** `name` of the target; '' when it has none. */
  readonly name: string;
}

/** The names of rules a correlation mentions: those under `rules`, or when there are none those of its condition. */
export function namesIn(tree: CorrelationTree): PlacedText[] {
  if (tree.rules.length > 0 || tree.condition.expression === null) return [...tree.rules];
  const names: PlacedText[] = [];
  collect(tree.condition.expression);
  return names.filter(({ text }, i) => names.findIndex((other) => other.text === text) === i);

  function collect(node: ConditionTree): void {
    if (node.kind === 'selection') names.push({ text: node.name, at: node.at });
    else if (node.kind === 'not') collect(node.of);
    else if (node.kind !== 'of') for (const part of node.of) collect(part);
  }
}

/** Tree and targets → IR without `carries`; null when something was refused (and reported). */
export function lowerCorrelation(
  tree: CorrelationTree,
  referred: readonly Referred[],
  limits: SigmaLimits,
  problems: Problems,
): CorrelationIr | null {
  const before = problems.refusals();
  const { condition } = tree;
  const aliases = resolveAliases(tree, referred, problems);
  const field = ({ text }: PlacedText): CorrelationField => ({
    name: text,
    fields: referred.map((_, reference) => aliases.get(text)?.[reference] ?? text),
  });
  const expression =
    condition.expression === null ? null : lowerExpression(condition.expression, referred, tree, problems);
  if (tree.kind === 'temporal_ordered') checkOrdered(tree, referred, expression, limits, problems);
  if (expression === null && isNever(tree, referred.length)) {
    problems.report('correlation-condition-never', condition.at, 'the condition can never hold');
  }
  if (problems.refusals() > before) return null;
  return {
    kind: tree.kind,
    references: referred.map(({ target }) => target),
    groupBy: tree.groupBy.map(field),
    timespanMs: tree.timespanMs,
    condition: condition.comparisons,
    expression,
    fields: condition.fields.map(field),
    percentile: condition.percentile,
    carries: [],
    generate: tree.generate,
  };
}

/** Alias → field names in the order of references; undefined where the alias says nothing of a reference. */
function resolveAliases(
  tree: CorrelationTree,
  referred: readonly Referred[],
  problems: Problems,
): ReadonlyMap<string, readonly (string | undefined)[]> {
  const used = new Set([...tree.groupBy, ...tree.condition.fields].map(({ text }) => text));
  const aliases = new Map<string, readonly (string | undefined)[]>();
  for (const alias of tree.aliases) {
    const fields: (string | undefined)[] = referred.map(() => undefined);
    for (const { rule, field } of alias.fields) {
      const reference = referenceNamed(rule.text, referred);
      if (reference < 0) {
        problems.report('correlation-alias', rule.at, `"${rule.text.slice(0, 80)}" is none of the correlation's rules`);
      } else fields[reference] = field;
    }
    aliases.set(alias.text, fields);
    const shown = alias.text.slice(0, 80);
    if (!used.has(alias.text))
      problems.report('correlation-alias-unused', alias.at, `the alias "${shown}" is not used`);
    else if (fields.includes(undefined)) {
      const missing = referred.find((_, reference) => fields[reference] === undefined);
      const message = `the alias "${shown}" names no field of "${missing?.text.slice(0, 80) ?? ''}"`;
      problems.report('correlation-alias-partial', alias.at, message);
    }
  }
  return aliases;
}

/** By the text under `rules`, or by the id or name of the rule itself; -1 when there is none. */
function referenceNamed(text: string, referred: readonly Referred[]): number {
  const written = referred.findIndex((one) => one.text === text);
  if (written >= 0) return written;
  return referred.findIndex((one) => one.target.id.toLowerCase() === text.toLowerCase() || one.name === text);
}

function lowerExpression(
  tree: ConditionTree,
  referred: readonly Referred[],
  correlation: CorrelationTree,
  problems: Problems,
): TemporalExpression {
  const named = new Set<number>();
  const expression = lower(tree);
  for (const [reference, { text, at }] of referred.entries()) {
    if (!named.has(reference)) {
      problems.report('correlation-rule-unused', at, `the condition does not name "${text.slice(0, 80)}"`);
    }
  }
  return expression;

  function lower(node: ConditionTree): TemporalExpression {
    switch (node.kind) {
      case 'and':
      case 'or':
        return { kind: node.kind, of: node.of.map(lower) };
      case 'not':
        return { kind: 'not', of: lower(node.of) };
      case 'selection': {
        const reference = referenceNamed(node.name, referred);
        if (reference < 0) {
          const message = `"${node.name.slice(0, 80)}" is none of the correlation's rules`;
          problems.report('condition-undefined', node.at, message, 'Name a rule that stands under rules.');
        }
        return refer(reference);
      }
      case 'of': {
        const fitting = [...referred.keys()].filter((reference) => {
          const one = referred[reference];
          return one !== undefined && [one.text, one.name].some((name) => name !== '' && fits(name, node.pattern));
        });
        if (fitting.length === 0 || correlation.rules.length === 0) {
          const message = `"${node.pattern.slice(0, 80)}" fits no rule under rules`;
          problems.report('condition-empty-selector', node.at, message, 'Name rules that stand under rules.');
        }
        return { kind: node.quantifier === 'all' ? 'and' : 'or', of: fitting.map(refer) };
      }
    }
  }

  function refer(reference: number): TemporalExpression {
    named.add(reference);
    return { kind: 'reference', reference };
  }
}

/** The work that an order costs grows steeply with the number of rules, so it has a bound of its own. */
function checkOrdered(
  tree: CorrelationTree,
  referred: readonly Referred[],
  expression: TemporalExpression | null,
  limits: SigmaLimits,
  problems: Problems,
): void {
  if (referred.length > limits.orderedRules) {
    const message = `temporal_ordered takes at most ${limits.orderedRules} rules, not ${referred.length}`;
    problems.report('correlation-rules', tree.at, message, 'Name fewer rules, or use temporal.');
  } else if (expression !== null && chainsOf(expression, limits.orderedAlternatives) === null) {
    const message = `the condition stands for more than ${limits.orderedAlternatives} orders of rules`;
    problems.report('correlation-condition', tree.condition.at, message, 'Write a simpler condition, or use temporal.');
  }
}

/** No value lies within the bounds; counts are whole numbers from 1 on, those of temporal kinds up to the rules. */
function isNever(tree: CorrelationTree, references: number): boolean {
  const { comparisons } = tree.condition;
  const counts = isTemporal(tree.kind) || tree.kind === 'event_count' || tree.kind === 'value_count';
  let low = counts ? 1 : Number.NEGATIVE_INFINITY;
  let high = isTemporal(tree.kind) ? references : Number.POSITIVE_INFINITY;
  for (const { operator, number } of comparisons) {
    if (operator === 'gte' || operator === 'eq') low = Math.max(low, number);
    if (operator === 'lte' || operator === 'eq') high = Math.min(high, number);
    if (operator === 'gt') low = Math.max(low, counts ? Math.floor(number) + 1 : number);
    if (operator === 'lt') high = Math.min(high, counts ? Math.ceil(number) - 1 : number);
  }
  return low > high || comparisons.some((comparison) => isOnlyOpenEnd(comparison, low, high));
}

/** `gt: 5` with `lte: 5` leaves nothing though the bounds meet. */
function isOnlyOpenEnd({ operator, number }: CorrelationComparison, low: number, high: number): boolean {
  return low === high && number === low && (operator === 'gt' || operator === 'lt' || operator === 'neq');
}
