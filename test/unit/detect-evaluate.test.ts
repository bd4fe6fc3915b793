import { describe, expect, test } from 'vitest';
import {
  createDetectionWorld,
  type EventSpec,
  localLock,
  minuteMs,
  rulesOf,
  tenOClock,
  threeRules,
} from '../harness/detection-world.ts';

const first: readonly EventSpec[] = [
  { command: 'notepad' },
  { command: 'whoami /all' },
  { command: 'whoami /priv', atMs: tenOClock + minuteMs },
  { command: 'net user x /add', atMs: tenOClock + 2 * minuteMs },
  { command: 'whoami', host: 'MAY-02', atMs: tenOClock + 3 * minuteMs },
];
const second: readonly EventSpec[] = [
  { command: 'mimikatz', atMs: tenOClock + 10 * minuteMs },
  { command: 'whoami', atMs: tenOClock + 20 * minuteMs },
  { command: 'whoami', atMs: tenOClock + 70 * minuteMs },
];

describe('evaluation of a batch', () => {
  test('findings, alerts by rule, host and hour, one incident, notices and feed', async () => {
    const world = createDetectionWorld();
    const evaluation = await world.detector.evaluate(world.commit('b1', first));
    expect(evaluation).toMatchObject({ batch: 'b1', events: 5, findings: 4, rules: 3, worker: 'test' });
    const { alerts, incidents, ledger, evaluated } = world.store.dump();
    expect(evaluated).toEqual(['b1']);
    expect(alerts.map((a) => [a.rule.title, a.host, a.events]).sort()).toEqual([
      ['Account added', 'MAY-01', 1],
      ['Who am I', 'MAY-01', 2],
      ['Who am I', 'MAY-02', 1],
    ]);
    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatchObject({
      title: 'Account added',
      titleVi: 'Luật 02',
      severity: 'medium',
      alerts: 3,
      events: 4,
      hosts: ['MAY-01', 'MAY-02'],
      tags: ['attack.t1001', 'attack.t1002'],
      firstEventMs: tenOClock,
      lastEventMs: tenOClock + 3 * minuteMs,
    });
    expect(alerts.every((a) => a.incident === incidents[0]?.id)).toBe(true);
    expect(ledger).toEqual([`${incidents[0]?.id} 1 opened`]);
    expect(world.notices.size).toBe(3);
    expect(world.published.map((item) => item.kind)).toEqual(['incident', 'alert', 'alert', 'alert']);
    expect(world.published[0]).toMatchObject({ incident: { state: 'new', version: 1, systemName: 'Hệ thống qlvb' } });
  });

  test('a second batch amends alerts and incident; the title follows the worst alert', async () => {
    const world = createDetectionWorld();
    await world.detector.evaluate(world.commit('b1', first));
    await world.detector.evaluate(world.commit('b2', second));
    const { alerts, incidents } = world.store.dump();
    // The last event lies an hour after the others: an incident of its own.
    expect(incidents.map((i) => [i.title, i.severity, i.alerts, i.events]).sort()).toEqual([
      ['Credentials dumped', 'critical', 4, 6],
      ['Who am I', 'low', 1, 1],
    ]);
    expect(alerts.find((a) => a.rule.title === 'Who am I' && a.host === 'MAY-01' && a.events === 3)).toBeDefined();
  });

  test('the order of batches does not change alerts', async () => {
    const forward = createDetectionWorld();
    for (const [id, specs] of [
      ['b1', first],
      ['b2', second],
    ] as const)
      await forward.detector.evaluate(forward.commit(id, specs));
    const backward = createDetectionWorld();
    for (const [id, specs] of [
      ['b2', second],
      ['b1', first],
    ] as const)
      await backward.detector.evaluate(backward.commit(id, specs));
    const facts = (world: typeof forward) => world.store.dump().alerts.map(({ incident: _, ...alert }) => alert);
    expect(facts(backward)).toEqual(facts(forward));
  });

  test('a crash at every single step, then again: the same end as without it', async () => {
    const run = async (crashAt: number): Promise<{ steps: number; dump: unknown; notices: string[] }> => {
      let steps = 0;
      const world = createDetectionWorld({
        step: (name, when) => {
          steps += 1;
          if (steps === crashAt) throw new Error(`crash ${when} ${name}`);
        },
      });
      for (const [id, specs] of [
        ['b1', first],
        ['b2', second],
      ] as const) {
        const ref = world.commit(id, specs);
        // A queue tries again until it works.
        for (let attempt = 0; attempt < 3; attempt += 1) {
          try {
            await world.detector.evaluate(ref);
            break;
          } catch (error) {
            if (!(error instanceof Error && error.message.startsWith('crash'))) throw error;
          }
        }
      }
      return { steps, dump: world.store.dump(), notices: [...world.notices.keys()].sort() };
    };
    const whole = await run(0);
    expect(whole.steps).toBeGreaterThan(50);
    for (let crashAt = 1; crashAt <= whole.steps; crashAt += 1) {
      const crashed = await run(crashAt);
      expect(crashed.dump, `crash at step ${crashAt}`).toEqual(whole.dump);
      expect(crashed.notices, `notices after a crash at step ${crashAt}`).toEqual(whole.notices);
    }
  });

  test('a crash in one batch while the next one runs through: one incident, nothing doubled', async () => {
    const names = ['incident.write', 'writeAlerts', 'ledger.begin', 'notify', 'publish', 'recordEvaluation'];
    for (const name of names) {
      for (const when of ['before', 'after'] as const) {
        let armed = true;
        const world = createDetectionWorld({
          step: (step, at) => {
            if (armed && step === name && at === when) {
              armed = false;
              throw new Error('crash');
            }
          },
        });
        const one = world.commit('b1', first);
        const two = world.commit('b2', [{ command: 'mimikatz', atMs: tenOClock + 5 * minuteMs }]);
        await expect(world.detector.evaluate(one)).rejects.toThrow('crash');
        await world.detector.evaluate(two);
        await world.detector.evaluate(one);
        const { incidents, alerts, ledger } = world.store.dump();
        expect(incidents, `${when} ${name}`).toHaveLength(1);
        expect(incidents[0]).toMatchObject({ alerts: 4, events: 5, severity: 'critical', title: 'Credentials dumped' });
        expect(alerts).toHaveLength(4);
        expect(ledger).toHaveLength(1);
        expect(new Set(world.notices.keys()).size).toBe(4);
      }
    }
  });

  test('the same batches by four processes at once, in any interleaving: one incident, each alert whole', async () => {
    const expected = createDetectionWorld();
    const specs = Array.from({ length: 6 }, (_, b): [string, EventSpec[]] => [
      `b${b}`,
      Array.from({ length: 10 }, (_, i) => ({
        command: ['whoami', 'net user', 'mimikatz', 'ok'][(b + i) % 4] ?? '',
        host: `MAY-${i % 3}`,
        atMs: tenOClock + (b * 10 + i) * 1000,
      })),
    ]);
    for (const [id, rows] of specs) await expected.detector.evaluate(expected.commit(id, rows));
    let seed = 7;
    const random = (): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed / 2147483648;
    };
    // Every step gives way for a random number of turns.
    const step = async (): Promise<void> => {
      for (let turns = Math.floor(random() * 4); turns > 0; turns -= 1) await new Promise((r) => setImmediate(r));
    };
    const lock = localLock();
    const world = createDetectionWorld({ step, lock });
    const others = [1, 2, 3].map(() => createDetectionWorld({ step, lock, store: world.store }));
    const refs = specs.map(([id, rows]) => world.commit(id, rows));
    await Promise.all([world, ...others].flatMap(({ detector }) => refs.map((ref) => detector.evaluate(ref))));
    const got = world.store.dump();
    const want = expected.store.dump();
    expect(got.findings).toEqual(want.findings);
    expect(got.alerts.map(({ incident: _, ...alert }) => alert)).toEqual(
      want.alerts.map(({ incident: _, ...alert }) => alert),
    );
    expect(got.incidents).toHaveLength(1);
    const { id: _, code: __, ...incident } = got.incidents[0] ?? {};
    expect(want.incidents[0]).toMatchObject({ ...incident, entity: expect.any(String) });
    expect(got.ledger).toHaveLength(1);
  });
});

