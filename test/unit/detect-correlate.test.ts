import { describe, expect, test } from 'vitest';
import { correlatedAlertId } from '../../src/alert/index.ts';
import { answerHour, heldOver, sortedWritings } from '../../src/detect/correlation-hour.ts';
import { decimalText, heldInstants } from '../../src/detect/correlation-instants.ts';
import { memberOfEvent } from '../../src/detect/correlation-members.ts';
import { type LiveRules, liveRulesOf } from '../../src/detect/index.ts';
import type { CorrelationMember } from '../../src/model/correlation.ts';
import type { SecurityEvent } from '../../src/model/event.ts';
import type { Alert } from '../../src/model/finding.ts';
import { type Correlation, type CorrelationIr, compileRules, parseRules } from '../../src/sigma/index.ts';
import { type CorrelationState, createMemoryCorrelationState } from '../../src/state/index.ts';
import {
  correlationSpecs,
  correlationsOf,
  everyKindText,
  standingOf,
  standingOracle,
} from '../harness/correlation-set.ts';
import {
  createDetectionWorld,
  type DetectionWorld,
  type EventSpec,
  eventOf,
  localLock,
  minuteMs,
  tenOClock,
} from '../harness/detection-world.ts';
import { randomOf } from '../harness/random.ts';

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
    // Of a rule that serves correlations alone no finding is kept; three are under the correlation.
    expect(world.store.dump().findings).toHaveLength(3);
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

  test('a late event that makes one moment false lets a later one begin anew, beyond its own reach', async () => {
    const inner = correlation('inner', { timespanMs: 50 * minuteMs, condition: [{ operator: 'eq', number: 2 }] });
    const outer = correlation('outer', {
      references: [{ kind: 'correlation', id: 'inner' }],
      groupBy: [],
      timespanMs: minuteMs,
      condition: [{ operator: 'gte', number: 1 }],
    });
    const world = createDetectionWorld({ rules: rulesWith([inner, outer], [ids.logon, ids.success, 'inner']) });
    const at = (...minutes: number[]): EventSpec[] => minutes.map((n) => fail(n * minuteMs));
    const hoursHeld = (): number[] =>
      alertsOf(world)
        .filter((alert) => alert.correlation?.holds)
        .map((alert) => (alert.windowStartMs - tenOClock) / minuteMs)
        .sort();
    await world.detector.evaluate(world.commit('b1', at(0, 40, 85)));
    expect(hoursHeld()).toEqual([0]);
    await world.detector.evaluate(world.commit('b2', at(5)));
    expect(hoursHeld()).toEqual([0, 60]);
  });

  test('through two steps of a chain, what comes and goes below comes and goes above', async () => {
    const inner = correlation('inner', {
      kind: 'value_avg',
      fields: [{ name: 'Bytes', fields: ['Bytes'] }],
      condition: [{ operator: 'gt', number: 60 }],
    });
    const on = (below: string, id: string): Correlation =>
      correlation(id, {
        references: [{ kind: 'correlation', id: below }],
        groupBy: [],
        condition: [{ operator: 'gte', number: 1 }],
      });
    const silent = [ids.logon, ids.success, 'inner', 'middle'];
    const world = createDetectionWorld({
      rules: rulesWith([inner, on('inner', 'middle'), on('middle', 'top')], silent),
    });
    const send = async (batch: string, atMs: number, bytes: number): Promise<boolean | undefined> => {
      await world.detector.evaluate(world.commit(batch, [fail(atMs, { fields: { Bytes: bytes } })]));
      return alertsOf(world)[0]?.correlation?.holds;
    };
    expect(await send('b1', 60_000, 90)).toBe(true);
    expect(await send('b2', 10_000, 1)).toBe(false);
    // At the time of the first and before it in order: the same moment, completed by the same event, holds again.
    expect(await send('a3', 60_000, 200)).toBe(true);
    expect(await send('b4', 11_000, 1)).toBe(true);
    expect(await send('b5', 12_000, 1)).toBe(false);
    expect(alertsOf(world)).toHaveLength(1);
  });

  test('in a group with more members than are looked at goes by the last of them, and says so once', async () => {
    const world = createDetectionWorld({ rules: bruteForce, limits: { groupMembersMax: 4 } });
    await world.detector.evaluate(
      world.commit(
        'b1',
        Array.from({ length: 10 }, (_, n) => fail(n * 1000)),
      ),
    );
    expect(alertsOf(world)).toMatchObject([
      { events: 4, lastEventMs: tenOClock + 9000, correlation: { members: 10, value: 4 } },
    ]);
    expect(await world.metrics.text()).toMatch(/correlation_members_cut_total\{rule="brute"\} 6/);
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

describe('a group that does not hold and cannot have held', () => {
  const stepsOf = async (rules: LiveRules, ...batches: readonly (readonly EventSpec[])[]): Promise<string[]> => {
    const steps: string[] = [];
    const world = createDetectionWorld({ rules, step: (name, when) => void (when === 'before' && steps.push(name)) });
    for (const [n, specs] of batches.entries()) {
      steps.length = 0;
      await world.detector.evaluate(world.commit(`b${n}`, specs));
    }
    return steps;
  };
  const inner = correlation('inner', {});
  const outer = correlation('outer', {
    kind: 'temporal_ordered',
    references: [
      { kind: 'correlation', id: 'inner' },
      { kind: 'rule', id: ids.success },
    ],
    condition: [{ operator: 'gte', number: 2 }],
  });
  const chain = rulesWith([inner, outer], [ids.logon, ids.success, 'inner']);
  const sum = rulesWith([
    correlation('sum', {
      kind: 'value_sum',
      fields: [{ name: 'Bytes', fields: ['Bytes'] }],
      condition: [{ operator: 'gte', number: 100 }],
    }),
  ]);
  const ok = (atMs: number): EventSpec => ({ ...fail(atMs), command: 'ok' });
  const bytes = (atMs: number, number: number): EventSpec => fail(atMs, { fields: { Bytes: number } });
  const quiet = ['readBatch', 'insertMembers', 'recordEvaluation'];

  test.each([
    ['of rules', bruteForce, [fail(0)], [fail(minuteMs)], quiet],
    ['built on another', chain, [fail(0), ok(1)], [fail(minuteMs), ok(minuteMs)], quiet],
    ['of a sum', sum, [bytes(0, 10)], [bytes(1, 20)], quiet],
  ])(
    '%s: members and evaluation are written and nothing is asked of the store',
    async (_, rules, first, then, want) => {
      expect(await stepsOf(rules, first, then)).toEqual(want);
    },
  );

  test('but where it may have held it is asked: a sum with a negative number, one whose moments were taken back', async () => {
    expect(await stepsOf(sum, [bytes(0, 10)], [bytes(1, -20)])).toContain('alerts');
    expect(await stepsOf(chain, [fail(0), fail(1), fail(2)], [ok(minuteMs)])).toContain('writeAlerts');
  });

  test('a sum is taken back by a negative number that comes late', async () => {
    const world = createDetectionWorld({ rules: sum });
    await world.detector.evaluate(world.commit('b1', [bytes(minuteMs, 60), bytes(minuteMs + 1, 50)]));
    expect(alertsOf(world)).toMatchObject([{ correlation: { holds: true, value: 110 } }]);
    await world.detector.evaluate(world.commit('b2', [bytes(0, -80)]));
    expect(alertsOf(world)).toMatchObject([{ correlation: { holds: false } }]);
  });
});

function memberGroup(spec: EventSpec): string {
  const [correlation] = bruteForce.correlations.all;
  if (correlation === undefined) throw new Error('no correlation');
  const made = memberOfEvent(correlation, ids.logon, eventOf('b1', 0, spec), '2026-11-22', { memberTextChars: 4096 });
  if (made?.kind !== 'member') throw new Error('no member');
  return made.member.group;
}

const everyKind = correlationsOf(everyKindText);

describe('a worker that is overtaken while it works', () => {
  /** Holds the first worker before `name` until the second one is through. */
  async function overtaken(
    number: number,
    name: string,
    batches: readonly [readonly EventSpec[], readonly EventSpec[]],
  ): Promise<DetectionWorld> {
    let arrived = (): void => undefined;
    let release = (): void => undefined;
    const waiting = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let held = false;
    const step = async (at: string, when: string): Promise<void> => {
      if (held || at !== name || when !== 'before') return;
      held = true;
      arrived();
      await gate;
    };
    const rules = rulesWith([correlation('few', { condition: [{ operator: 'eq', number }] })]);
    const recent = createMemoryCorrelationState();
    const first = createDetectionWorld({ rules, recent, step });
    const second = createDetectionWorld({ rules, recent, store: first.store });
    const [one, two] = batches.map((specs, n) => first.commit(`b${n}`, specs));
    if (one === undefined || two === undefined) throw new Error('two batches');
    const slow = first.detector.evaluate(one);
    await waiting;
    await second.detector.evaluate(two);
    release();
    await slow;
    return first;
  }

  test('takes back what it says too late', async () => {
    // Two at one time, then a third: there never was a moment with two.
    const world = await overtaken(2, 'writeAlerts', [[fail(1000), fail(1000)], [fail(1000)]]);
    expect(alertsOf(world)).toMatchObject([{ correlation: { holds: false, members: 3 } }]);
  });

  test('does not take back what others found with more', async () => {
    // The alerts are read in answer to "it does not hold" only after somebody else raised one.
    const world = await overtaken(3, 'alerts', [[fail(1000), fail(2000)], [fail(3000)]]);
    expect(alertsOf(world)).toMatchObject([{ correlation: { holds: true, members: 3 } }]);
    expect(JSON.stringify(world.published)).not.toContain('"holds":false');
  });
});

describe('the answer is that of all events at once', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('in any order of batches, doubled, over two detectors (%i)', async (seed) => {
    const random = randomOf(seed);
    const specs = correlationSpecs(random, 110);
    const one = createDetectionWorld({ rules: everyKind.rules });
    const two = createDetectionWorld({ rules: everyKind.rules, store: one.store });
    const refs: { id: string; day: string }[] = [];
    const events: SecurityEvent[] = [];
    for (let from = 0; from < specs.length; ) {
      const some = specs.slice(from, from + 1 + Math.floor(random() * 9));
      from += some.length;
      const id = `b${refs.length}`;
      refs.push(one.commit(id, some));
      events.push(...some.map((spec, i) => eventOf(id, i, spec)));
    }
    refs.sort(() => random() - 0.5);
    for (const ref of [...refs, ...refs.slice(0, 5)]) await one.detector.evaluate(ref);
    const want = standingOracle(everyKind, events);
    expect(want.length).toBeGreaterThan(30);
    expect(standingOf(alertsOf(one))).toEqual(want);
    // A second process with nothing in memory, some of it again.
    for (const ref of refs.slice(0, 8)) await two.detector.evaluate(ref);
    expect(standingOf(alertsOf(two))).toEqual(want);
  });

  test.each([1, 2, 3, 4, 5, 6])('by three processes at once, in any interleaving (%i)', async (seed) => {
    const random = randomOf(seed);
    // Every effect waits for some turns of the event loop, so that the processes overtake each other everywhere.
    const step = async (): Promise<void> => {
      for (let turns = Math.floor(random() * 4); turns > 0; turns -= 1)
        await new Promise((resolve) => setImmediate(resolve));
    };
    const first = createDetectionWorld({ rules: everyKind.rules, step });
    const recent = createMemoryCorrelationState();
    const shaky: CorrelationState = {
      exchange: async (...args) => {
        await step();
        return recent.exchange(...args);
      },
      fill: async (...args) => {
        await step();
        return recent.fill(...args);
      },
    };
    const lock = localLock();
    const worlds = [0, 1, 2].map(() =>
      createDetectionWorld({ rules: everyKind.rules, store: first.store, recent: shaky, lock, step }),
    );
    const events: SecurityEvent[] = [];
    const refs = Array.from({ length: 24 }, (_, n) => {
      const specs = correlationSpecs(random, 4);
      events.push(...specs.map((spec, i) => eventOf(`b${n}`, i, spec)));
      return first.commit(`b${n}`, specs);
    });
    await Promise.all(
      refs.map(async (ref, n) => {
        await worlds[n % 3]?.detector.evaluate(ref);
        if (random() < 0.2) await worlds[(n + 1) % 3]?.detector.evaluate(ref);
      }),
    );
    expect(standingOf(alertsOf(first))).toEqual(standingOracle(everyKind, events));
  });

  test('with a crash before or after any step, then again: the same alerts as without it', async () => {
    const random = randomOf(11);
    const batches = [0, 1, 2].map((n) => [`b${n}`, correlationSpecs(random, 12)] as const);
    const run = async (crashAt: number): Promise<{ steps: number; alerts: unknown; notices: string[] }> => {
      let steps = 0;
      const world = createDetectionWorld({
        rules: everyKind.rules,
        step: () => {
          steps += 1;
          if (steps === crashAt) throw new Error('crash');
        },
      });
      for (const [id, specs] of batches) {
        const ref = world.commit(id, specs);
        await world.detector.evaluate(ref).catch(() => world.detector.evaluate(ref));
      }
      const { alerts, findings } = world.store.dump();
      return { steps, alerts: { alerts, findings }, notices: [...world.notices.keys()].sort() };
    };
    const whole = await run(0);
    expect(whole.steps).toBeGreaterThan(60);
    for (let crashAt = 1; crashAt <= whole.steps; crashAt += 5) {
      const crashed = await run(crashAt);
      expect(crashed.alerts, `crash at step ${crashAt}`).toEqual(whole.alerts);
      expect(crashed.notices, `notices after a crash at step ${crashAt}`).toEqual(whole.notices);
    }
  });
});

describe('moments at which a correlation holds', () => {
  test.each([1, 2, 3, 4])('are the same by brute force and by the stream (%i)', (seed) => {
    const random = randomOf(seed);
    for (const correlation of everyKind.rules.correlations.all) {
      const members = Array.from({ length: 40 + Math.floor(random() * 60) }, (_, n): CorrelationMember => {
        const order = `e${Math.floor(random() * 60)}`;
        return {
          correlation: correlation.key,
          group: 'g',
          timeMs: tenOClock + Math.floor(random() * 40) * 15_000,
          order,
          reference: Math.floor(random() * correlation.ir.references.length),
          groupTexts: correlation.ir.groupBy.map(() => 'x'),
          value: `v${Math.floor(random() * 5)}`,
          number: [1e-9, 0.1, -3, 1e22, 90, n][Math.floor(random() * 6)] ?? 0,
          carried: [],
          event: order,
          day: '',
          receivedTimeMs: 0,
          origin: 'production',
          drill: '',
          lane: '',
          org: '',
          system: '',
          host: '',
          source: '',
        };
      });
      const sorted = sortedWritings(members.map((member) => ({ member, version: 0, holds: true }))).map(
        ({ member }) => member,
      );
      const writings = sorted.map((member) => ({ member, version: 0, holds: true }));
      const range = { fromMs: tenOClock, toMs: tenOClock + 3_600_000 };
      expect(answerHour(correlation, writings, tenOClock, 1000, heldOver(correlation, writings, range, 1000))).toEqual(
        answerHour(correlation, writings, tenOClock, 1000, null),
      );
      const brute = heldInstants(correlation, sorted.slice(0, 48));
      const stream = heldInstants(correlation, sorted);
      const lastMs = sorted[47]?.timeMs ?? 0;
      // The first 48 decide on all times but the last of them, at which others may stand.
      expect(
        stream.filter(({ timeMs }) => timeMs < lastMs),
        correlation.facts.title,
      ).toEqual(brute.filter(({ timeMs }) => timeMs < lastMs));
    }
  });

  test.each([
    [0.1, '0.1'],
    [1e-9, '0.000000001'],
    [-1.25e-7, '-0.000000125'],
    [1.5e21, '1500000000000000000000'],
    [-0, '0'],
    [12, '12'],
  ])('%s is written %s', (number, text) => {
    expect(decimalText(number)).toBe(text);
    expect(Number(decimalText(number))).toBeCloseTo(number, 30);
  });
});
