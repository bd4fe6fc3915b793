import type { AlertCorrelation } from './correlation.ts';
import type { Origin } from './event.ts';
import type { Severity } from './severity.ts';
import type { BreachKind } from './source-contract.ts';

/** Which part of a rule was met by which text of which field; computed for hits only. */
export interface MatchedField {
  readonly field: string;
  /** The field's value as text, bounded. */
  readonly value: string;
  /** Name of the selection in the rule, e.g. `selection_img`. */
  readonly selection: string;
  /** How the item compares: `equals`, `contains`, `startswith`, `endswith`, `re`, `cidr`, `exists`, … */
  readonly how: string;
  /** [start, length] of the matched text inside `value`, in UTF-16 units; [] when it has no position. */
  readonly spans: readonly (readonly [number, number])[];
}

/** One rule met by one event: the smallest fact detection states. Identity is (rule, event). */
export interface Finding {
  readonly rule: string;
  readonly event: string;
  readonly batch: string;
  readonly day: string;
  readonly alert: string;
  readonly eventTimeMs: number;
  readonly receivedTimeMs: number;
  readonly matched: readonly MatchedField[];
}

/** What of a rule travels with an alert. */
export interface RuleFacts {
  readonly id: string;
  readonly title: string;
  /** Vietnamese title when the rule gives one (`vonggac.title_vi`), else ''. */
  readonly titleVi: string;
  readonly severity: Severity;
  /** Content hash of the rule, so an alert says which text of it matched. */
  readonly hash: string;
  /** ATT&CK and other tags as written, e.g. `attack.t1505.003`. */
  readonly tags: readonly string[];
  readonly author: string;
  readonly license: string;
  /** Incident family: rules of one family on one entity become one incident. */
  readonly family: string;
}

/**
 * An alert: one rule, one entity, one hour of event time, however many events.
 * `id` is a hash of (rule, entity, window, origin, drill, lane); everything else is a function of its findings,
 * so evaluating a batch twice writes the same alert.
 */
export interface Alert {
  readonly id: string;
  readonly rule: RuleFacts;
  readonly origin: Origin;
  readonly drill: string;
  readonly lane: string;
  readonly org: string;
  readonly system: string;
  readonly host: string;
  /** Entity the alert is grouped on: the host when known, else the system, else the source address. */
  readonly entity: string;
  readonly windowStartMs: number;
  readonly firstEventMs: number;
  readonly lastEventMs: number;
  /** Earliest moment one of its events was received by the SOC. */
  readonly firstReceivedMs: number;
  /** Distinct events behind it = its revision. */
  readonly events: number;
  /** Ids of up to `evidenceMax` events, earliest first, with their partition day. */
  readonly evidence: readonly { readonly event: string; readonly day: string }[];
  /** Accounts, addresses and files named by the evidence, bounded. */
  readonly entities: readonly Entity[];
  readonly incident: string;
  readonly createdMs: number;
  /** Of a correlation's alert: the facts it was raised on. */
  readonly correlation?: AlertCorrelation;
  /** Of a broken source contract's alert: what is broken and what cannot be seen meanwhile. */
  readonly health?: AlertHealth;
}

/** A source that does not send what it owes. Times are ms since the epoch. */
export interface AlertHealth {
  readonly source: string;
  readonly sourceName: string;
  readonly breach: BreachKind;
  /** The kind of log that is missing, e.g. `windows/security`; '' for the whole source. */
  readonly log: string;
  readonly sinceMs: number;
  /** When it was as agreed again; 0 while it is not. */
  readonly recoveredMs: number;
  /** Rules in force that nothing reaches meanwhile, most severe first; the total is exact. */
  readonly blindRules: readonly { readonly id: string; readonly title: string; readonly titleVi: string }[];
  readonly blindRulesTotal: number;
  /** ATT&CK techniques of all blind rules, e.g. `T1059.001`; the total is exact. */
  readonly blindTechniques: readonly string[];
  readonly blindTechniquesTotal: number;
  /** What was found and what was agreed, one sentence in each language. */
  readonly why: string;
  readonly whyVi: string;
}

/** Which of two writings of an alert is newer: the one that knows more. */
export function alertRevision(alert: Pick<Alert, 'events' | 'correlation' | 'health'>): number {
  if (alert.health !== undefined) return alert.health.recoveredMs === 0 ? 1 : 2;
  return alert.correlation?.members ?? alert.events;
}

export interface Entity {
  readonly kind: 'host' | 'user' | 'ip' | 'file' | 'process';
  readonly value: string;
}

/**
 * How many of the first events of `evidence` an alert has as its own already: all it had, or none when a late event
 * took a place among them. What follows from the evidence in order need only look at the rest.
 */
export function knownEvidence(previous: Alert | null, evidence: Alert['evidence']): number {
  if (previous === null) return 0;
  const stands = previous.evidence.every((each, i) => each.event === evidence[i]?.event);
  return stands ? previous.evidence.length : 0;
}
