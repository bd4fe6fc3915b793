import { describe, expect, test } from 'vitest';
import { compileRules, meets, parseRules } from '../../src/sigma/index.ts';
import { createRandom } from './sigma-case-random.ts';
import { caseBatch, eventOf } from './sigma-cases.ts';
import { type Contender, contenders, differences, left, reference, shrunk } from './sigma-contenders.ts';

/** `npm run proof -- --cases 1000000` does the same for as long as one likes. */
const batches = 60;
/** Of a machine that is busy with much else. */
const timeoutMs = 120_000;
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
    timeoutMs,
  );

  test('hundreds of rules in one set share their automata and mean the same', async () => {
    const batch = caseBatch(1_000, { rules: 500, events: 20 });
    const wanted = await reference.verdicts(batch);
    expect(batch.rules.length).toBeGreaterThan(450);
    for (const contender of contenders) {
      const [first] = await differences(batch, contender, wanted);
      if (first !== undefined) expect.fail(await shrunk(first, contender));
    }
  }, 120_000);

  test('lines of broken UTF-8 mean what their text with U+FFFD means', () => {
    let read = 0;
    for (let seed = 2_000; seed < 2_010; seed++) {
      const random = createRandom(seed);
      const { rules, events } = caseBatch(seed, size);
      const set = compileRules(rules);
      for (const { line } of events) {
        const broken = Buffer.from(line);
        for (let i = random.int(2); i >= 0; i--) broken[random.int(broken.length)] = 0x80 + random.int(0x80);
        const event = eventOf(broken.toString());
        const met = set.matchLine(broken, 0, broken.length, { routing: false });
        if (event === null) expect([met, broken.toString()]).toEqual([null, broken.toString()]);
        if (event === null || met === null) continue;
        const wanted = rules.flatMap((rule, i) => (meets(rule.ir, event.fields) ? [i] : []));
        expect([broken.toString('latin1'), met]).toEqual([broken.toString('latin1'), wanted]);
        read++;
      }
    }
    expect(read).toBeGreaterThan(80);
  }, 120_000);

  test('most lines are read as bytes', () => {
    expect(left.ofLines).toBeGreaterThan(4_000);
    expect(left.lines / left.ofLines).toBeLessThan(0.2);
  });

  test.each(contenders.map((contender) => [contender.name, contender] as const))(
    '%s sees as deep as the reference, and no deeper',
    async (_name, contender) => {
      const detections = ['{ a: x }', '[x]', '{ d.d.d: x }', '{ a: null }', '{ a.d|exists: true }', "{ a: '*' }"];
      const text = detections
        .map((sel, i) => `title: t${i}\nlogsource: { product: x }\ndetection: { sel: ${sel}, condition: sel }\n`)
        .join('---\n');
      const events = Array.from({ length: 16 }, (_, i) => 55 + i).flatMap((levels) =>
        [
          `{"a":${'['.repeat(levels)}"x"${']'.repeat(levels)}}`,
          `{"a":${'{"d":'.repeat(levels)}"x"${'}'.repeat(levels)}}`,
          `{"a":${'[{"d":'.repeat(levels / 2)}"x"${'}]'.repeat(levels / 2)}}`,
          `{"d":{"d":{"d":${'['.repeat(levels)}"x"${']'.repeat(levels)}}},"a":${'['.repeat(levels)}${']'.repeat(levels)}}`,
        ].flatMap((line) => eventOf(line) ?? []),
      );
      const batch = { rules: parseRules(text, 'deep').rules, events };
      const wanted = await reference.verdicts(batch);
      expect((await differences(batch, contender, wanted)).map(({ rule, event }) => [rule.source, event.line])).toEqual(
        [],
      );
      expect(wanted.flat().length).toBeGreaterThan(50);
    },
  );

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
