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

/** An incident that new alerts of its group may join. */
export interface NearIncident extends Pick<IncidentFacts, 'id' | 'firstEventMs' | 'lastEventMs'> {
  readonly groupKey: string;
}

export interface IncidentRowsPort {
  /** Incidents of these groups whose events touch the span of event time, both ends included; newest first. */
  near(
    groupKeys: readonly string[],
    within: { readonly fromMs: number; readonly toMs: number },
  ): Promise<readonly NearIncident[]>;
  get(id: string): Promise<IncidentFacts | null>;
  byIds(ids: readonly string[]): Promise<readonly IncidentFacts[]>;
  /** By incident; one without alerts is left out. */
  aggregate(ids: readonly string[]): Promise<ReadonlyMap<string, IncidentAggregate>>;
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
  /** The first row of a subject that has none; of two writers the store keeps the first. */
  begin(e: {
    readonly kind: 'incident';
    readonly subject: string;
    readonly actor: string;
    readonly action: string;
    readonly document: Readonly<Record<string, unknown>>;
  }): Promise<LedgerRow>;
  newestOf(kind: 'incident', subjects: readonly string[]): Promise<readonly LedgerRow[]>;
}

/** One holder a key in the whole platform; `check` throws when the lock was lost meanwhile. */
export type LockPort = <T>(
  key: string | readonly string[],
  work: (lease: { check(): Promise<void> }) => Promise<T>,
) => Promise<T>;

/** Puts items on the live feed. */
export type PublishPort = (items: readonly FeedItem[]) => Promise<unknown>;

/** What the register calls a system, and the agency whose it was at that time. */
export type NamesPort = (system: string, atMs: number) => SystemNames;
