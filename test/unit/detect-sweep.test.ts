import { describe, expect, test } from 'vitest';
import { createDetectionWorld, tenOClock } from '../harness/detection-world.ts';

describe('sweeper', () => {
  test('offers what stays unevaluated, and only after the grace time', async () => {
    let nowMs = tenOClock;
    const world = createDetectionWorld({ clock: () => nowMs });
    const one = world.commit('b1', [{ command: 'whoami' }]);
    expect(await world.detector.sweep()).toBe(0);
    nowMs += 2999;
    world.commit('b2', [{ command: 'whoami' }]);
    expect(await world.detector.sweep()).toBe(0);
    nowMs += 1;
    expect(await world.detector.sweep()).toBe(1);
    expect(world.offered).toEqual(['b1']);
    await world.detector.evaluate(one);
    nowMs += 3000;
    expect(await world.detector.sweep()).toBe(1);
    expect(world.offered).toEqual(['b1', 'b2']);
  });

  test('a batch that keeps failing is offered for ever', async () => {
    let nowMs = tenOClock;
    const world = createDetectionWorld({ clock: () => nowMs });
    world.commit('b1', [{ command: 'whoami' }]);
    await world.detector.sweep();
    for (let round = 0; round < 5; round += 1) {
      nowMs += 3000;
      expect(await world.detector.sweep()).toBe(1);
    }
  });

  test('on a timer: never two at a time, and an error does not stop it', async () => {
    let fire: () => void = () => undefined;
    let stopped = false;
    let running = 0;
    let most = 0;
    let sweeps = 0;
    const world = createDetectionWorld({
      step: async (name, when) => {
        if (name !== 'adoptOrphans') return;
        running += when === 'before' ? 1 : -1;
        most = Math.max(most, running);
        if (when === 'before') {
          sweeps += 1;
          await new Promise((resolve) => setImmediate(resolve));
          if (sweeps === 1) {
            running -= 1;
            throw new Error('store away');
          }
        }
      },
    });
    const stop = world.detector.startSweeping({
      every: (ms, run) => {
        expect(ms).toBe(2000);
        fire = run;
        return () => {
          stopped = true;
        };
      },
    });
    for (let i = 0; i < 20; i += 1) {
      fire();
      fire();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(sweeps).toBeGreaterThan(3);
    expect(most).toBe(1);
    stop();
    expect(stopped).toBe(true);
  });
});
