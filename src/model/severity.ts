/** Sigma levels in ascending order; the position is the rank shown on the board (1 thông tin … 5 nghiêm trọng). */
export const severities = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** 1 (informational) to 5 (critical). A rule without a level counts as medium. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity) + 1;
}

export function severityOf(level: string | null | undefined): Severity {
  const found = severities.find((s) => s === level);
  return found ?? 'medium';
}

export function maxSeverity(a: Severity, b: Severity): Severity {
  return severityRank(a) >= severityRank(b) ? a : b;
}
