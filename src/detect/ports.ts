import type { Batch, BatchRef, Evaluation } from '../model/batch.ts';
import type { AlertCorrelation, CorrelationMember, CorrelationShape } from '../model/correlation.ts';
import type { Fields, LogsourceTags, SecurityEvent } from '../model/event.ts';
import type { Alert, Finding, MatchedField, RuleFacts } from '../model/finding.ts';
import type { IncidentFacts, IncidentHandling } from '../model/incident.ts';
import type { HourAnswer } from './correlation-hour.ts';
import type { LiveCorrelations } from './correlation-ports.ts';

/** What a rule is held against. */
export interface Candidate {
  readonly fields: Fields;
  readonly logsource: LogsourceTags;
}

/** Rules by number. `match` gives the numbers of those met, ascending. */
export interface Matcher {
  match(candidate: Candidate): readonly number[];
  explain(rule: number, candidate: Candidate): readonly MatchedField[];
}

/** The rules that are live now. Parts of it keep the numbers of the whole. */
export interface LiveRules extends Matcher {
  /** Hash of all rules: what an evaluation was made with. */
  readonly version: string;
  readonly facts: readonly RuleFacts[];
  /** Ids of rules and correlations that raise no alert of their own: a correlation built on them does. */
  readonly silent: ReadonlySet<string>;
  readonly correlations: LiveCorrelations;
  /**
   * Makes ready for events of these tags, off the event loop; without it the first of them holds everything up while
   * rules are compiled. Rejects when that fails; they are compiled then.
   */
  prepare(tags: readonly LogsourceTags[]): Promise<void>;
  /** A matcher of these rules alone. */
  part(rules: readonly number[]): Matcher;
}

/** The part of an alert its first event decides; the alert stage knows more of it. */
export type Draft = Pick<
  Alert,
  'id' | 'rule' | 'origin' | 'drill' | 'lane' | 'org' | 'system' | 'host' | 'entity' | 'windowStartMs'
>;

/** A correlation's alert as far as its members tell. */
export interface CorrelatedDraft {
  readonly draft: Draft;
  readonly facts: Aggregate;
  readonly correlation: AlertCorrelation;
}

interface Aggregate {
  readonly events: number;
  readonly firstEventMs: number;
  readonly lastEventMs: number;
  readonly firstReceivedMs: number;
  readonly evidence: Alert['evidence'];
}

/** What the detector asks of the store. Everything is idempotent; all of it throws while the store is away. */
export interface StorePort {
  readBatch(ref: BatchRef): Promise<readonly SecurityEvent[]>;
  findBatch(id: string): Promise<Batch | null>;
  byIds(refs: Alert['evidence']): Promise<readonly SecurityEvent[]>;
  insertFindings(findings: readonly Finding[], token: string): Promise<void>;
  aggregate(alerts: readonly string[]): Promise<ReadonlyMap<string, Aggregate>>;
  alerts(ids: readonly string[]): Promise<readonly Alert[]>;
  recordEvaluation(evaluation: Evaluation): Promise<void>;
  unevaluated(limit: number): Promise<readonly BatchRef[]>;
  adoptOrphans(olderThanMs: number): Promise<readonly Batch[]>;
}

/** The alert stage, as functions. */
export interface AlertPort {
  draft(rule: RuleFacts, event: SecurityEvent): Draft;
  build(o: {
    readonly draft: Draft;
    readonly facts: Aggregate;
    /** The evidence events after those the previous alert knew (model: knownEvidence), in order. */
    readonly events: readonly SecurityEvent[];
    readonly previous: Alert | null;
    readonly correlation?: AlertCorrelation;
    readonly nowMs: number;
  }): Alert;
  /** The alert of one hour of a correlation's group; null when it never held in it. */
  correlated(o: {
    readonly rule: RuleFacts;
    readonly shape: CorrelationShape;
    readonly one: CorrelationMember;
    readonly hour: HourAnswer;
  }): CorrelatedDraft | null;
  correlatedId(rule: string, group: string, hourMs: number): string;
}

/** Alerts with the incidents they are in, as both are stored, and what people decided about those. */
interface Placed {
  readonly alerts: readonly Alert[];
  readonly incidents: readonly IncidentFacts[];
  readonly handlings: ReadonlyMap<string, IncidentHandling>;
}

/** The incident stage: `place` stores alerts and incidents, `show` puts them on the live feed. */
export interface IncidentPort {
  place(alerts: readonly Alert[]): Promise<Placed>;
  show(placed: Placed): Promise<void>;
}

/** An alert that was raised or amended, with its incident. */
export interface Raised {
  readonly alert: Alert;
  readonly incident: IncidentFacts;
}

/** Queues what owners are to be told, under idempotency keys: it is called again for every amendment and every rerun. */
export type NotifyPort = (raised: readonly Raised[]) => Promise<void>;

/** Wakes a worker for a batch. */
export type OfferPort = (ref: BatchRef) => Promise<void>;
