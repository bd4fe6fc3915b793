import { createHash } from 'node:crypto';
import type { BatchRef, Evaluation } from '../model/batch.ts';
import type { CorrelationMember } from '../model/correlation.ts';
import type { Finding } from '../model/finding.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { type Brought, raiseCorrelations, raiseRules } from './correlated-alerts.ts';
import type { MembersPort, RecentMembersPort } from './correlation-ports.ts';
import { createCorrelator } from './correlator.ts';
import { type Isolated, isolateRules } from './isolate.ts';
import { type DetectLimits, defaultDetectLimits } from './limits.ts';
import { createPass, type Pass } from './pass.ts';
import type { LiveRules, OfferPort } from './ports.ts';
import type { RaiseParts } from './raise.ts';
import { createRounds } from './rounds.ts';
import { createSweeper, type Timers } from './sweep.ts';

export { type DetectLimits, defaultDetectLimits } from './limits.ts';
export { liveRulesOf } from './live-rules.ts';
export type { Pass } from './pass.ts';
export type { LiveRules } from './ports.ts';

/** The ledger knows the batch but its rows are not to be read yet; running it again mends it. */
class BatchNotVisible extends Error {
  readonly code = 'batch-not-visible';
  constructor(id: string) {
    super(`batch ${id} is in the ledger but its rows are not visible yet`);
    this.name = 'BatchNotVisible';
  }
}

export interface Detector {
  /**
   * A pass over a batch that is being read and not stored yet: what it finds is acted on by `evaluate`, to which it comes
   * back through `looked`. So an event that was just read need not be kept or read again.
   */
  look(day: string): Pass;
  /**
   * Holds every event of a batch against the live rules and brings about all that follows. Safe to run twice, at the
   * same time elsewhere, or again after a crash at any step. Throws what a port throws; then the batch is unevaluated.
   */
  evaluate(ref: BatchRef): Promise<Evaluation>;
  /** Offers what the ledgers show as unevaluated; returns how many. */
  sweep(): Promise<number>;
  startSweeping(timers: Timers): () => void;
  /** Rules that threw since the rule set was loaded, by id. */
  sickRules(): readonly string[];
  close(): Promise<void>;
}

