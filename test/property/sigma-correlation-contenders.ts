import {
  type CorrelationHit,
  createCorrelationStream,
  defaultCorrelationStreamLimits,
  evaluateCorrelations,
  type MatchedEvent,
} from '../../src/sigma/index.ts';
import type { Random } from './sigma-case-random.ts';
import type { CorrelationBatch } from './sigma-correlation-cases.ts';

/** What was said of a batch, sorted: one text an instant, so that lists can be compared. */
export interface Said {
  /** Instants at which an alert begins. */
  readonly begins: readonly string[];
  /** Instants at which the condition holds. */
  readonly holds: readonly string[];
}

/** What holds, and what begins, over a whole set of events: the meaning. */
export function bruteForce({ correlations }: CorrelationBatch, events: readonly MatchedEvent[]): Said {
  const begins: string[] = [];
  const holds: string[] = [];
  for (const { correlation, group, instants } of evaluateCorrelations(correlations, events)) {
    for (const { timeMs, completing, value, turned, holds: held, members } of instants) {
      if (!held) continue;
      const title = correlations[correlation]?.title;
      const told = JSON.stringify([title, group, timeMs, completing.order, value, members.length]);
      holds.push(told);
      if (turned) begins.push(told);
    }
  }
  return { begins: begins.toSorted(), holds: holds.toSorted() };
}

/** The same from the stream, and which events it said came late, as `order rule`. */
export function streamed(
  { correlations }: CorrelationBatch,
  arriving: readonly MatchedEvent[],
  reorderMs: number,
): Said & { readonly late: ReadonlySet<string> } {
  const begins: string[] = [];
  const holds: string[] = [];
  const told = ({ correlation, group, timeMs, order, value, memberCount }: CorrelationHit) =>
    JSON.stringify([correlations[correlation]?.title, group, timeMs, order, value, memberCount]);
  const stream = createCorrelationStream(correlations, {
    limits: { ...defaultCorrelationStreamLimits, reorderMs },
    onBegin: (hit) => {
      begins.push(told(hit));
      holds.push(told(hit));
    },
    onAmend: (hit) => holds.push(told(hit)),
  });
  const late = new Set<string>();
  let presentMs = 0;
  for (const { rules, fields, timeMs, order } of arriving) {
    for (const rule of rules) {
      const handle = stream.handleOf(rule);
      if (handle >= 0 && stream.push(handle, fields, timeMs, order) === 'late') late.add(`${order} ${rule}`);
    }
    presentMs = Math.max(presentMs, timeMs);
    stream.advance(presentMs);
  }
  stream.flush();
  return { begins: begins.toSorted(), holds: holds.toSorted(), late };
}

/** Events as they arrive when each is held up by less than `delayMs`. */
export function delayed(random: Random, events: readonly MatchedEvent[], delayMs: number): MatchedEvent[] {
  return events
    .map((event) => ({ event, at: event.timeMs + random.int(delayMs) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ event }) => event);
}

/** Some of the events twice. */
export function doubled(random: Random, events: readonly MatchedEvent[]): MatchedEvent[] {
  return events.flatMap((event) => (random.chance(0.2) ? [event, event] : [event]));
}

/** What one list has and the other has not, a few of each; '' when they are equal. */
export function leaving(wanted: Said, given: Said): string {
  const lost = wanted.holds.filter((one) => !given.holds.includes(one));
  const added = given.holds.filter((one) => !wanted.holds.includes(one));
  const begins = JSON.stringify(wanted.begins) === JSON.stringify(given.begins);
  if (begins && lost.length + added.length === 0 && wanted.holds.length === given.holds.length) return '';
  return `lost ${lost.slice(0, 3).join(' ')} added ${added.slice(0, 3).join(' ')}`;
}
