import { describe, expect, test } from 'vitest';
import {
  type CorrelationHit,
  createCorrelationStream,
  defaultCorrelationStreamLimits,
  evaluateCorrelations,
  type MatchedEvent,
} from '../../src/sigma/index.ts';
import { createRandom, type Random } from './sigma-case-random.ts';
import { type CorrelationBatch, correlationBatch } from './sigma-correlation-cases.ts';

const batches = 150;
const count = { correlations: 5, events: 60 };

/** What holds, and what begins, over a whole set of events: the meaning. */
function brute(
  { correlations }: CorrelationBatch,
  events: readonly MatchedEvent[],
): { begins: string[]; holds: string[] } {
  const begins: string[] = [];
  const holds: string[] = [];
  for (const { correlation, group, instants } of evaluateCorrelations(correlations, events)) {
    for (const { timeMs, completing, value, turned, holds: held, members } of instants) {
      if (!held) continue;
      const told = JSON.stringify([
        correlations[correlation]?.title,
        group,
        timeMs,
        completing.order,
        value,
        members.length,
      ]);
      holds.push(told);
      if (turned) begins.push(told);
    }
  }
  return { begins: begins.toSorted(), holds: holds.toSorted() };
}

/** The same from the stream, and what it said of each event it was given. */
function streamed(
  { correlations }: CorrelationBatch,
  arriving: readonly MatchedEvent[],
  reorderMs: number,
): { begins: string[]; holds: string[]; late: Set<string> } {
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
function delayed(random: Random, events: readonly MatchedEvent[], delayMs: number): MatchedEvent[] {
  return events
    .map((event) => ({ event, at: event.timeMs + random.int(delayMs) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ event }) => event);
}

describe('generated correlations', () => {
  test('the stream begins and amends what brute force finds, however events are shuffled and doubled', () => {
    let begun = 0;
    for (let seed = 1; seed <= batches; seed++) {
      const batch = correlationBatch(seed, count);
      const wanted = brute(batch, batch.events);
      begun += wanted.begins.length;
      const random = createRandom(seed);
      for (const reorderMs of [60_000, 5_000]) {
        const doubled = batch.events.flatMap((event) => (random.chance(0.2) ? [event, event] : [event]));
        const arriving = delayed(random, doubled, reorderMs);
        const { late, ...given } = streamed(batch, arriving, reorderMs);
        if (JSON.stringify(given) !== JSON.stringify(wanted)) {
          const lost = wanted.holds.filter((one) => !given.holds.includes(one));
          const added = given.holds.filter((one) => !wanted.holds.includes(one));
          expect.fail(
            `seed ${seed}, reorder ${reorderMs}: lost ${lost.slice(0, 3)} added ${added.slice(0, 3)}\n${batch.text}`,
          );
        }
        expect(late.size).toBe(0);
      }
    }
    expect(begun).toBeGreaterThan(batches * 5);
  });

  test('what comes too late is told of, and the rest is as if it had not been', () => {
    let lateEvents = 0;
    for (let seed = 1; seed <= batches; seed++) {
      const batch = correlationBatch(seed, count);
      const arriving = delayed(createRandom(seed), batch.events, 8_000);
      const { late, ...given } = streamed(batch, arriving, 2_000);
      lateEvents += late.size;
      const taken = batch.events.map((event) => ({
        ...event,
        rules: event.rules.filter((rule) => !late.has(`${event.order} ${rule}`)),
      }));
      const wanted = brute(batch, taken);
      if (JSON.stringify(given) !== JSON.stringify(wanted)) {
        const lost = wanted.holds.filter((one) => !given.holds.includes(one));
        const added = given.holds.filter((one) => !wanted.holds.includes(one));
        expect.fail(`seed ${seed}: lost ${lost.slice(0, 3)} added ${added.slice(0, 3)}\n${batch.text}`);
      }
    }
    expect(lateEvents).toBeGreaterThan(batches);
  });
});
