/**
 * What the API needs from the rest, as narrow as it uses it; the composition root passes the store, the state and the
 * stages. A port throws an error with a `code`: `store-away`, `state-away`, `bad-cursor`, `bad-query` (with `position`).
 */
import type {
  AlertView,
  DrillView,
  Health,
  IncidentAction,
  IncidentCard,
  MappingsView,
  RuleSetView,
  RuleView,
} from '../contract/api.ts';
import type {
  IndicatorListView,
  IndicatorListWanted,
  IndicatorPageView,
  IndicatorTaking,
} from '../contract/indicators.ts';
import type { SourceWatchView } from '../contract/sources.ts';
import type { AgentReport } from '../model/agent.ts';
import type { Batch } from '../model/batch.ts';
import type { SecurityEvent } from '../model/event.ts';
import type { Alert, Finding } from '../model/finding.ts';
import type { IncidentFacts, IncidentState, LedgerKind, LedgerRow } from '../model/incident.ts';
import type { IndicatorType } from '../model/indicator.ts';
import type { Delivery } from '../model/notice.ts';
import type { Source } from '../model/source.ts';
import type { OfficialDays, SourceContract } from '../model/source-contract.ts';

export interface Paged<T> {
  readonly items: readonly T[];
  readonly cursor: string | null;
}

export type StoredEvent = SecurityEvent & { readonly committedTimeMs: number };

export interface AlertsPort {
  listAlerts(f: {
    readonly limit: number;
    readonly cursor?: string;
    readonly rule?: string;
    readonly system?: string;
    readonly since?: number;
    readonly drill?: string;
    readonly systems: readonly string[] | null;
  }): Promise<Paged<Alert>>;
  alerts(ids: readonly string[]): Promise<readonly Alert[]>;
  alertsOfIncident(incident: string): Promise<readonly Alert[]>;
  findingsOf(alerts: readonly string[], limitPerAlert: number): Promise<readonly Finding[]>;
}

export interface IncidentsPort {
  get(id: string): Promise<IncidentFacts | null>;
  list(f: {
    readonly states?: readonly IncidentState[];
    readonly limit: number;
    readonly cursor?: string;
    readonly drill?: string;
    readonly systems: readonly string[] | null;
  }): Promise<Paged<IncidentFacts>>;
}

/** The human side of incidents. `act` is serialised and checked by the incident stage, not here. */
export interface HandlingPort {
  /** As the feed shows them too: facts, what people decided so far, the register's names; in the order given. */
  cards(facts: readonly IncidentFacts[]): Promise<readonly IncidentCard[]>;
  act(incident: string, action: IncidentAction, actor: string): Promise<ActionOutcome>;
}

/** `conflict`: somebody acted on a newer version · `refused`: the life of an incident does not allow it. */
type ActionOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'refused'; readonly message: string; readonly messageVi: string };

interface SearchQuery {
  readonly fromMs: number;
  readonly toMs: number;
  /** `field:value` terms as typed; parsed by the store. */
  readonly text: string;
  readonly limit: number;
  readonly cursor?: string;
  readonly systems: readonly string[] | null;
}

interface SearchResult {
  readonly items: readonly StoredEvent[];
  readonly cursor: string | null;
  readonly total: number;
  readonly histogram: readonly { readonly fromMs: number; readonly count: number }[];
  readonly bucketMs: number;
  readonly cut: string;
}

export interface DeadLetter {
  readonly atMs: number;
  readonly source: string;
  readonly transport: string;
  readonly peer: string;
  readonly reason: string;
  readonly head: string;
  readonly bytes: number;
}

export interface EventsPort {
  search(q: SearchQuery): Promise<SearchResult>;
  byIds(refs: readonly { readonly event: string; readonly day: string }[]): Promise<readonly StoredEvent[]>;
  findBatch(id: string): Promise<Batch | null>;
  deadLetters(limit: number): Promise<readonly DeadLetter[]>;
}

/** An event by its id, and by the day it was received when that is known. */
export type FindEvent = (id: string, day: string | undefined) => Promise<StoredEvent | null>;

/** The value behind a mask; null when there is none or this platform has not the key. */
export type RevealPort = (kind: string, token: string) => Promise<string | null>;

export type AppendOutcome =
  | { readonly ok: true; readonly row: LedgerRow }
  | { readonly ok: false; readonly newest: LedgerRow | null };

export interface LedgerPort {
  /** The caller holds the subject's lock. */
  append(e: {
    readonly kind: LedgerKind;
    readonly subject: string;
    readonly actor: string;
    readonly action: string;
    readonly document: Readonly<Record<string, unknown>>;
    readonly expectedVersion?: number;
  }): Promise<AppendOutcome>;
  newest(kind: LedgerKind, subject: string): Promise<LedgerRow | null>;
  /** Newest row of each subject. */
  all(kind: LedgerKind): Promise<readonly LedgerRow[]>;
  history(kind: LedgerKind, subject: string): Promise<readonly LedgerRow[]>;
  audit(limit: number, cursor?: string): Promise<Paged<LedgerRow>>;
}

