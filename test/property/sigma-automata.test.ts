import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold } from '../../src/sigma/index.ts';
import type { Item, Pattern, RuleIr } from '../../src/sigma/lower/ir.ts';
import { AutomataBuilder } from '../../src/sigma/match/automata.ts';
import { classesOf } from '../../src/sigma/match/classes.ts';
import { compileImage } from '../../src/sigma/match/compile-image.ts';
import type { EngineImage } from '../../src/sigma/match/image.ts';
import { Marks } from '../../src/sigma/match/marks.ts';
import { ObjectPath } from '../../src/sigma/match/object-path.ts';
import { meets } from '../../src/sigma/match/reference.ts';
import { TextScan } from '../../src/sigma/match/text-scan.ts';
import type { LiteralKind } from '../../src/sigma/match/text-shape.ts';
import { WideAutomataBuilder } from '../../src/sigma/match/wide-automata.ts';
import { anyText, type TextPart } from '../../src/sigma/parse/text-parts.ts';

const runs = { numRuns: Number(process.env.SIGMA_RUNS ?? 300) };

/** Few letters, so that literals overlap, contain each other and stand in texts; some long, so that parts are checked. */
const letters = fc.constantFrom('a', 'b', 'A', '\\', '.', 'e', 'x', '-', '0');
const asciiText = fc.oneof(
  { weight: 4, arbitrary: fc.array(letters, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom('\\windows\\', 'system32', 'a', '.exe', '-k ', 'imphash=', '0f'), {
        minLength: 1,
        maxLength: 5,
      })
      .map((parts) => parts.join('')),
  },
);
const wideText = fc
  .array(fc.constantFrom('a', 'B', 'đ', 'Đ', 'Σ', 'σ', '\u212a', 'İ', '😀', '𐐀', '–'), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join(''));
const isWide = (text: string) => [...text].some((c) => (c.codePointAt(0) ?? 0) > 127);

const stands: Record<LiteralKind, (text: string, literal: string) => boolean> = {
  exact: (text, literal) => text === literal,
  prefix: (text, literal) => text.startsWith(literal),
  suffix: (text, literal) => text.endsWith(literal),
  contains: (text, literal) => text.includes(literal),
};
const kind = fc.constantFrom<LiteralKind>('exact', 'prefix', 'suffix', 'contains');

/** Literals whose number is their truth → the truths a naive search finds. */
function searched(literals: readonly (readonly [LiteralKind, string])[], text: string): number[] {
  return literals.flatMap(([how, literal], truth) => (stands[how](fold(text), literal) ? [truth] : []));
}

function truthsOf(literals: readonly (readonly [LiteralKind, string])[], wanted: LiteralKind): Map<string, number[]> {
  const truths = new Map<string, number[]>();
  for (const [truth, [how, text]] of literals.entries()) {
    if (how === wanted) truths.set(text, [...(truths.get(text) ?? []), truth]);
  }
  return truths;
}

const noImage: EngineImage = compileImage([]);

describe('automata find what a naive search finds', () => {
  test('ASCII: contained, whole, at the start, at the end', () => {
    let hits = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(kind, asciiText.map(fold)), { maxLength: 40 }),
        fc.array(
          fc.oneof(
            asciiText,
            fc.tuple(asciiText, wideText, asciiText).map((parts) => parts.join('')),
          ),
        ),
        (literals, texts) => {
          const classes = classesOf(literals.map(([, text]) => text));
          const builder = new AutomataBuilder(classes);
          const contains = builder.contains(truthsOf(literals, 'contains'));
          const forward = builder.forward(truthsOf(literals, 'exact'), truthsOf(literals, 'prefix'));
          const backward = builder.backward(truthsOf(literals, 'suffix'));
          const image = { ...noImage, ...builder.take(), classes: classes.table, stride: builder.stride };
          const scan = new TextScan(image);
          const marks = new Marks(literals.length, literals.length);
          for (const text of [...texts, ...literals.map(([, literal]) => `${literal}${literal}`), '']) {
            marks.next();
            if (contains !== 0) scan.contains(contains, text, marks);
            if (forward !== 0) scan.forward(forward, text, marks);
            if (backward !== 0) scan.backward(backward, text, marks);
            const found = [...marks.queue.subarray(0, marks.queued)].sort((a, b) => a - b);
            expect(found).toEqual(searched(literals, text));
            hits += found.length;
          }
        },
      ),
      runs,
    );
    expect(hits).toBeGreaterThan(100);
  });

  test('beyond ASCII: the same, by the fold of code points', () => {
    let hits = 0;
    const literal = fc.tuple(kind, wideText.filter(isWide).map(fold));
    fc.assert(
      fc.property(fc.array(literal, { maxLength: 30 }), fc.array(wideText), (literals, texts) => {
        const builder = new AutomataBuilder(classesOf([]));
        const wide = new WideAutomataBuilder();
        const half = literals.length >> 1;
        const toWide = ([how, text]: readonly [LiteralKind, string], truth: number) => {
          return { kind: how, text, list: builder.listOf([truth]) };
        };
        const all = literals.map(toWide);
        const roots = [wide.add(all.slice(0, half)), wide.add(all.slice(half))];
        const scan = new TextScan({ ...noImage, ...builder.take(), wide: wide.take() });
        const marks = new Marks(literals.length, literals.length);
        for (const text of [...texts, texts.join('')]) {
          marks.next();
          for (const root of roots) if (root !== 0) scan.wide(root, text, marks);
          const found = [...marks.queue.subarray(0, marks.queued)].sort((a, b) => a - b);
          expect(found).toEqual(searched(literals, text));
          hits += found.length;
        }
      }),
      runs,
    );
    expect(hits).toBeGreaterThan(100);
  });
});

