import type { CorrelationComparison, TemporalExpression } from './ir.ts';

export function meetsComparisons(condition: readonly CorrelationComparison[], value: number): boolean {
  for (const comparison of condition) if (!meetsComparison(comparison, value)) return false;
  return true;
}

function meetsComparison({ operator, number }: CorrelationComparison, value: number): boolean {
  switch (operator) {
    case 'lt':
      return value < number;
    case 'lte':
      return value <= number;
    case 'gt':
      return value > number;
    case 'gte':
      return value >= number;
    case 'eq':
      return value === number;
    case 'neq':
      return value !== number;
  }
}

/** `occurs` says of a reference whether it has a member in the window. */
export function meetsExpression(expression: TemporalExpression, occurs: (reference: number) => boolean): boolean {
  switch (expression.kind) {
    case 'and':
      return expression.of.every((part) => meetsExpression(part, occurs));
    case 'or':
      return expression.of.some((part) => meetsExpression(part, occurs));
    case 'not':
      return !meetsExpression(expression.of, occurs);
    case 'reference':
      return occurs(expression.reference);
  }
}