describe('one rule that fires on every line', () => {
  test('3,561 hits in one batch: bounded writes of findings, one write of one alert', async () => {
    const writes: string[] = [];
    const world = createDetectionWorld({ step: (name, when) => void (when === 'before' && writes.push(name)) });
    const specs = Array.from({ length: 3561 }, (_, i) => ({ command: `whoami ${i}`, atMs: tenOClock + i }));
    const evaluation = await world.detector.evaluate(world.commit('b1', specs));
    expect(evaluation.findings).toBe(3561);
    const { alerts } = world.store.dump();
    expect(alerts.map((a) => [a.events, a.evidence.length])).toEqual([[3561, 20]]);
    expect(writes.filter((name) => name === 'insertFindings')).toHaveLength(4);
    expect(writes.filter((name) => name === 'writeAlerts')).toHaveLength(1);
    expect(world.published).toHaveLength(2);
  });
});

describe('a rule that throws', () => {
  const rules = rulesOf(threeRules);
  const broken = (throwing: ReadonlySet<number>) => {
    const guard = (numbers: readonly number[]) => {
      if (numbers.some((n) => throwing.has(n))) throw new Error('bug in a rule');
    };
    const all = [0, 1, 2];
    return {
      ...rules,
      match: (candidate: Parameters<typeof rules.match>[0]) => {
        guard(all);
        return rules.match(candidate);
      },
      part: (numbers: readonly number[]) => {
        const part = rules.part(numbers);
        return {
          explain: part.explain,
          match: (candidate: Parameters<typeof rules.match>[0]) => {
            guard(numbers);
            return part.match(candidate);
          },
        };
      },
    };
  };

  test('is held apart, counted and named; the others go on', async () => {
    const world = createDetectionWorld({ rules: broken(new Set([1])) });
    await world.detector.evaluate(world.commit('b1', first));
    const { alerts, evaluated } = world.store.dump();
    expect(alerts.map((a) => a.rule.title).sort()).toEqual(['Who am I', 'Who am I']);
    expect(evaluated).toEqual(['b1']);
    expect(world.detector.sickRules()).toEqual(['00000000-0000-4000-8000-000000000002']);
    expect(world.errors.map((e) => e.rule)).toEqual(['00000000-0000-4000-8000-000000000002']);
    expect(await world.metrics.text()).toMatch(/detect_rule_failures_total\{rule="0{8}-0000-4000-8000-0{11}2"\} [1-9]/);
  });

  test('that throws on one event only still matches the others', async () => {
    const moody = {
      ...rules,
      match: (candidate: Parameters<typeof rules.match>[0]) => {
        if (candidate.fields.CommandLine === 'bad') throw new Error('bad');
        return rules.match(candidate);
      },
      part: (numbers: readonly number[]) => {
        const part = rules.part(numbers);
        return {
          explain: part.explain,
          match: (candidate: Parameters<typeof rules.match>[0]) => {
            if (candidate.fields.CommandLine === 'bad' && numbers.includes(0)) throw new Error('bad');
            return part.match(candidate);
          },
        };
      },
    };
    const world = createDetectionWorld({ rules: moody });
    await world.detector.evaluate(world.commit('b1', [{ command: 'bad' }, ...first]));
    expect(world.store.dump().alerts).toHaveLength(3);
  });
});

describe('batches that are not there', () => {
  test('an unknown one is dropped and not marked as evaluated', async () => {
    const world = createDetectionWorld();
    expect(await world.detector.evaluate({ id: 'nobody', day: '2026-11-22' })).toMatchObject({ events: 0 });
    expect(world.store.dump().evaluated).toEqual([]);
  });

  test('a known one whose rows are not visible yet is tried again', async () => {
    const world = createDetectionWorld();
    const { id, day } = world.commit('b1', first);
    const hidden = { ...world.store, detect: { ...world.store.detect, readBatch: async () => [] } };
    const early = createDetectionWorld({ store: hidden });
    await expect(early.detector.evaluate({ id, day })).rejects.toMatchObject({ code: 'batch-not-visible' });
    expect(world.store.dump().evaluated).toEqual([]);
  });
});
