import type { Severity } from '../../../src/model/severity.ts';

/** The board imports model types only, so the order is written here once more; a unit test holds the two together. */
const ranks: Readonly<Record<Severity, number>> = { informational: 1, low: 2, medium: 3, high: 4, critical: 5 };

/** 1 (informational) to 5 (critical). */
export function severityRank(severity: Severity): number {
  return ranks[severity];
}
