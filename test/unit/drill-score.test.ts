import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Emission } from '../../src/drill/replay.ts';
import type { Scenario } from '../../src/drill/scenario.ts';
import { type ScoredFinding, score } from '../../src/drill/score.ts';

const text = (vi: string): { vi: string; en: string } => ({ vi, en: vi });
const inject = (id: string): { id: string } => ({ id });
const scenario = {
  injects: [inject('quet'), inject('tai-len'), inject('im-lang')],
  expectations: [
    { id: 'e1', inject: 'quet', text: text('Phát hiện quét'), rules: ['r1', 'r2'] },
    { id: 'e2', inject: 'tai-len', text: text('Phát hiện tải lên'), rules: ['r3'] },
    { id: 'e3', inject: 'tai-len', text: text('Phát hiện web shell'), rules: ['r4'] },
  ],
} as unknown as Scenario;

const emission = (record: number, injectId: string, emittedMs: number, over: Partial<Emission> = {}): Emission => {
  return {
    record,
    inject: injectId,
    source: 'web',
    line: `line ${record}`,
    dueMs: emittedMs,
    emittedMs,
    outcome: 'sent',
    ...over,
  };
};
const finding = (rule: string, record: number, seenMs: number, alert = `${rule}-a`): ScoredFinding => {
  return { rule, raw: `line ${record}`, alert, seenMs, correlated: false };
};
const emissions = [
  emission(0, '', 100),
  emission(1, 'quet', 1000),
  emission(2, 'quet', 1500),
  emission(3, 'tai-len', 5000),
  emission(4, 'im-lang', 6000),
];

test("an alert of a correlation is as late as it is after the line that completed it, a rule's after its first", () => {
  const lines = [1000, 3000, 5000, 9000];
  const sent = lines.map((ms, i) => emission(i, 'quet', ms));
  const of = (correlated: boolean) => lines.map((_, i) => ({ ...finding('r1', i, 5_300), correlated }));
  expect(score({ scenario, emissions: sent, findings: of(true) })).toMatchObject({ p50_ms: 300 });
  expect(score({ scenario, emissions: sent, findings: of(false) })).toMatchObject({ p50_ms: 4_300 });
});

test('found, missed with its cause, unexpected, times', () => {
  const result = score({
    scenario,
    emissions,
    findings: [finding('r2', 2, 1900), finding('r3', 3, 5200), finding('r9', 0, 400), finding('r9', 4, 6300, 'r9-b')],
  });
  expect(result).toMatchObject({ expected: 3, found: 2, p50_ms: 300, p99_ms: 400, foreign: 0 });
  expect(result.missed).toEqual([
    { expectation: 'e3', inject: 'tai-len', titleVi: 'Phát hiện web shell', cause: 'no_finding' },
  ]);
  expect(result.unexpected.map((u) => [u.rule, u.inject, u.line])).toEqual([
    ['r9', '', 'line 0'],
    ['r9', 'im-lang', 'line 4'],
  ]);
  expect(result.perInject).toEqual([
    { inject: 'quet', lines: 2, firstEmittedMs: 1000, firstAlertMs: 1900, detectMs: 900, rules: ['r2'] },
    { inject: 'tai-len', lines: 1, firstEmittedMs: 5000, firstAlertMs: 5200, detectMs: 200, rules: ['r3'] },
    { inject: 'im-lang', lines: 1, firstEmittedMs: 6000, firstAlertMs: null, detectMs: null, rules: [] },
  ]);
});

describe('attribution', () => {
  test('is by the exact line: one letter more is another line', () => {
    const result = score({
      scenario,
      emissions,
      findings: [{ rule: 'r3', raw: 'line 3 ', alert: 'a', seenMs: 1, correlated: false }],
    });
    expect(result).toMatchObject({ found: 0, foreign: 1, unexpected: [] });
  });

  test('a rule that is not named does not satisfy the expectation, nor is it unexpected on a covered line', () => {
    const result = score({ scenario, emissions, findings: [finding('r4', 1, 1100)] });
    expect(result).toMatchObject({ found: 0, unexpected: [] });
  });

  test('the same rule on a line of another inject does not count', () => {
    const result = score({ scenario, emissions, findings: [finding('r3', 1, 1100)] });
    expect(result.missed.map((m) => m.expectation)).toEqual(['e1', 'e2', 'e3']);
  });

  test('a step that was never sent is missed for that reason, even when its line turns up', () => {
    const failedOnly = [emission(3, 'tai-len', 5000, { outcome: 'failed' })];
    const result = score({ scenario, emissions: failedOnly, findings: [finding('r3', 3, 5100)] });
    expect(result.missed.map((m) => m.cause)).toEqual(['not_emitted', 'not_emitted', 'not_emitted']);
    expect(result.foreign).toBe(1);
  });

  test('an alert that an earlier step opened finds the step but gives it no time', () => {
    const result = score({ scenario, emissions, findings: [finding('r3', 3, 1100)] });
    expect(result).toMatchObject({ found: 1 });
    expect(result.perInject[1]).toMatchObject({ firstAlertMs: null, detectMs: null, rules: ['r3'] });
  });
});

test('nothing found: no percentiles', () => {
  expect(score({ scenario, emissions, findings: [] })).toMatchObject({ p50_ms: null, p99_ms: null, found: 0 });
});

test('the number is the same for shuffled and repeated input', () => {
  const injectIds = ['', 'quet', 'tai-len', 'im-lang'];
  const world = fc
    .array(fc.record({ inject: fc.constantFrom(...injectIds), emittedMs: fc.nat(9999), failed: fc.boolean() }), {
      maxLength: 20,
    })
    .map((rows) => rows.map((r, i) => emission(i, r.inject, r.emittedMs, { outcome: r.failed ? 'failed' : 'sent' })));
  const findings = fc.array(
    fc.record({
      rule: fc.constantFrom('r1', 'r2', 'r3', 'r4', 'r9'),
      record: fc.nat(24),
      seenMs: fc.nat(20_000),
      alert: fc.constantFrom('a', 'b', 'c'),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(world, findings, fc.infiniteStream(fc.nat()), (sent, hits, random) => {
      const all = hits.map((h) => finding(h.rule, h.record, h.seenMs, h.alert));
      const shuffled = <T>(items: readonly T[]): T[] =>
        items
          .map((item) => ({ item, key: Number(random.next().value) }))
          .sort((a, b) => a.key - b.key)
          .map(({ item }) => item);
      const once = score({ scenario, emissions: sent, findings: all });
      const { foreign, ...again } = score({
        scenario,
        emissions: shuffled(sent),
        findings: shuffled([...all, ...all]),
      });
      expect({ ...again, foreign: foreign / 2 }).toEqual(once);
      expect(once.found + once.missed.length).toBe(once.expected);
    }),
  );
});
