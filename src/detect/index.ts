import { createHash } from 'node:crypto';
import type { BatchRef, Evaluation } from '../model/batch.ts';
import type { CorrelationMember } from '../model/correlation.ts';
import type { SecurityEvent } from '../model/event.ts';
import type { Finding } from '../model/finding.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { type Brought, raiseCorrelations, raiseRules } from './correlated-alerts.ts';
import { memberOfEvent } from './correlation-members.ts';
import type { MembersPort, RecentMembersPort } from './correlation-ports.ts';
import { createCorrelator } from './correlator.ts';
import { type Isolated, isolateRules } from './isolate.ts';
import { type DetectLimits, defaultDetectLimits } from './limits.ts';
import { boundMatches } from './matched.ts';
import type { Draft, LiveRules, OfferPort } from './ports.ts';
import type { RaiseParts } from './raise.ts';
import { createRounds } from './rounds.ts';
import { createSweeper, type Timers } from './sweep.ts';

export { type DetectLimits, defaultDetectLimits } from './limits.ts';
export { liveRulesOf } from './live-rules.ts';
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

  const evaluate = async (ref: BatchRef): Promise<Evaluation> => {
    const startedMs = o.clock();
    const { rules, isolated } = isolatedRules();
    const events = await o.store.readBatch(ref);
    const evaluation = (findings: number): Evaluation => {
      const nowMs = o.clock();
      return {
        batch: ref.id,
        day: ref.day,
        ruleSet: rules.version,
        events: events.length,
        findings,
        rules: rules.facts.length,
        evaluatedTimeMs: nowMs,
        durationMs: nowMs - startedMs,
        worker: o.worker,
      };
    };
    if (events.length === 0 && (await nothingToDo(ref))) return evaluation(0);
    await makeReady(rules, events);
    const pass = createPass(ref, rules, isolated);
    for (let from = 0; from < events.length; from += limits.eventsPerTurn) {
      for (const event of events.slice(from, from + limits.eventsPerTurn)) pass.hold(event);
      await pass.writeFull();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { drafts, members, hits } = await pass.finish();
    const brought = { rules, drafts, members, events };
    const raised = await Promise.allSettled([
      drafts.length > 0 ? rounds.submit(brought) : null,
      members.length > 0 ? correlationRounds.submit(brought) : null,
    ]);
    for (const one of raised) if (one.status === 'rejected') throw one.reason;
    const done = evaluation(hits);
    await o.store.recordEvaluation(done);
    counts.events.inc(events.length);
    counts.findings.inc(hits);
    counts.members.inc(members.length);
    counts.seconds.observe(done.durationMs / 1000);
    const receivedMs = events[0]?.receivedTimeMs;
    if (drafts.length > 0 && receivedMs !== undefined) counts.delay.observe(Math.max(0, o.clock() - receivedMs) / 1000);
    log.debug({ batch: ref.id, events: events.length, hits, ms: done.durationMs }, 'batch evaluated');
    return done;
  };

  /** A thread that stops over it costs time, no event: the first match then compiles what is missing. */
  const makeReady = async (rules: LiveRules, events: readonly SecurityEvent[]): Promise<void> => {
    try {
      await rules.prepare(events.map(({ logsource }) => logsource));
    } catch (error) {
      log.warn({ err: error }, 'rules could not be compiled in a thread; they are compiled here');
    }
  };

  /** True for a batch nobody knows (its job is dropped); a known one without rows is either not visible yet or expired. */
  const nothingToDo = async (ref: BatchRef): Promise<boolean> => {
    const batch = await o.store.findBatch(ref.id);
    if (batch === null) return true;
    if (batch.rows > 0) throw new BatchNotVisible(ref.id);
    return false;
  };

  /** What an event that met a rule contributes to the correlations that refer to it. */
  const membersOf = (rules: LiveRules, rule: string, event: SecurityEvent, day: string): CorrelationMember[] =>
    rules.correlations.referringTo(rule).flatMap((number): CorrelationMember[] => {
      const correlation = rules.correlations.all[number];
      const made = correlation === undefined ? null : memberOfEvent(correlation, rule, event, day, limits);
      if (correlation === undefined || made === null) return [];
      if (made.kind === 'member') return [made.member];
      counts.noMember.inc({ rule: correlation.facts.id, reason: made.kind });
      return [];
    });

  /** Collects the findings of one batch and writes them in bounded pieces. */
  const createPass = (ref: BatchRef, rules: LiveRules, isolated: Isolated) => {
    const drafts = new Map<string, Draft>();
    let waiting: Finding[] = [];
    let hits = 0;
    const members: CorrelationMember[] = [];
    const write = async (piece: readonly Finding[]): Promise<void> => {
      if (piece.length > 0) await o.store.insertFindings(piece, tokenOf(ref, rules.version, piece));
    };
    return {
      hold: (event: SecurityEvent): void => {
        for (const rule of isolated.match(event)) {
          const facts = rules.facts[rule];
          if (facts === undefined) continue;
          for (const member of membersOf(rules, facts.id, event, ref.day)) members.push(member);
          hits += 1;
          // A rule that only serves correlations raises nothing: its members are all that is kept of it.
          if (rules.silent.has(facts.id)) continue;
          const draft = o.alert.draft(facts, event);
          if (!drafts.has(draft.id)) drafts.set(draft.id, draft);
          const { matched, cut } = boundMatches(isolated.explain(rule, event), limits);
          counts.cut.inc(cut);
          const { eventTimeMs, receivedTimeMs } = event;
          const where = { rule: facts.id, event: event.id, batch: ref.id, day: ref.day, alert: draft.id };
          waiting.push({ ...where, eventTimeMs, receivedTimeMs, matched });
        }
      },
      writeFull: async (): Promise<void> => {
        while (waiting.length >= limits.findingsPerWrite) {
          const piece = waiting.slice(0, limits.findingsPerWrite);
          await write(piece);
          waiting = waiting.slice(limits.findingsPerWrite);
        }
      },
      finish: async () => {
        await write(waiting);
        const { membersPerWrite } = limits;
        for (let from = 0; from < members.length; from += membersPerWrite) {
          const piece = members.slice(from, from + membersPerWrite);
          await o.members.insertMembers(
            piece.map((member) => ({ member, version: 0, holds: true })),
            ref.id,
          );
        }
        return { drafts: [...drafts.values()], members, hits };
      },
    };
  };

  return {
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
