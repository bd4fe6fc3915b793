/**
 * How long the law wants logs kept, by the system's security level: TCVN 14423:2026 4.8, 5.8, 6.8, 7.8 name
 * 1, 3, 6 and 12 months for levels 2 to 5. Level 1 and systems of unknown level are not named; they get the shortest.
 */
const monthsOfLevel: readonly number[] = [1, 1, 1, 3, 6, 12];

/** Extra retention by policy, in months by level; the longer of law and policy wins. `all` holds for every level. */
export interface RetentionPolicy {
  readonly all?: number;
  readonly byLevel?: Readonly<Record<number, number>>;
}

/** Months an event of a system of `level` is kept. */
export function retentionMonths(level: number, policy: RetentionPolicy = {}): number {
  const byLaw = monthsOfLevel[level] ?? 1;
  return Math.max(byLaw, policy.all ?? 0, policy.byLevel?.[level] ?? 0);
}

/** First day (`YYYY-MM-DD`) on which an event received on `day` may go; a month's last day stays in its month. */
export function retainUntil(day: string, level: number, policy: RetentionPolicy = {}): string {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  const target = new Date(Date.UTC(year, month - 1 + retentionMonths(level, policy), 1));
  const lastOfMonth = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  target.setUTCDate(Math.min(date, lastOfMonth) + 1);
  return target.toISOString().slice(0, 10);
}
