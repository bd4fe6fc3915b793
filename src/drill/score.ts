import type { Emission } from './replay.ts';
import type { Scenario } from './scenario.ts';

/** A finding with the line behind it: the join of findings and stored events, plus when it was shown. */
export interface ScoredFinding {
  readonly rule: string;
  /** `raw` of the event it stands on. */
  readonly raw: string;
  readonly alert: string;
  /** Wall time the finding was first shown; the alert's creation when nothing better is known. */
  readonly seenMs: number;
  /** The alert is a correlation's, which no line brings about but the one that completes it. */
  readonly correlated: boolean;
}

export interface Missed {
  readonly expectation: string;
  readonly inject: string;
  readonly titleVi: string;
  /** `not_emitted`: no line of the inject reached a collector · `no_finding`: they did, and no rule named found one. */
  readonly cause: 'not_emitted' | 'no_finding';
}

export interface Unexpected {
  readonly rule: string;
  readonly source: string;
  readonly inject: string;
  readonly line: string;
}

export interface InjectScore {
  readonly inject: string;
  readonly lines: number;
  readonly firstEmittedMs: number | null;
  readonly firstAlertMs: number | null;
  /** First alert minus first emission (time to detect); null when nothing was found, or only by an alert older than it. */
  readonly detectMs: number | null;
  readonly rules: readonly string[];
}

export interface Score {
  readonly expected: number;
  readonly found: number;
  readonly missed: readonly Missed[];
  /** (rule, line) pairs on lines that no expectation covers. */
  readonly unexpected: readonly Unexpected[];
  readonly perInject: readonly InjectScore[];
  /**
   * Of every alert: first shown minus the emission of its earliest line, or, of a correlation's, of the latest of its
   * lines that was out by then; nearest rank; null without alerts.
   */
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
  /** Findings on lines this replay did not send (production, an earlier run); they change nothing. */
  readonly foreign: number;
}

/**
 * The score of a replay: a pure function of scenario, emission log and findings, whatever their order and however
 * often a finding is repeated. A finding belongs to the inject whose line its event carries, letter by letter.
 */
export function score(input: {
  readonly scenario: Scenario;
  readonly emissions: readonly Emission[];
  readonly findings: readonly ScoredFinding[];
}): Score {
  const { scenario } = input;
  const sent = new Map<string, Emission>();
  for (const emission of input.emissions) {
    const known = sent.get(emission.line);
    if (emission.outcome === 'sent' && (known === undefined || emission.emittedMs < known.emittedMs)) {
      sent.set(emission.line, emission);
    }
  }
  const covered = new Set(scenario.expectations.map((expectation) => expectation.inject));
  const rulesOf = new Map<string, Set<string>>();
  const alertMsOf = new Map<string, number>();
  const alerts = new Map<string, Shown>();
  const unexpected = new Map<string, Unexpected>();
  let foreign = 0;

  const firstEmittedMs = new Map<string, number>();
  const linesOf = new Map<string, number>();
  for (const { inject, emittedMs } of sent.values()) {
    firstEmittedMs.set(inject, Math.min(emittedMs, firstEmittedMs.get(inject) ?? emittedMs));
    linesOf.set(inject, (linesOf.get(inject) ?? 0) + 1);
  }

  for (const { rule, raw, alert, seenMs, correlated } of input.findings) {
    const emission = sent.get(raw);
    if (emission === undefined) {
      foreign += 1;
      continue;
    }
    const { inject, source, line, emittedMs } = emission;
    const before = alerts.get(alert);
    alerts.set(alert, {
      correlated,
      seenMs: Math.min(seenMs, before?.seenMs ?? seenMs),
      emittedMs: [...(before?.emittedMs ?? []), emittedMs],
    });
    if (!covered.has(inject)) {
      unexpected.set(JSON.stringify([rule, line]), { rule, source, inject, line });
      continue;
    }
    rulesOf.set(inject, (rulesOf.get(inject) ?? new Set()).add(rule));
    // An alert that an earlier step opened says nothing about when this step was seen.
    if (seenMs >= (firstEmittedMs.get(inject) ?? 0)) {
      alertMsOf.set(inject, Math.min(seenMs, alertMsOf.get(inject) ?? seenMs));
    }
  }

  const missed: Missed[] = [];
  for (const { id, inject, text, rules } of scenario.expectations) {
    const fired = rulesOf.get(inject);
    if (fired !== undefined && rules.some((rule) => fired.has(rule))) continue;
    const cause = firstEmittedMs.has(inject) ? 'no_finding' : 'not_emitted';
    missed.push({ expectation: id, inject, titleVi: text.vi, cause });
  }
  const perInject = scenario.injects.map(({ id }) => {
    const emitted = firstEmittedMs.get(id) ?? null;
    const alerted = alertMsOf.get(id) ?? null;
    return {
      inject: id,
      lines: linesOf.get(id) ?? 0,
      firstEmittedMs: emitted,
      firstAlertMs: alerted,
      detectMs: emitted === null || alerted === null ? null : alerted - emitted,
      rules: [...(rulesOf.get(id) ?? [])].sort(),
    };
  });
  const latencies = [...alerts.values()].map(latencyOf).sort(ascending);
  return {
    expected: scenario.expectations.length,
    found: scenario.expectations.length - missed.length,
    missed,
    unexpected: [...unexpected.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair),
    perInject,
    p50_ms: percentile(latencies, 50),
    p99_ms: percentile(latencies, 99),
    foreign,
  };
}

/** An alert: when it was first shown, and when its lines were sent. */
interface Shown {
  readonly correlated: boolean;
  readonly seenMs: number;
  readonly emittedMs: readonly number[];
}

function latencyOf({ correlated, seenMs, emittedMs }: Shown): number {
  const first = Math.min(...emittedMs);
  const out = correlated ? emittedMs.filter((ms) => ms <= seenMs) : [];
  return Math.max(0, seenMs - Math.max(first, ...out));
}

const ascending = (a: number, b: number): number => a - b;

/** Nearest rank: the smallest value that at least `percent` % of the sorted values do not exceed. */
function percentile(sorted: readonly number[], percent: number): number | null {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null;
}
