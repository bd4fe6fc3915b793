/** Shapes on the wire of `/api/v1`; the board imports these as types only. Times are ms since the epoch, UTC. */
import type { Role } from '../model/account.ts';
import type { LogsourceTags, Origin, ParseStatus } from '../model/event.ts';
import type { AlertHealth, Entity, MatchedField } from '../model/finding.ts';
import type { IncidentState } from '../model/incident.ts';
import type { Mappings } from '../model/mapping.ts';
import type { AgencyPeriod } from '../model/register.ts';
import type { Severity } from '../model/severity.ts';

/** One page of a list; `cursor` null when it was the last. `total` is exact, `cut` says what a limit left out. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly cursor: string | null;
}

export interface ApiError {
  readonly code: string;
  readonly message: string;
  /** Vietnamese text for people. */
  readonly messageVi: string;
}

export interface AlertView {
  readonly id: string;
  readonly incident: string;
  readonly incidentCode: string;
  readonly rule: string;
  readonly title: string;
  readonly titleVi: string;
  readonly severity: Severity;
  readonly tags: readonly string[];
  readonly author: string;
  readonly origin: Origin;
  readonly drill: string;
  readonly lane: string;
  readonly org: string;
  readonly system: string;
  readonly systemName: string;
  readonly host: string;
  readonly entity: string;
  readonly entities: readonly Entity[];
  readonly events: number;
  readonly firstEventMs: number;
  readonly lastEventMs: number;
  readonly firstReceivedMs: number;
  readonly createdMs: number;
  /** How late the newest evidence came, in ms between event and receipt, when over the late bound; else 0. */
  readonly lateMs: number;
  /** Of two copies of an alert the one with the higher number is newer. */
  readonly revision: number;
  /** Of a correlation's alert: why it was raised; null for a rule's. */
  readonly correlation: AlertCorrelationView | null;
  /** Of a broken source contract's alert: what is broken and what cannot be seen meanwhile; null for a rule's. */
  readonly health: AlertHealth | null;
}

export interface AlertCorrelationView {
  readonly kind: string;
  readonly groupBy: readonly { readonly field: string; readonly value: string }[];
  readonly timespanMs: number;
  readonly condition: string;
  readonly value: number;
  readonly atMs: number;
  /** false: events that came later took it back. */
  readonly holds: boolean;
  readonly why: string;
  readonly whyVi: string;
}

export interface IncidentCard {
  readonly id: string;
  readonly code: string;
  readonly title: string;
  readonly titleVi: string;
  readonly severity: Severity;
  readonly state: IncidentState;
  readonly version: number;
  readonly assignee: string;
  readonly reason: string;
  readonly comments: number;
  readonly origin: Origin;
  readonly drill: string;
  readonly lane: string;
  readonly org: string;
  readonly orgName: string;
  readonly system: string;
  readonly systemName: string;
  readonly systemLevel: number;
  readonly family: string;
  readonly entity: string;
  readonly hosts: readonly string[];
  readonly tags: readonly string[];
  readonly alerts: number;
  readonly events: number;
  readonly firstEventMs: number;
  readonly lastEventMs: number;
  readonly openedMs: number;
  readonly changedMs: number;
}

export interface HistoryRow {
  readonly version: number;
  readonly atMs: number;
  readonly actor: string;
  /** `state` | `assign` | `comment` | `opened` | … */
  readonly action: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly hash: string;
}

export interface DeliveryView {
  readonly notice: string;
  readonly channel: string;
  readonly recipient: string;
  readonly outcome: 'queued' | 'sent' | 'failed' | 'gave_up';
  readonly attempt: number;
  readonly atMs: number;
  readonly detail: string;
}

export interface EvidenceView {
  readonly event: EventView;
  readonly matched: readonly MatchedField[];
  readonly rule: string;
  readonly alert: string;
}

export interface IncidentDetail {
  readonly card: IncidentCard;
  readonly alerts: readonly AlertView[];
  /** Evidence of the incident's alerts, earliest first, at most `evidenceMax` an alert; `evidenceTotal` is exact. */
  readonly evidence: readonly EvidenceView[];
  readonly evidenceTotal: number;
  readonly history: readonly HistoryRow[];
  readonly deliveries: readonly DeliveryView[];
  readonly owner: { readonly name: string; readonly duty: string } | null;
}

export interface EventView {
  readonly id: string;
  readonly batch: string;
  readonly eventTimeMs: number;
  readonly receivedTimeMs: number;
  readonly committedTimeMs: number;
  readonly org: string;
  readonly system: string;
  readonly host: string;
  readonly source: string;
  readonly product: string;
  readonly category: string;
  readonly service: string;
  readonly origin: Origin;
  readonly drill: string;
  readonly lane: string;
  readonly message: string;
  readonly raw: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly parser: string;
  /** Version of the field mappings it was read with; '' for old events. */
  readonly mappings: string;
  readonly parseStatus: ParseStatus;
  readonly parseReason: string;
}

export interface EventSearch {
  readonly items: readonly EventView[];
  readonly cursor: string | null;
  /** Exact number of events that match, over the whole range. */
  readonly total: number;
  readonly histogram: readonly { readonly fromMs: number; readonly count: number }[];
  readonly bucketMs: number;
  /** Set when the engine stopped early; says what is missing. */
  readonly cut: string;
}