/** A session as it is kept; the key is the SHA-256 of the cookie's token, never the token. */
export interface SessionRecord {
  /** Public id, for listing and revoking. */
  readonly id: string;
  readonly account: string;
  readonly createdMs: number;
  readonly seenMs: number;
  readonly address: string;
  readonly agent: string;
}

export interface SessionsPort {
  put(key: string, record: SessionRecord, ttlMs: number): Promise<void>;
  get(key: string): Promise<SessionRecord | null>;
  /** Sets `seenMs` and the time to live of a session that still exists; false when it is gone (never revives it). */
  touch(key: string, seenMs: number, ttlMs: number): Promise<boolean>;
  remove(key: string): Promise<void>;
  /** All sessions, or those of one account. */
  list(account?: string): Promise<readonly { readonly key: string; readonly record: SessionRecord }[]>;
}

export interface RateLimitPort {
  rateLimit(
    key: string,
    limit: number,
    windowMs: number,
  ): Promise<{ readonly allowed: boolean; readonly retryAfterMs: number }>;
}

/** Runs `work` while nobody else holds `key`. */
export type LockPort = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** An alert on the wire, as the feed shows it. */
export type ViewAlertPort = (alert: Alert, names: AlertNames) => AlertView;

export interface AlertNames {
  readonly incidentCode: string;
  readonly systemName: string;
}

export interface DeliveriesPort {
  of(incident: string): Promise<readonly Delivery[]>;
}

export interface RulesPort {
  list(): readonly RuleView[];
  get(id: string): RuleView | null;
  set(): RuleSetView;
  /** Reads the rule folders again. `failed`: they cannot be used, the rules in force stay. The caller's audit row is written. */
  reload(actor: string): Promise<ReloadOutcome>;
}

type ReloadOutcome =
  | { readonly kind: 'loaded'; readonly changed: boolean }
  | { readonly kind: 'failed'; readonly reason: string };

/** The field mappings in force. */
export type MappingsPort = () => MappingsView;

/** Agents: what each said last, by the hash of its token, and the fingerprint of the key that signs their configuration. */
export interface AgentsPort {
  readonly fingerprint: string;
  said(): Promise<ReadonlyMap<string, { readonly atMs: number; readonly peer: string; readonly report: AgentReport }>>;
}

/** `refused`: the document or the value cannot be taken, with the reason. */
export type IndicatorsOutcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'not-found' | 'full' }
  | { readonly kind: 'conflict'; readonly version: number }
  | { readonly kind: 'refused'; readonly message: string; readonly messageVi: string };

/** Indicator lists. Every change is a row of the ledger, written by the stage. */
export interface IndicatorsPort {
  lists(): Promise<IndicatorListView[]>;
  put(
    id: string,
    wanted: IndicatorListWanted,
    version: number,
    actor: string,
  ): Promise<IndicatorsOutcome<IndicatorListView>>;
  retire(id: string, reason: string, actor: string): Promise<IndicatorsOutcome<IndicatorListView>>;
  page(
    id: string,
    o: { readonly q: string; readonly limit: number; readonly cursor?: string },
  ): Promise<IndicatorPageView>;
  take(
    id: string,
    bytes: Uint8Array,
    o: {
      readonly format: 'auto' | 'csv' | 'stix' | 'misp';
      readonly mode: 'replace' | 'add';
      readonly actor: string;
    },
  ): Promise<IndicatorsOutcome<IndicatorTaking>>;
  add(
    id: string,
    o: {
      readonly value: string;
      readonly type?: IndicatorType;
      readonly description: string;
      readonly validUntilMs: number;
      readonly reason: string;
      readonly actor: string;
    },
  ): Promise<IndicatorsOutcome<IndicatorTaking>>;
  remove(
    id: string,
    o: { readonly type: IndicatorType; readonly value: string; readonly reason: string; readonly actor: string },
  ): Promise<IndicatorsOutcome<IndicatorTaking>>;
}

export interface DrillsPort {
  current(): Promise<readonly DrillView[]>;
}

export interface HealthPort {
  health(): Promise<Health>;
}

export interface MetricsPort {
  counter(name: string, help: string): { inc(): void };
  text(): Promise<string>;
}

/** How sources fare against what they owe, and what could be agreed with them. */
export interface SourcesPort {
  views(
    sources: readonly { readonly source: Source; readonly version: number; readonly systemName: string }[],
  ): Promise<readonly SourceWatchView[]>;
  /** null: too little is known of it. */
  propose(source: string): Promise<SourceContract | null>;
  /** Ids a source's parser may have, `auto` first. */
  readonly parsers: readonly string[];
  /** Days as they are judged by, with what an administrator decided. */
  holidays(decided: OfficialDays): { readonly holidays: readonly string[]; readonly workedDays: readonly string[] };
}
