import { describe, expect, test } from 'vitest';
import { correlatedAlertId } from '../../src/alert/index.ts';
import { memberOfEvent } from '../../src/detect/correlation-members.ts';
import { type LiveRules, liveRulesOf } from '../../src/detect/index.ts';
import type { Alert } from '../../src/model/finding.ts';
import {
  type Correlation,
  type CorrelationIr,
  compileRules,
  evaluateGroup,
  parseRules,
} from '../../src/sigma/index.ts';
import {
  createDetectionWorld,
  type DetectionWorld,
  type EventSpec,
  eventOf,
  minuteMs,
  tenOClock,
} from '../harness/detection-world.ts';

const ids = { logon: '00000000-0000-4000-8000-000000000011', success: '00000000-0000-4000-8000-000000000012' };

const baseRules = `title: Failed logon
id: ${ids.logon}
level: low
logsource:
  product: windows
detection:
  s:
    CommandLine: fail
  condition: s
---
title: Logon
id: ${ids.success}
level: low
logsource:
  product: windows
detection:
  s:
    CommandLine: ok
  condition: s
`;

function correlation(id: string, ir: Partial<CorrelationIr>, more: Partial<Correlation> = {}): Correlation {
  const [metadata] = parseRules(baseRules.replaceAll('Failed logon', `Correlation ${id}`), 'base.yml').rules;
  if (metadata === undefined) throw new Error('no rule');
  const { logsource: _, ir: __, ...plain } = metadata;
  return {
    ...plain,
    id,
    level: 'high',
    hash: id,
    ir: {
      kind: 'event_count',
      references: [{ kind: 'rule', id: ids.logon }],
      groupBy: [{ name: 'SourceIp', fields: ['SourceIp'] }],
      timespanMs: 5 * minuteMs,
      condition: [{ operator: 'gte', number: 3 }],
      expression: null,
      fields: [],
      percentile: null,
      carries: [],
      generate: false,
      ...ir,
    },
    ...more,
  };
}

function rulesWith(
  correlations: readonly Correlation[],
  silent: readonly string[] = [ids.logon, ids.success],
): LiveRules {
  return liveRulesOf(compileRules(parseRules(baseRules, 'base.yml').rules), { correlations, silent: new Set(silent) });
}

const fail = (atMs: number, more: EventSpec = {}): EventSpec => ({
  command: 'fail',
  atMs: tenOClock + atMs,
  receivedMs: tenOClock + 10 * minuteMs,
  ...more,
  fields: { SourceIp: '10.1.2.3', ...more.fields },
});

function alertsOf(world: DetectionWorld): Alert[] {
  return world.store.dump().alerts;
}

const bruteForce = rulesWith([correlation('brute', {})]);

