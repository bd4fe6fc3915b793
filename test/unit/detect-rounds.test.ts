import { describe, expect, test } from 'vitest';
import { createRounds } from '../../src/detect/rounds.ts';

describe('rounds', () => {
  test('the first goes at once; what comes meanwhile goes together; never two at a time', async () => {
    const seen: number[][] = [];
    const gates: (() => void)[] = [];
    let running = 0;
    const rounds = createRounds<number>(async (items) => {
      running += 1;
      expect(running).toBe(1);
      seen.push([...items]);
      await new Promise<void>((resolve) => gates.push(resolve));
      running -= 1;
    });
    const first = rounds.submit(1);
    const rest = Promise.all([rounds.submit(2), rounds.submit(3)]);
    expect(seen).toEqual([[1]]);
    gates[0]?.();
    await first;
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([[1], [2, 3]]);
    gates[1]?.();
    await rest;
  });

  test('a round that fails fails for all in it, and the next one runs', async () => {
    let fail = true;
    const rounds = createRounds<number>(async (items) => {
      await Promise.resolve();
      if (fail && items.includes(2)) throw new Error('store away');
    });
    const outcomes = await Promise.allSettled([rounds.submit(1), rounds.submit(2), rounds.submit(3)]);
    expect(outcomes.map((o) => o.status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    fail = false;
    await expect(rounds.submit(2)).resolves.toBeUndefined();
  });
});
