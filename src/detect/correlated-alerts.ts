import type { CorrelationMember } from '../model/correlation.ts';
import type { SecurityEvent } from '../model/event.ts';
import type { CorrelationPass, Correlator } from './correlator.ts';
import type { AlertPort, CorrelatedDraft, Draft, LiveRules } from './ports.ts';
import { type RaiseParts, raise, takeBack } from './raise.ts';

/** What a batch brings to a round: alerts its findings touch, and members it stored. */
export interface Brought {
  readonly rules: LiveRules;
  readonly drafts: readonly Draft[];
  readonly members: readonly CorrelationMember[];
  readonly events: readonly SecurityEvent[];
}

/** Other workers kept adding to the same groups while the answer was worked out; running the batch again mends it. */
class CorrelationUnsettled extends Error {
  readonly code = 'correlation-unsettled';
  constructor(rounds: number) {
    super(`the members of a correlation's group still change after ${rounds} rounds`);
    this.name = 'CorrelationUnsettled';
  }
}

/** Raises the alerts of rules that batches brought. */
export async function raiseRules(brought: readonly Brought[], parts: RaiseParts): Promise<void> {
  const drafts = new Map(brought.flatMap((each) => each.drafts).map((draft) => [draft.id, draft]));
  await raise([...drafts.values()], eventsOf(brought), parts);
}

function eventsOf(brought: readonly Brought[]): ReadonlyMap<string, SecurityEvent> {
  return new Map(brought.flatMap(({ events }) => events).map((event) => [event.id, event]));
}

/**
 * Raises the alerts of correlations whose members batches brought, then again of those whose answer another worker
 * overtook. One reading, one answer: every answer names how much it knew, and the store keeps the
 * one that knew most; only what was to be taken back by somebody who looked too early is left to find, and looking again
 * after storing finds it.
 */
export async function raiseCorrelations(
  brought: readonly Brought[],
  o: { readonly correlator: Correlator; readonly parts: RaiseParts },
): Promise<void> {
  const { parts, correlator } = o;
  const known = eventsOf(brought);
  let passes: CorrelationPass[] = [];
  for (const rules of new Set(brought.map((each) => each.rules))) {
    const members = brought.flatMap((each) => (each.rules === rules ? each.members : []));
    if (members.length > 0) passes.push(await correlator.evaluate(rules, members));
  }
  for (let round = 0; passes.length > 0; round += 1) {
    if (round > parts.limits.settleRoundsMax) throw new CorrelationUnsettled(round);
    const { held, gone } = alertsOf(passes, parts.alert);
    await raise(held, known, parts);
    if (gone.length > 0) await takeBack(gone, parts);
    const again = await Promise.all(passes.map((pass) => pass.again()));
    passes = again.filter((pass) => pass !== null);
  }
}

function alertsOf(
  passes: readonly CorrelationPass[],
  alert: AlertPort,
): { readonly held: readonly CorrelatedDraft[]; readonly gone: readonly { alert: string; known: number }[] } {
  const held: CorrelatedDraft[] = [];
  const gone: { alert: string; known: number }[] = [];
  for (const { correlation, one, answer } of passes.flatMap((pass) => pass.correlated)) {
    if (correlation.silent) continue;
    const { facts: rule, shape } = correlation;
    const draft = alert.correlated({ rule, shape, one, hour: answer });
    if (draft !== null) held.push(draft);
    else if (!correlation.onlyGrows && !answer.neverHeld)
      gone.push({ alert: alert.correlatedId(rule.id, one.group, answer.hourMs), known: answer.known });
  }
  return { held, gone };
}