export interface RuleView {
  readonly id: string;
  readonly title: string;
  readonly titleVi: string;
  readonly severity: Severity;
  readonly status: string;
  readonly description: string;
  readonly author: string;
  readonly license: string;
  readonly references: readonly string[];
  readonly tags: readonly string[];
  readonly falsepositives: readonly string[];
  readonly logsource: Readonly<Record<string, string>>;
  readonly file: string;
  /** The rule's YAML as written. */
  readonly text: string;
  readonly hash: string;
}

/** A rule file's document that is not in force, and why. */
export interface RefusedRuleView {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}

/** The rule set of the process that answers. */
export interface RuleSetView {
  /** Hash of all rules in force; every evaluation in the ledger carries it. */
  readonly version: string;
  readonly loadedMs: number;
  readonly detections: number;
  readonly correlations: number;
  readonly filters: number;
  /** Refusals of the newest reading, at most 200; `refusedTotal` is exact. */
  readonly refused: readonly RefusedRuleView[];
  readonly refusedTotal: number;
  /** Why what lies in the folders now is not in force; '' when it is. */
  readonly failure: string;
  readonly failedMs: number;
}

/** How lines are read: with these the board makes of a pasted line what live ingest makes of it. */
export interface MappingsView extends Mappings {
  /** Whether a rule applies to events that say nothing of a dimension it names. */
  readonly unknownLogsource: 'open' | 'closed';
}

/** Lines to be read on trial. */
export interface LineTrialWanted {
  readonly text: string;
  /** Parser id, or `auto`. */
  readonly parser: string;
  /** A mapping file still being written; '' for none. */
  readonly mapping: string;
}

/** What came of lines read on trial. */
export interface LineTrial {
  /** What is wrong with the mapping; with any, the lines are read without it. */
  readonly problems: readonly { readonly line: number; readonly column: number; readonly message: string }[];
  readonly lines: readonly TriedLine[];
  /** Records left out. */
  readonly more: number;
  readonly parsers: readonly string[];
}

export interface TriedLine {
  readonly raw: string;
  readonly parser: string;
  readonly parseStatus: ParseStatus;
  readonly parseReason: string;
  readonly eventTimeMs: number | null;
  readonly host: string;
  readonly logsource: LogsourceTags;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Names among `fields` that a mapping made and the line does not have. */
  readonly mapped: readonly string[];
  /** The same under the names of the Elastic Common Schema. */
  readonly ecs: Readonly<Record<string, unknown>>;
  readonly rules: readonly {
    readonly id: string;
    readonly title: string;
    readonly titleVi: string;
    readonly severity: Severity;
  }[];
  readonly rulesTotal: number;
}

export interface SystemView {
  readonly id: string;
  readonly name: string;
  readonly org: string;
  readonly orgName: string;
  /** Whose it was and is, when that changed. */
  readonly agencies: readonly AgencyPeriod[];
  readonly level: number;
  /** Who runs it, when that is not the owner; ''. */
  readonly operator: string;
  readonly duty: string;
}

export interface Me {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly systems: readonly string[] | null;
}

/** Lags are how long the oldest unfinished piece has waited, in ms; 0 = nothing waits. */
export interface Health {
  readonly status: 'ok' | 'degraded' | 'down';
  readonly atMs: number;
  readonly version: string;
  readonly collect: {
    readonly lagMs: number;
    readonly waitingRows: number;
    readonly droppedUdp: number;
    /** Datagrams that wait on the disk for the store; null where there is no such spool. */
    readonly spool: {
      readonly lines: number;
      readonly bytes: number;
      readonly bytesMax: number;
      /** Lines it lost since the start: no room, a disk that did not take them, damage. */
      readonly dropped: number;
      /** Why the disk does not take what comes; '' when it does. */
      readonly failure: string;
    } | null;
  };
  readonly store: { readonly up: boolean; readonly lagMs: number };
  readonly detect: {
    readonly lagMs: number;
    readonly waitingBatches: number;
    readonly lastBatch: string;
    readonly rules: number;
    readonly refusedRules: number;
    /** Version of the rule set in force in the process that answers, and when it was loaded. */
    readonly ruleSet: string;
    readonly rulesLoadedMs: number;
    /** Why the newest rule files are not in force; '' when they are. */
    readonly rulesFailure: string;
    /** What the workers evaluated with in the last quarter of an hour, each with its newest version. */
    readonly workers: readonly { readonly worker: string; readonly ruleSet: string; readonly atMs: number }[];
  };
  readonly notify: { readonly lagMs: number; readonly waiting: number; readonly failed: number };
  readonly queue: { readonly up: boolean };
  readonly sources: readonly {
    readonly id: string;
    readonly name: string;
    readonly lastReceivedMs: number;
    readonly perMinute: number;
    readonly rawShare: number;
    /** Whether it sends what it owes; `none`: nothing was agreed. */
    readonly contract: 'none' | 'kept' | 'broken';
  }[];
}

/** The drill a demo or an exercise is running, as the board may show it; never the ground truth. */
export interface DrillView {
  readonly id: string;
  readonly scenario: string;
  readonly title: string;
  readonly titleVi: string;
  readonly state: 'ready' | 'running' | 'finished' | 'stopped';
  readonly startedMs: number;
  readonly simSeconds: number;
  readonly totalSeconds: number;
}

/** Body of `POST /api/v1/incidents/:id/actions`; `version` is the one the person saw: a newer one answers 409. */
export type IncidentAction =
  | { readonly action: 'state'; readonly version: number; readonly state: IncidentState; readonly reason?: string }
  | { readonly action: 'assign'; readonly version: number; readonly assignee: string }
  | { readonly action: 'comment'; readonly version: number; readonly text: string };
