import { expect, it } from 'vitest';
import { gatherLookups } from '../../src/store/gather-lookups.ts';

it('asks at once for what came while it waited, no more than the bound, and answers each', async () => {
  const asked: string[][] = [];
  const lookup = gatherLookups(3, async (keys) => {
    asked.push([...keys]);
    await new Promise((resolve) => setImmediate(resolve));
    return new Map(keys.filter((key) => key !== 'none').map((key) => [key, key.toUpperCase()]));
  });
  const found = await Promise.all(['a', 'b', 'none', 'b', 'c'].map(lookup));
  expect(found).toEqual(['A', 'B', null, 'B', 'C']);
  expect(asked).toEqual([['a'], ['b', 'none'], ['c']]);
});

it('a failed question fails those who waited for it and no others', async () => {
  let failing = true;
  const lookup = gatherLookups(10, async (keys) => {
    await new Promise((resolve) => setImmediate(resolve));
    if (failing) throw new Error('away');
    return new Map(keys.map((key) => [key, key]));
  });
  const first = lookup('a');
  const second = lookup('b');
  await expect(first).rejects.toThrow('away');
  failing = false;
  expect(await second).toBe('b');
});
