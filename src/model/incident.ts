import type { Origin } from './event.ts';
import type { Severity } from './severity.ts';

/** The life of an incident. `resolved` and `false_positive` want a reason. */
export const incidentStates = ['new', 'triage', 'investigating', 'contained', 'resolved', 'false_positive'] as const;
export type IncidentState = (typeof incidentStates)[number];

export function isClosed(state: IncidentState): boolean {
  return state === 'resolved' || state === 'false_positive';
}

/** The part of an incident that follows from its alerts; never touched by a human. */
export interface IncidentFacts {
  readonly id: string;
  /** Shown number, e.g. `SC-2611-7F3KA`. */
  readonly code: string;
  readonly title: string;
  readonly titleVi: string;
  readonly family: string;
  readonly entity: string;
  readonly severity: Severity;
  readonly origin: Origin;
  readonly drill: string;
  readonly lane: string;
  readonly org: string;
  readonly system: string;
  readonly hosts: readonly string[];
  readonly tags: readonly string[];
  readonly alerts: number;
  readonly events: number;
  readonly firstEventMs: number;
  readonly lastEventMs: number;
  readonly openedMs: number;
}

/** The part people decide; the newest ledger version wins. */
export interface IncidentHandling {
  readonly version: number;
  readonly state: IncidentState;
  readonly assignee: string;
  readonly reason: string;
  readonly comments: number;
  readonly changedMs: number;
  readonly changedBy: string;
}

/** One row of the append-only ledger of human actions. `hash` covers the row and the hash before it. */
export interface LedgerRow {
  readonly kind: LedgerKind;
  readonly subject: string;
  readonly version: number;
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  /** The action's own data and the subject's new state, JSON. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly previousHash: string;
  readonly hash: string;
}

export type LedgerKind =
  | 'incident'
  | 'account'
  | 'session'
  | 'token'
  | 'source'
  | 'system'
  | 'rule'
  | 'drill'
  | 'reveal'
  | 'setting'
  | 'agent'
  | 'indicator-list';