/** From a committed batch to findings, alerts, incidents, notices and the feed. */
export function createDetector(
  o: Omit<RaiseParts, 'limits'> & {
    readonly rules: () => LiveRules;
    readonly offer: OfferPort;
    /** The pass over this batch's rows as they were stored, whole; null when there was none. Default: never any. */
    readonly looked?: (ref: BatchRef) => Pass | null;
    /** Members of correlations: in the store, and the recent ones. */
    readonly members: MembersPort;
    readonly recent: RecentMembersPort;
    /** Name of this worker in the ledger of evaluations. */
    readonly worker: string;
    readonly limits?: Partial<DetectLimits>;
    readonly log: Logger;
    readonly metrics: Pick<Metrics, 'counter' | 'histogram'>;
  },
): Detector {
  const limits: DetectLimits = { ...defaultDetectLimits, ...o.limits };
  const log = o.log.child({ part: 'detect' });
  const parts: RaiseParts = { ...o, limits };
  const counts = {
    events: o.metrics.counter('detect_events_total', 'Events held against the rules'),
    findings: o.metrics.counter('detect_findings_total', 'Rules met by events'),
    failures: o.metrics.counter('detect_rule_failures_total', 'Throws of a rule, by rule', ['rule']),
    members: o.metrics.counter('correlation_members_total', 'Events that became members of a correlation'),
    noMember: o.metrics.counter(
      'correlation_ignored_total',
      'Events that met a rule of a correlation and take no part in it: a field is missing or too long',
      ['rule', 'reason'],
    ),
    cut: o.metrics.counter('detect_matched_cut_total', 'Matched fields dropped or shortened'),
    seconds: o.metrics.histogram(
      'detect_batch_seconds',
      'Evaluation of one batch',
      [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
    ),
    delay: o.metrics.histogram(
      'detect_received_to_feed_seconds',
      'From receipt of a batch with findings to the feed',
      [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60],
    ),
  };
  const sweeper = createSweeper({ ...o, limits, log });
  let current: { readonly rules: LiveRules; readonly isolated: Isolated } | null = null;
  const running = new Set<Promise<unknown>>();
  const correlator = createCorrelator({ ...o, limits, log });
  // In rounds of their own: a rule's alert does not wait for what a correlation has to read first.
  const rounds = createRounds<Brought>((all) => raiseRules(all, parts));
  const correlationRounds = createRounds<Brought>((all) => raiseCorrelations(all, { correlator, parts }));

  const isolatedRules = (): { readonly rules: LiveRules; readonly isolated: Isolated } => {
    const rules = o.rules();
    if (current?.rules !== rules) {
      const told = new Set<number>();
      const isolated = isolateRules(rules, (rule, error) => {
        const id = rules.facts[rule]?.id ?? '';
        counts.failures.inc({ rule: id });
        // The first throw tells what is wrong; the counter tells how often.
        if (!told.has(rule)) log.error({ err: error, rule: id }, 'a rule throws; it is held apart from the others');
        told.add(rule);
      });
      current = { rules, isolated };
    }
    return current;
  };

  const passOver = (day: string): Pass =>
    createPass({
      ...isolatedRules(),
      day,
      alert: o.alert,
      limits,
      onCut: (count) => counts.cut.inc(count),
      onNoMember: (rule, reason) => counts.noMember.inc({ rule, reason }),
      log,
    });

  const writeFindings = async (ref: BatchRef, pass: Pass, atLeast: number): Promise<void> => {
    for (;;) {
      const piece = pass.takeFindings(atLeast, limits.findingsPerWrite);
      if (piece.length === 0) return;
      await o.store.insertFindings(piece, tokenOf(ref, pass.rules.version, piece));
    }
  };

  /** Reads the batch from the store and holds it against the rules; null when nothing of it is left to look at. */
  const passOverStored = async (ref: BatchRef): Promise<Pass | null> => {
    const events = await o.store.readBatch(ref);
    if (events.length === 0 && (await nothingToDo(ref))) return null;
    const pass = passOver(ref.day);
    for (let from = 0; from < events.length; from += limits.eventsPerTurn) {
      await pass.hold(events.slice(from, from + limits.eventsPerTurn));
      await writeFindings(ref, pass, limits.findingsPerWrite);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return pass;
  };

  const evaluate = async (ref: BatchRef): Promise<Evaluation> => {
    const startedMs = o.clock();
    const before = o.looked?.(ref) ?? null;
    // What was found by rules that are no longer in force is worth nothing: those in force look at the stored rows.
    const pass = before !== null && before.rules === isolatedRules().rules ? before : await passOverStored(ref);
    const evaluation = (): Evaluation => {
      const nowMs = o.clock();
      const { rules } = pass ?? isolatedRules();
      return {
        batch: ref.id,
        day: ref.day,
        ruleSet: rules.version,
        events: pass?.held ?? 0,
        findings: pass?.hits ?? 0,
        rules: rules.facts.length,
        evaluatedTimeMs: nowMs,
        durationMs: nowMs - startedMs,
        worker: o.worker,
      };
    };
    if (pass === null) return evaluation();
    await writeFindings(ref, pass, 1);
    await writeMembers(ref, pass.members);
    const { rules, members, hits } = pass;
    const drafts = [...pass.drafts.values()];
    const brought = { rules, drafts, members, events: pass.met };
    const raised = await Promise.allSettled([
      drafts.length > 0 ? rounds.submit(brought) : null,
      members.length > 0 ? correlationRounds.submit(brought) : null,
    ]);
    for (const one of raised) if (one.status === 'rejected') throw one.reason;
    const done = evaluation();
    await o.store.recordEvaluation(done);
    counts.events.inc(pass.held);
    counts.findings.inc(hits);
    counts.members.inc(members.length);
    counts.seconds.observe(done.durationMs / 1000);
    const { receivedTimeMs } = pass;
    if (drafts.length > 0 && receivedTimeMs !== null)
      counts.delay.observe(Math.max(0, o.clock() - receivedTimeMs) / 1000);
    log.debug({ batch: ref.id, events: pass.held, hits, ms: done.durationMs }, 'batch evaluated');
    return done;
  };

  /** True for a batch nobody knows (its job is dropped); a known one without rows is either not visible yet or expired. */
  const nothingToDo = async (ref: BatchRef): Promise<boolean> => {
    const batch = await o.store.findBatch(ref.id);
    if (batch === null) return true;
    if (batch.rows > 0) throw new BatchNotVisible(ref.id);
    return false;
  };

  const writeMembers = async (ref: BatchRef, members: readonly CorrelationMember[]): Promise<void> => {
    const { membersPerWrite } = limits;
    for (let from = 0; from < members.length; from += membersPerWrite) {
      const piece = members.slice(from, from + membersPerWrite);
      await o.members.insertMembers(
        piece.map((member) => ({ member, version: 0, holds: true })),
        ref.id,
      );
    }
  };

  return {
    look: passOver,
    evaluate: (ref) => {
      const work = evaluate(ref);
      running.add(work);
      const forget = (): void => void running.delete(work);
      work.then(forget, forget);
      return work;
    },
    sweep: sweeper.sweep,
    startSweeping: sweeper.start,
    sickRules: () => current?.isolated.sick().map((rule) => current?.rules.facts[rule]?.id ?? '') ?? [],
    close: async () => {
      await Promise.allSettled([...running]);
    },
  };
}

/** Names a piece of findings by what it is, so that only the same piece sent again counts as a repeat. */
function tokenOf(ref: BatchRef, version: string, findings: readonly Finding[]): string {
  const hash = createHash('sha256').update(version);
  for (const { rule, event } of findings) hash.update(`\n${rule} ${event}`);
  return `${ref.id}-${hash.digest('hex').slice(0, 32)}`;
}
