import type { CorrelationMember } from '../model/correlation.ts';
import type { SecurityEvent } from '../model/event.ts';
import type { Finding } from '../model/finding.ts';
import type { Logger } from '../observe/log.ts';
import { memberOfEvent } from './correlation-members.ts';
import type { Isolated } from './isolate.ts';
import type { DetectLimits } from './limits.ts';
import { boundMatches } from './matched.ts';
import type { AlertPort, Draft, LiveRules } from './ports.ts';

/** What holding the events of one batch against the rules found. Nothing of it is written yet. */
export interface Pass {
  readonly rules: LiveRules;
  /** Makes the rules ready for these events and holds each against them. */
  hold(events: readonly SecurityEvent[]): Promise<void>;
  /** Takes so many findings out, once there are so many. */
  takeFindings(atLeast: number, atMost: number): readonly Finding[];
  readonly findingsHeld: number;
  readonly held: number;
  /** Rules met, counted once for each event. */
  readonly hits: number;
  /** Of the first event. */
  readonly receivedTimeMs: number | null;
  readonly drafts: ReadonlyMap<string, Draft>;
  readonly members: readonly CorrelationMember[];
  /** Events that met a rule. */
  readonly met: readonly SecurityEvent[];
}

interface PassOptions {
  readonly rules: LiveRules;
  readonly isolated: Isolated;
  readonly day: string;
  readonly alert: Pick<AlertPort, 'draft'>;
  readonly limits: DetectLimits;
  /** Told of matched fields that were dropped or shortened, and of events that cannot be members of a correlation. */
  readonly onCut: (count: number) => void;
  readonly onNoMember: (correlation: string, reason: string) => void;
  readonly log: Logger;
}

export function createPass(o: PassOptions): Pass {
  const { rules, isolated, limits } = o;
  const drafts = new Map<string, Draft>();
  const members: CorrelationMember[] = [];
  const met: SecurityEvent[] = [];
  let findings: Finding[] = [];
  let held = 0;
  let hits = 0;
  let receivedTimeMs: number | null = null;

  /** What an event that met a rule contributes to the correlations that refer to it. */
  const membersOf = (rule: string, event: SecurityEvent): CorrelationMember[] =>
    rules.correlations.referringTo(rule).flatMap((number): CorrelationMember[] => {
      const correlation = rules.correlations.all[number];
      const made = correlation === undefined ? null : memberOfEvent(correlation, rule, event, o.day, limits);
      if (correlation === undefined || made === null) return [];
      if (made.kind === 'member') return [made.member];
      o.onNoMember(correlation.facts.id, made.kind);
      return [];
    });

  function holdOne(event: SecurityEvent): void {
    const numbers = isolated.match(event);
    if (numbers.length === 0) return;
    met.push(event);
    for (const rule of numbers) {
      const facts = rules.facts[rule];
      if (facts === undefined) continue;
      for (const member of membersOf(facts.id, event)) members.push(member);
      hits += 1;
      // A rule that only serves correlations raises nothing: its members are all that is kept of it.
      if (rules.silent.has(facts.id)) continue;
      const draft = o.alert.draft(facts, event);
      if (!drafts.has(draft.id)) drafts.set(draft.id, draft);
      const { matched, cut } = boundMatches(isolated.explain(rule, event), limits);
      o.onCut(cut);
      const { eventTimeMs, receivedTimeMs, batch } = event;
      const where = { rule: facts.id, event: event.id, batch, day: o.day, alert: draft.id };
      findings.push({ ...where, eventTimeMs, receivedTimeMs, matched });
    }
  }

  /** A thread that stops over it costs time, no event: the first match then compiles what is missing. */
  async function makeReady(events: readonly SecurityEvent[]): Promise<void> {
    try {
      await rules.prepare(events.map(({ logsource }) => logsource));
    } catch (error) {
      o.log.warn({ err: error }, 'rules could not be compiled in a thread; they are compiled here');
    }
  }

  return {
    rules,
    async hold(events) {
      receivedTimeMs ??= events[0]?.receivedTimeMs ?? null;
      await makeReady(events);
      for (const event of events) holdOne(event);
      held += events.length;
    },
    takeFindings(atLeast, atMost) {
      if (findings.length < atLeast) return [];
      const taken = findings.slice(0, atMost);
      findings = findings.slice(atMost);
      return taken;
    },
    get findingsHeld() {
      return findings.length;
    },
    get held() {
      return held;
    },
    get hits() {
      return hits;
    },
    get receivedTimeMs() {
      return receivedTimeMs;
    },
    drafts,
    members,
    met,
  };
}
