import type { FeedItem } from '../contract/feed.ts';
import type { Alert } from '../model/finding.ts';
import type { IncidentFacts, LedgerRow } from '../model/incident.ts';
import type { SystemNames } from './card.ts';
import type { IncidentAggregate } from './facts.ts';

/** Alerts as incidents need them. */
export interface AlertsPort {
  alerts(ids: readonly string[]): Promise<readonly Alert[]>;
  alertsOfIncident(incident: string): Promise<readonly Alert[]>;
  /** The newest revision (most events) wins, whoever writes last. */
  writeAlerts(alerts: readonly Alert[]): Promise<void>;
}

export interface IncidentRowsPort {
  /** Newest incident of a group whose events touch the span of event time, both ends included. */
  latestOf(groupKey: string, within: { readonly fromMs: number; readonly toMs: number }): Promise<IncidentFacts | null>;
  get(id: string): Promise<IncidentFacts | null>;
  aggregate(id: string): Promise<IncidentAggregate>;
  /** The highest revision wins. */
  write(facts: readonly (IncidentFacts & { readonly groupKey: string; readonly revision: number })[]): Promise<void>;
}

export interface LedgerPort {
  append(e: {
    readonly kind: 'incident';
    readonly subject: string;
    readonly actor: string;
    readonly action: string;
    readonly document: Readonly<Record<string, unknown>>;
    readonly expectedVersion: number;
  }): Promise<{ readonly ok: true; readonly row: LedgerRow } | { readonly ok: false }>;
  newestOf(kind: 'incident', subjects: readonly string[]): Promise<readonly LedgerRow[]>;
}

/** One holder a key in the whole platform; `check` throws when the lock was lost meanwhile. */
export type LockPort = <T>(
  key: string | readonly string[],
  work: (lease: { check(): Promise<void> }) => Promise<T>,
) => Promise<T>;

/** Puts items on the live feed. */
export type PublishPort = (items: readonly FeedItem[]) => Promise<unknown>;

/** What the register calls a system. */
export type NamesPort = (system: string) => SystemNames;
