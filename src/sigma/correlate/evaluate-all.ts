import type { EventFields } from '../match/field-content.ts';
import { evaluateGroup, type Instant } from './evaluate.ts';
import { hitEvent } from './hit-event.ts';
import type { Correlation } from './ir.ts';
import { type Member, memberOf } from './member.ts';

/** An event and the rules it met. */
export interface MatchedEvent {
  readonly rules: readonly string[];
  readonly fields: EventFields;
  readonly timeMs: number;
  /** See Member.order. */
  readonly order: string;
}

/** What a correlation comes to for one of its groups. */
export interface GroupInstants {
  /** Index into the correlations given. */
  readonly correlation: number;
  readonly group: readonly string[];
  readonly instants: readonly Instant[];
}

/**
 * What correlations mean over a whole set of events, chains included: brute force, as evaluateGroup.
 *
 * @param correlations as linkRules orders them: one that is built on another comes after it
 */
export function evaluateCorrelations(
  correlations: readonly Correlation[],
  events: readonly MatchedEvent[],
): GroupInstants[] {
  const all: MatchedEvent[] = [...events];
  return correlations.flatMap((correlation, index) => {
    const groups = new Map<string, Member[]>();
    for (const { rules, fields, timeMs, order } of all) {
      for (const rule of rules) {
        const outcome = memberOf(correlation.ir, rule, fields, timeMs, order);
        if (outcome.kind !== 'member') continue;
        const key = JSON.stringify(outcome.member.group);
        const members = groups.get(key);
        if (members === undefined) groups.set(key, [outcome.member]);
        else members.push(outcome.member);
      }
    }
    return [...groups.values()].map((members): GroupInstants => {
      const group = members[0]?.group ?? [];
      const instants = evaluateGroup(correlation.ir, members);
      for (const { turned, timeMs, completing } of instants) {
        if (turned) all.push({ rules: [correlation.id], timeMs, ...hitEvent(correlation, completing, group) });
      }
      return { correlation: index, group, instants };
    });
  });
}
