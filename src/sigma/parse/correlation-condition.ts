import {
  type CorrelationComparison,
  type CorrelationKind,
  type CorrelationOperator,
  isTemporal,
} from '../correlate/ir.ts';
import type { SigmaLimits } from '../limits.ts';
import { parseNumber } from '../lower/compare.ts';
import type { Position, Problems } from '../problem.ts';
import { type ConditionTree, parseCondition } from './condition.ts';
import { type PlacedText, placedTexts } from './placed-text.ts';
import type { YamlEntry, YamlMap } from './yaml.ts';

export interface CorrelationConditionTree {
  readonly comparisons: readonly CorrelationComparison[];
  /** The extended condition of temporal kinds, its names not looked up yet. */
  readonly expression: ConditionTree | null;
  readonly fields: readonly PlacedText[];
  readonly percentile: number | null;
  readonly at: Position;
}

const operators: readonly string[] = ['lt', 'lte', 'gt', 'gte', 'eq', 'neq'] satisfies CorrelationOperator[];

/**
 * The condition of a correlation: a map of operators, or an expression over rule names; null when it was refused. Temporal
 * kinds want all their rules when they say nothing.
 *
 * @param ruleCount number of rules the correlation names
 */
export function parseCorrelationCondition(
  kind: CorrelationKind,
  ruleCount: number,
  correlation: YamlMap,
  at: Position,
  limits: SigmaLimits,
  problems: Problems,
): CorrelationConditionTree | null {
  const entry = correlation.entries.get('condition');
  if (entry === undefined) {
    if (isTemporal(kind)) return { ...nothing, comparisons: [{ operator: 'gte', number: ruleCount }], at };
    problems.report('correlation-condition', at, `${kind} needs a condition`);
    return null;
  }
  const { value } = entry;
  if (value.kind === 'scalar' && typeof value.value === 'string') {
    if (isTemporal(kind)) {
      const expression = parseCondition(value, limits, problems);
      return expression === null ? null : { ...nothing, expression, at: value.at };
    }
    problems.report('correlation-condition', value.at, `an expression is for temporal kinds, not for ${kind}`);
    return null;
  }
  if (value.kind !== 'map') {
    problems.report('correlation-condition', value.at, 'the condition is no map');
    return null;
  }
  const before = problems.refusals();
  const comparisons = parseComparisons(value, problems);
  const fields = parseFields(kind, value, entry.keyAt, problems);
  const percentile = parsePercentile(kind, value, entry.keyAt, problems);
  if (problems.refusals() > before) return null;
  return { comparisons, expression: null, fields, percentile, at: entry.keyAt };
}

/** What can be said of a condition when the correlation's type is not known. */
export function checkComparisons(correlation: YamlMap, problems: Problems): void {
  const value = correlation.entries.get('condition')?.value;
  if (value?.kind === 'map') parseComparisons(value, problems);
}

const nothing = { comparisons: [], expression: null, fields: [], percentile: null } as const;

function parseComparisons(map: YamlMap, problems: Problems): CorrelationComparison[] {
  const comparisons: CorrelationComparison[] = [];
  let written = 0;
  for (const [key, entry] of map.entries) {
    if (isOperator(key)) {
      written++;
      const number = numberIn(entry);
      if (number === null) problems.report('correlation-condition', entry.value.at, `${key} takes a number`);
      else comparisons.push({ operator: key, number });
    } else if (key !== 'field' && key !== 'percentile') {
      problems.report('correlation-condition', entry.keyAt, `"${key.slice(0, 80)}" has no meaning in a condition`);
    }
  }
  if (written === 0) problems.report('correlation-condition', map.at, 'the condition compares with nothing');
  return comparisons;
}

function isOperator(key: string): key is CorrelationOperator {
  return operators.includes(key);
}

function numberIn({ value }: YamlEntry): number | null {
  if (value.kind !== 'scalar' || value.value === null || typeof value.value === 'boolean') return null;
  return parseNumber(String(value.value));
}

function parseFields(kind: CorrelationKind, map: YamlMap, at: Position, problems: Problems): PlacedText[] {
  const entry = map.entries.get('field');
  if (!kind.startsWith('value_')) {
    if (entry !== undefined) problems.report('correlation-field-unused', entry.keyAt, `${kind} looks at no field`);
    return [];
  }
  const before = problems.refusals();
  const fields = placedTexts(map, 'field', 'correlation-field', problems);
  if (problems.refusals() > before) return [];
  if (fields.length === 0) problems.report('correlation-field', entry?.keyAt ?? at, `${kind} needs a field`);
  if (fields.length > 1 && kind !== 'value_count') {
    problems.report('correlation-field', entry?.keyAt ?? at, `${kind} takes one field, not ${fields.length}`);
  }
  return fields;
}

function parsePercentile(kind: CorrelationKind, map: YamlMap, at: Position, problems: Problems): number | null {
  const entry = map.entries.get('percentile');
  if (kind !== 'value_percentile') {
    if (entry !== undefined) problems.report('correlation-field-unused', entry.keyAt, `${kind} takes no percentile`);
    return kind === 'value_median' ? 50 : null;
  }
  if (entry === undefined) {
    problems.report('correlation-percentile-missing', at, 'no percentile is named; 50 is taken');
    return 50;
  }
  const number = numberIn(entry);
  if (number !== null && number >= 0 && number <= 100) return number;
  problems.report('correlation-condition', entry.value.at, 'percentile takes a number from 0 to 100');
  return null;
}
