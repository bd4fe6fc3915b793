import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Groups, hashOf } from '../../src/sigma/correlate/stream/groups.ts';

const plain = Array.from({ length: 3_000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);

/** Texts that all belong to a few neighbouring places of the table, as somebody might make them who wants it slow. */
function colliding(many: number): string[] {
  const texts: string[] = [];
  for (let i = 0; texts.length < many; i++) {
    const text = `user-${i}`;
    if ((hashOf(text) & 0x3fff) < 64) texts.push(text);
  }
  return texts;
}

test.each([
  ['plain', plain],
  ['colliding', colliding(400)],
  ['both, long and empty ones', [...plain.slice(0, 500), ...colliding(200), '', 'x'.repeat(10_000), 'đăng nhập']],
])('%s texts keep their numbers as long as they are used', (_, texts) => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: texts.length - 1 }), { minLength: 200, maxLength: 4_000 }), (picks) => {
      const groups = new Groups();
      const known = new Map<string, { readonly id: number; uses: number }>();
      const step = (text: string, releases: boolean): void => {
        const entry = known.get(text);
        expect(groups.find(text)).toBe(entry?.id ?? -1);
        if (entry === undefined) {
          const id = groups.add(text);
          groups.use(id);
          known.set(text, { id, uses: 1 });
        } else if (releases) {
          groups.release(entry.id);
          if (--entry.uses === 0) known.delete(text);
        } else {
          groups.use(entry.id);
          entry.uses++;
        }
      };
      // All at first, so that the table is full of them, then some by turns.
      for (const text of texts) step(text, false);
      for (const [i, pick] of picks.entries()) step(texts[pick] ?? '', i % 3 > 0);
      expect(groups.size).toBe(known.size);
      expect(new Set([...known.values()].map(({ id }) => id)).size).toBe(known.size);
      for (const [text, { id }] of known) {
        expect(groups.find(text)).toBe(id);
        expect(groups.textOf(id)).toBe(text);
      }
    }),
    { numRuns: 8 },
  );
});
