import { describe, expect, test } from 'vitest';
import { caseBatch } from './sigma-cases.ts';
import { type Contender, contenders, differences, left, reference, shrunk } from './sigma-contenders.ts';

/** `npm run proof -- --cases 1000000` does the same for as long as one likes. */
const batches = 60;
const size = { rules: 20, events: 40 };

describe('generated rules on generated events', () => {
  test.each(contenders.map((contender) => [contender.name, contender] as const))(
    '%s says what the reference says',
    async (_name, contender) => {
      let met = 0;
      let verdicts = 0;
      for (let seed = 1; seed <= batches; seed++) {
        const batch = caseBatch(seed, size);
        const wanted = await reference.verdicts(batch);
        const [first] = await differences(batch, contender, wanted);
        if (first !== undefined) expect.fail(`seed ${seed}: ${await shrunk(first, contender)}`);
        met += wanted.flat().length;
        verdicts += batch.rules.length * batch.events.length;
      }
      // Neither always nor never, or the comparison would say nothing.
      expect(verdicts).toBeGreaterThan(40_000);
      expect(met / verdicts).toBeGreaterThan(0.1);
      expect(met / verdicts).toBeLessThan(0.6);
    },
  );

  test('most lines are read as bytes', () => {
    expect(left.ofLines).toBeGreaterThan(4_000);
    expect(left.lines / left.ofLines).toBeLessThan(0.2);
  });

  test('a difference is found, and told small', async () => {
    const deaf: Contender = {
      name: 'deaf to needles',
      verdicts: (batch) => batch.events.map(() => []),
    };
    const batch = caseBatch(1, size);
    const found = await differences(batch, deaf, await reference.verdicts(batch));
    expect(found.length).toBeGreaterThan(0);
    const [first] = found;
    if (first !== undefined) expect((await shrunk(first, deaf)).length).toBeLessThan(250);
  });
});
