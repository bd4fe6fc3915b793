import { createHash } from 'node:crypto';
import type { AlertCorrelation, CorrelationMember, CorrelationShape } from '../model/correlation.ts';
import type { RuleFacts } from '../model/finding.ts';
import type { AlertDraft, AlertEvidence } from './build.ts';
import { conditionText, strongerValue, whyText } from './correlation-why.ts';
import type { AlertLimits } from './limits.ts';

/** What one hour of a correlation's group came to. */
export interface CorrelatedHour {
  readonly hourMs: number;
  /** How much was known of the group. */
  readonly known: number;
  /** Moments at which the condition held, ascending. */
  readonly held: readonly { readonly timeMs: number; readonly value: number }[];
  /** Members in the windows of those moments, ascending by (time, order). */
  readonly evidence: readonly CorrelationMember[];
}

/** Everything a correlation's alert says that follows from its members alone. */
export interface CorrelatedDraft {
  readonly draft: AlertDraft;
  readonly facts: AlertEvidence;
  readonly correlation: AlertCorrelation;
}

/**
 * Id of a correlation's alert: its rule, scope, group and hour. No window is part of it: late events move where a window
 * begins, and must amend the alert that is there. No system either: one group may hold events of several.
 */
export function correlatedAlertId(rule: string, group: string, hourMs: number): string {
  const parts = ['correlation', rule, group, hourMs];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** null for an hour in which the condition never held. */
export function correlatedDraftOf(o: {
  readonly rule: RuleFacts;
  readonly shape: CorrelationShape;
  /** A member of the group: its group and scope are everybody's. */
  readonly one: CorrelationMember;
  readonly hour: CorrelatedHour;
  readonly limits: AlertLimits;
}): CorrelatedDraft | null {
  const { rule, shape, one, hour } = o;
  const { evidence } = hour;
  const [first] = evidence;
  const [began, ...later] = hour.held;
  const last = hour.held.at(-1);
  if (first === undefined || began === undefined || last === undefined) return null;
  const strongest = later.reduce(
    (best, next) => (strongerValue(shape, best.value, next.value) === best.value ? best : next),
    began,
  );
  const system = same(evidence.map((member) => member.system));
  const why = whyText(shape, one.groupTexts, strongest.value);
  return {
    draft: {
      id: correlatedAlertId(rule.id, one.group, hour.hourMs),
      rule,
      origin: one.origin,
      drill: one.drill,
      lane: one.lane,
      // Events of several systems: nobody's alert but the province's, or one owner would read of another's events.
      org: same(evidence.map((member) => member.org)),
      system,
      host: same(evidence.map((member) => member.host)),
      entity: one.groupTexts.join(' · ').slice(0, o.limits.entityCharsMax) || system || rule.title,
      windowStartMs: hour.hourMs,
    },
    facts: {
      events: new Set(evidence.map((member) => member.event)).size,
      firstEventMs: first.timeMs,
      lastEventMs: last.timeMs,
      firstReceivedMs: evidence.reduce((least, member) => Math.min(least, member.receivedTimeMs), first.receivedTimeMs),
      evidence: shownEvidence(evidence, began.timeMs, shape.timespanMs, o.limits.correlatedEvidenceMax),
    },
    correlation: {
      kind: shape.kind,
      groupBy: shape.groupBy.map((field, i) => ({ field, value: one.groupTexts[i] ?? '' })),
      timespanMs: shape.timespanMs,
      condition: conditionText(shape),
      value: strongest.value,
      atMs: strongest.timeMs,
      members: hour.known,
      holds: true,
      why: why.en,
      whyVi: why.vi,
    },
  };
}

/**
 * Which events are shown: of the window in which it first held the first of each rule and the last one, which completed
 * it, then the earliest of all; in the order of their time.
 */
function shownEvidence(
  evidence: readonly CorrelationMember[],
  beganMs: number,
  timespanMs: number,
  max: number,
): AlertEvidence['evidence'] {
  const window = evidence.filter(({ timeMs }) => timeMs >= beganMs - timespanMs && timeMs <= beganMs);
  const firsts = new Map(window.toReversed().map((member) => [member.reference, member]));
  const wanted = [...window.slice(-1), ...firsts.values(), ...evidence];
  const chosen = new Set<string>();
  for (const { event } of wanted) {
    if (chosen.size >= max) break;
    chosen.add(event);
  }
  const shown = new Map(evidence.filter(({ event }) => chosen.has(event)).map((member) => [member.event, member]));
  return [...shown.values()].map(({ event, day }) => ({ event, day }));
}

/** The text all have; '' when they differ. */
function same(texts: readonly string[]): string {
  const [first = ''] = texts;
  return texts.every((text) => text === first) ? first : '';
}
