import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeRate, type DrillClock, rateMax, simTime, startClock, wallTime } from '../../src/drill/clock.ts';

test('pause, resume and speed: scenario time only grows while it runs', () => {
  let clock = startClock(1000, 1);
  clock = changeRate(clock, 3000, 0);
  clock = changeRate(clock, 60_000, 2);
  expect([500, 1000, 2000, 3000, 30_000, 60_000, 60_500].map((wall) => simTime(clock, wall))).toEqual([
    0, 0, 1000, 2000, 2000, 2000, 3000,
  ]);
  expect([0, 1000, 2000, 2001, 3000].map((sim) => wallTime(clock, sim))).toEqual([1000, 2000, 3000, 60_000.5, 60_500]);
});

test('while paused, a moment not reached has no wall time', () => {
  const clock = changeRate(startClock(0, 1), 100, 0);
  expect(wallTime(clock, 100)).toBe(100);
  expect(wallTime(clock, 101)).toBeNull();
});

test.each([Number.NaN, -1, Number.POSITIVE_INFINITY, rateMax + 1])('speed %s is refused', (rate) => {
  expect(() => startClock(0, rate)).toThrow(RangeError);
});

describe('properties', () => {
  const steps = fc.array(
    fc.record({ afterMs: fc.integer({ min: -50, max: 5000 }), rate: fc.constantFrom(0, 0, 0.5, 1, 2, 10, 100) }),
    { maxLength: 8 },
  );
  const build = (changes: readonly { readonly afterMs: number; readonly rate: number }[]): DrillClock => {
    let clock = startClock(1_000_000, 1);
    let wall = 1_000_000;
    for (const { afterMs, rate } of changes) {
      wall += afterMs;
      clock = changeRate(clock, wall, rate);
    }
    return clock;
  };
  const wall = fc.integer({ min: 999_000, max: 1_060_000 });

  test('scenario time never runs backwards', () => {
    fc.assert(
      fc.property(steps, wall, wall, (changes, a, b) => {
        const clock = build(changes);
        const [early, late] = a < b ? [a, b] : [b, a];
        expect(simTime(clock, early)).toBeLessThanOrEqual(simTime(clock, late));
      }),
    );
  });

  test('a change never moves a moment that has passed', () => {
    fc.assert(
      fc.property(steps, fc.nat(5000), fc.constantFrom(0, 1, 7), wall, (changes, afterMs, rate, w) => {
        const before = build(changes);
        const at = (before.at(-1)?.wallStartMs ?? 0) + afterMs;
        const after = changeRate(before, at, rate);
        const past = Math.min(w, at);
        expect(simTime(after, past)).toBeCloseTo(simTime(before, past), 6);
      }),
    );
  });

  test('wallTime is the first moment simTime reaches the value', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 100_000 }), (changes, sim) => {
        const clock = build(changes);
        const reached = wallTime(clock, sim);
        if (reached === null) {
          expect(clock.at(-1)?.rate).toBe(0);
          expect(simTime(clock, 1e12)).toBeLessThan(sim);
          return;
        }
        expect(simTime(clock, reached)).toBeCloseTo(sim, 5);
        expect(simTime(clock, reached - 0.01)).toBeLessThanOrEqual(sim);
      }),
    );
  });
});