describe('a correlation that turns true', () => {
  test('raises one alert with its window as evidence; the rules it is built on raise none', async () => {
    const world = createDetectionWorld({ rules: bruteForce });
    await world.detector.evaluate(
      world.commit('b1', [fail(0), fail(minuteMs), fail(2 * minuteMs), fail(40 * minuteMs)]),
    );
    expect(alertsOf(world)).toHaveLength(1);
    expect(alertsOf(world)[0]).toMatchObject({
      id: correlatedAlertId('brute', memberGroup(fail(0)), tenOClock),
      rule: { id: 'brute', severity: 'high' },
      entity: '10.1.2.3',
      host: 'MAY-01',
      system: 'qlvb',
      events: 3,
      firstEventMs: tenOClock,
      lastEventMs: tenOClock + 2 * minuteMs,
      evidence: [{ event: 'b1-0' }, { event: 'b1-1' }, { event: 'b1-2' }],
      correlation: {
        value: 3,
        members: 4,
        holds: true,
        groupBy: [{ field: 'SourceIp', value: '10.1.2.3' }],
        whyVi: '3 lần trong 5 phút cho SourceIp=10.1.2.3 (ngưỡng ≥ 3)',
        why: '3 times within 5 minutes for SourceIp=10.1.2.3 (threshold ≥ 3)',
      },
    });
    // The base rule's findings are kept all the same, four of them, and three more under the correlation.
    expect(world.store.dump().findings).toHaveLength(7);
    expect(world.store.dump().incidents).toMatchObject([{ title: 'Correlation brute', alerts: 1, events: 3 }]);
    expect(world.notices.size).toBe(1);
    expect(world.published.filter(({ kind }) => kind === 'alert')).toMatchObject([
      { alert: { correlation: { holds: true } } },
    ]);
  });

  test('is amended while it stays true, across batches, and by late events that make it true earlier', async () => {
    const world = createDetectionWorld({ rules: bruteForce });
    await world.detector.evaluate(world.commit('b1', [fail(20 * minuteMs), fail(21 * minuteMs)]));
    expect(alertsOf(world)).toEqual([]);
    await world.detector.evaluate(world.commit('b2', [fail(22 * minuteMs), fail(23 * minuteMs)]));
    expect(alertsOf(world)).toMatchObject([{ events: 4, correlation: { value: 4 } }]);
    await world.detector.evaluate(world.commit('b3', [fail(19 * minuteMs)]));
    expect(alertsOf(world)).toMatchObject([
      {
        events: 5,
        firstEventMs: tenOClock + 19 * minuteMs,
        correlation: { value: 5, atMs: tenOClock + 23 * minuteMs },
      },
    ]);
    expect(world.store.dump().incidents).toHaveLength(1);
  });

  test('over the mark of an hour has an alert in each hour, in one incident', async () => {
    const world = createDetectionWorld({ rules: bruteForce });
    const times = [57, 58, 59, 60, 61];
    await world.detector.evaluate(
      world.commit(
        'b1',
        times.map((n) => fail(n * minuteMs)),
      ),
    );
    expect(
      alertsOf(world)
        .map((a) => [a.windowStartMs - tenOClock, a.events])
        .sort(),
    ).toEqual([
      [0, 3],
      [60 * minuteMs, 5],
    ]);
    expect(world.store.dump().incidents).toMatchObject([{ alerts: 2 }]);
  });

  test('groups, drills and lanes never mix; an event without the field takes no part and is counted', async () => {
    const world = createDetectionWorld({ rules: bruteForce });
    await world.detector.evaluate(
      world.commit('b1', [
        fail(0),
        fail(1),
        fail(2, { fields: { SourceIp: '10.1.2.4' } }),
        fail(3, { drill: 'd1' }),
        fail(4, { drill: 'd1', lane: 'l2' }),
        fail(5, { fields: { SourceIp: null } }),
      ]),
    );
    expect(alertsOf(world)).toEqual([]);
    expect(await world.metrics.text()).toMatch(/correlation_ignored_total\{rule="brute",reason="no-group"\} 1/);
  });

  test('over events of two systems belongs to no owner', async () => {
    const world = createDetectionWorld({ rules: bruteForce });
    await world.detector.evaluate(world.commit('b1', [fail(0), fail(1), fail(2, { system: 'hr', host: 'MAY-09' })]));
    expect(alertsOf(world)).toMatchObject([{ system: '', host: '', events: 3 }]);
  });

  test('that serves another one only raises nothing itself; the one above counts its beginnings', async () => {
    const inner = correlation('inner', { condition: [{ operator: 'gte', number: 2 }] });
    const outer = correlation('outer', {
      references: [{ kind: 'correlation', id: 'inner' }],
      groupBy: [],
      timespanMs: 30 * minuteMs,
      condition: [{ operator: 'gte', number: 2 }],
    });
    const world = createDetectionWorld({ rules: rulesWith([inner, outer], [ids.logon, ids.success, 'inner']) });
    const from = (ip: string, atMs: number) => fail(atMs, { fields: { SourceIp: ip } });
    await world.detector.evaluate(
      world.commit('b1', [from('10.0.0.1', 0), from('10.0.0.1', 1000), from('10.0.0.1', 2000)]),
    );
    expect(alertsOf(world)).toEqual([]);
    await world.detector.evaluate(world.commit('b2', [from('10.0.0.2', 60_000), from('10.0.0.2', 61_000)]));
    expect(alertsOf(world)).toMatchObject([
      { rule: { id: 'outer' }, events: 2, correlation: { value: 2, holds: true } },
    ]);
    // A late event lets the first group begin earlier: one beginning moves, none is added.
    await world.detector.evaluate(world.commit('b3', [from('10.0.0.1', -500)]));
    expect(alertsOf(world)).toMatchObject([
      { events: 2, firstEventMs: tenOClock, correlation: { value: 2, holds: true } },
    ]);
  });

  test('and is false after what came later is marked as taken back', async () => {
    const rules = rulesWith([correlation('few', { condition: [{ operator: 'eq', number: 2 }] })]);
    const world = createDetectionWorld({ rules });
    await world.detector.evaluate(world.commit('b1', [fail(1000), fail(2000)]));
    expect(alertsOf(world)).toMatchObject([{ correlation: { holds: true } }]);
    await world.detector.evaluate(world.commit('b2', [fail(0), fail(1000), fail(2000)]));
    expect(alertsOf(world)).toMatchObject([{ correlation: { holds: false } }]);
    expect(world.published.at(-1)).toMatchObject({ alert: { correlation: { holds: false } } });
    await world.detector.evaluate(world.commit('b3', [fail(9 * minuteMs), fail(9 * minuteMs + 1)]));
    expect(alertsOf(world)).toMatchObject([{ correlation: { holds: true, atMs: tenOClock + 9 * minuteMs + 1 } }]);
  });
});

function memberGroup(spec: EventSpec): string {
  const [correlation] = bruteForce.correlations.all;
  if (correlation === undefined) throw new Error('no correlation');
  const made = memberOfEvent(correlation, ids.logon, eventOf('b1', 0, spec), '2026-11-22', { memberTextChars: 4096 });
  if (made?.kind !== 'member') throw new Error('no member');
  return made.member.group;
}

/** The same numbers on every run. */
function randomOf(seed: number): () => number {
  let at = seed;
  return () => {
    at = (Math.imul(at, 1664525) + 1013904223) >>> 0;
    return at / 2 ** 32;
  };
}