const pattern = fc.oneof(
  fc.tuple(kind, fc.oneof(asciiText, wideText)).map(([how, text]): Pattern => {
    const parts: TextPart[] = [text];
    if (how === 'contains' || how === 'suffix') parts.unshift(anyText);
    if (how === 'contains' || how === 'prefix') parts.push(anyText);
    return { kind: 'text', parts, cased: false };
  }),
  asciiText.map((text): Pattern => ({ kind: 'text', parts: [anyText, text, anyText, '0', anyText], cased: true })),
  fc.constant<Pattern>({ kind: 'null' }),
  fc.boolean().map((expected): Pattern => ({ kind: 'exists', expected })),
);
const item = fc
  .record({
    field: fc.constantFrom('Image', 'CommandLine', 'a.b', 'a.b.c', 'a.b.c.d.e', 'n'),
    link: fc.constantFrom<'any' | 'all'>('any', 'all'),
    negated: fc.boolean(),
    values: fc.array(fc.array(pattern, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 5 }),
  })
  .map((drawn): Item => ({ ...drawn, at: { line: 1, column: 1 } }));
const rule = fc.array(item, { minLength: 1, maxLength: 3 }).map((items): RuleIr => {
  const of = items.map((one) => ({ kind: 'item' as const, item: one }));
  return {
    selections: new Map([['s', { kind: 'all', of }]]),
    condition: { kind: 'selections', link: 'all', names: ['s'] },
  };
});
const value = fc.oneof(asciiText, wideText, fc.constantFrom<unknown>(null, 1, true, [], ['a', 'b'], [null]));
const inner = fc.dictionary(fc.constantFrom('b', 'c', 'b.c', 'c.d.e', 'd', 'd.e', 'e'), value);
const event = fc.dictionary(
  fc.constantFrom('Image', 'CommandLine', 'a', 'a.b', 'a.b.c', 'a.b.c.d.e', 'n', 'other'),
  fc.oneof(
    { weight: 3, arbitrary: value },
    { weight: 2, arbitrary: inner },
    {
      weight: 1,
      arbitrary: fc.array(fc.oneof(inner, fc.dictionary(fc.constantFrom('b', 'c'), inner)), { maxLength: 3 }),
    },
    { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('b', 'b.c'), inner) },
  ),
);

/** As a cache file or a worker would get it: typed arrays copied, all else through JSON. */
function roundTrip(image: EngineImage): EngineImage {
  const parts = Object.entries(image).map(([name, part]) => {
    const copy: unknown = ArrayBuffer.isView(part) ? structuredClone(part) : JSON.parse(JSON.stringify(part));
    return [name, copy];
  });
  const copy = Object.fromEntries(parts) as EngineImage;
  return { ...copy, wide: structuredClone(image.wide) };
}

describe('an image', () => {
  test('gives the reference answers: with and without value cache, kept and read back, event after event', () => {
    let met = 0;
    fc.assert(
      fc.property(
        fc.array(rule, { minLength: 1, maxLength: 10 }),
        fc.array(event, { minLength: 1, maxLength: 10 }),
        (irs, events) => {
          const image = compileImage(irs.map((ir, index) => ({ index: index * 2, ir })));
          const paths = [
            new ObjectPath(image),
            new ObjectPath(image, { valueCache: false }),
            new ObjectPath(roundTrip(image)),
          ];
          for (const fields of [...events, ...events]) {
            const wanted = irs.flatMap((ir, index) => (meets(ir, fields) ? [index * 2] : []));
            for (const path of paths) expect(path.match(fields)).toEqual(wanted);
            met += wanted.length;
          }
        },
      ),
      runs,
    );
    expect(met).toBeGreaterThan(100);
  });
});