const kinds: readonly Correlation[] = [
  correlation('count', {}),
  correlation('values', {
    kind: 'value_count',
    fields: [{ name: 'User', fields: ['User', 'User'] }],
    references: [
      { kind: 'rule', id: ids.logon },
      { kind: 'rule', id: ids.success },
    ],
    groupBy: [{ name: 'SourceIp', fields: ['SourceIp', 'SourceIp'] }],
  }),
  correlation('ordered', {
    kind: 'temporal_ordered',
    references: [
      { kind: 'rule', id: ids.logon },
      { kind: 'rule', id: ids.success },
    ],
    groupBy: [{ name: 'SourceIp', fields: ['SourceIp', 'SourceIp'] }],
    condition: [{ operator: 'gte', number: 2 }],
    timespanMs: 40 * 1000,
  }),
  correlation('between', {
    condition: [
      { operator: 'gte', number: 2 },
      { operator: 'lt', number: 4 },
    ],
    timespanMs: minuteMs,
  }),
  correlation('average', {
    kind: 'value_avg',
    fields: [{ name: 'Bytes', fields: ['Bytes'] }],
    condition: [{ operator: 'gt', number: 60 }],
    timespanMs: 2 * minuteMs,
  }),
];
const everyKind = rulesWith(kinds);

/** What should hold in which hour of which group, by brute force over all events at once. */
function oracle(events: readonly ReturnType<typeof eventOf>[]): string[] {
  const found: string[] = [];
  for (const live of everyKind.correlations.all) {
    const groups = new Map<string, Extract<ReturnType<typeof memberOfEvent>, { kind: 'member' }>['member'][]>();
    for (const event of events) {
      for (const rule of everyKind.match(event)) {
        const made = memberOfEvent(live, everyKind.facts[rule]?.id ?? '', event, '2026-11-22', {
          memberTextChars: 4096,
        });
        if (made?.kind === 'member')
          groups.set(made.member.group, [...(groups.get(made.member.group) ?? []), made.member]);
      }
    }
    for (const [group, members] of groups) {
      const instants = evaluateGroup(
        live.ir,
        members.map((m) => ({ ...m, group: m.groupTexts })),
      );
      const hours = new Map<number, { events: Set<string>; last: number; peak: number }>();
      for (const { timeMs, holds, value, members: window } of instants) {
        if (!holds) continue;
        const hour = Math.floor(timeMs / 3_600_000) * 3_600_000;
        const known = hours.get(hour) ?? { events: new Set<string>(), last: 0, peak: Number.NEGATIVE_INFINITY };
        hours.set(hour, known);
        for (const { order } of window) known.events.add(order);
        known.last = Math.max(known.last, timeMs);
        known.peak = Math.max(known.peak, value);
      }
      for (const [hour, { events: its, last, peak }] of hours)
        found.push(`${correlatedAlertId(live.facts.id, group, hour)} ${its.size} ${last} ${peak}`);
    }
  }
  return found.sort();
}

function standing(world: DetectionWorld): string[] {
  return alertsOf(world)
    .filter((alert) => alert.correlation?.holds)
    .map((alert) => `${alert.id} ${alert.events} ${alert.lastEventMs} ${alert.correlation?.value}`)
    .sort();
}

function someEvents(random: () => number, many: number): EventSpec[] {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  return Array.from({ length: many }, () =>
    fail(Math.floor(random() * 90) * 20_000, {
      command: pick(['fail', 'fail', 'ok', 'other']),
      fields: {
        SourceIp: pick(['10.0.0.1', '10.0.0.2', '10.0.0.3']),
        User: pick(['a', 'b', 'c', 'd']),
        Bytes: pick([1, 40, 90, 200]),
      },
    }),
  );
}

describe('the answer is that of all events at once', () => {
  test.each([1, 2, 3, 4, 5, 6])('in any order of batches, doubled, over two detectors (%i)', async (seed) => {
    const random = randomOf(seed);
    const specs = someEvents(random, 90);
    const one = createDetectionWorld({ rules: everyKind });
    const two = createDetectionWorld({ rules: everyKind, store: one.store });
    const refs: { id: string; day: string }[] = [];
    const events: ReturnType<typeof eventOf>[] = [];
    for (let from = 0; from < specs.length; ) {
      const some = specs.slice(from, from + 1 + Math.floor(random() * 9));
      from += some.length;
      const id = `b${refs.length}`;
      refs.push(one.commit(id, some));
      events.push(...some.map((spec, i) => eventOf(id, i, spec)));
    }
    refs.sort(() => random() - 0.5);
    for (const ref of [...refs, ...refs.slice(0, 5)]) await one.detector.evaluate(ref);
    const want = oracle(events);
    expect(want.length).toBeGreaterThan(10);
    expect(standing(one)).toEqual(want);
    // A second process with nothing in memory, all of it again.
    for (const ref of refs.slice(0, 8)) await two.detector.evaluate(ref);
    expect(standing(two)).toEqual(want);
  });
});
