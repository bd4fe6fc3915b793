import { fold } from '../fold.ts';
import type { FieldComparison, Pattern } from '../lower/ir.ts';
import { compileGlob } from './glob.ts';
import type { SlowTest } from './image.ts';
import { compareTexts, meetsParts } from './reference.ts';
import { plainTest, type TextTest } from './text-test.ts';

/** The values of the present event, as slow tests ask for them: each text canonical, as it came. */
export interface EventValues {
  /** Texts of an image's field, by its number. */
  textsOf(field: number): readonly string[];
  /** Texts of a field that `fieldref` names. */
  textsNamed(name: string): readonly string[];
  /** Texts of every leaf. */
  leaves(): readonly string[];
  /** Whether a text of the field may stand so to one of the field `name`; false when less than the texts tells it. */
  mayCompare(field: number, name: string, how: FieldComparison): boolean;
}

/** One pattern against one text; `values` is for references to other fields. */
type Test = (text: string, values: EventValues) => boolean;

const halfPair = /\p{Surrogate}/u;

/** Slow tests with their answers for the present event; each is compiled when it is first asked. */
export class SlowTests {
  readonly #tests: readonly SlowTest[];
  readonly #compiled: (readonly Test[] | undefined)[];
  readonly #askedAt: Int32Array;
  readonly #answers: Uint8Array;
  #foldedFrom = '';
  #foldedTo = '';
  /** How many were run, for measurements. */
  runs = 0;

  constructor(tests: readonly SlowTest[]) {
    this.#tests = tests;
    this.#compiled = tests.map(() => undefined);
    this.#askedAt = new Int32Array(tests.length);
    this.#answers = new Uint8Array(tests.length);
  }

  /** Folds a text; several tests of one text fold it once. */
  readonly #folded = (text: string): string => {
    if (text !== this.#foldedFrom) {
      this.#foldedTo = fold(text);
      this.#foldedFrom = text;
    }
    return this.#foldedTo;
  };

  /** Whether a test is met; found out once a generation. */
  met(number: number, generation: number, values: EventValues): boolean {
    if (this.#askedAt[number] === generation) return this.#answers[number] === 1;
    const met = this.#run(number, values);
    this.#askedAt[number] = generation;
    this.#answers[number] = met ? 1 : 0;
    return met;
  }

  /** Generations begin anew. */
  forget(): void {
    this.#askedAt.fill(0);
  }

  #run(number: number, values: EventValues): boolean {
    const test = this.#tests[number];
    if (test === undefined) return false;
    this.runs++;
    if (!test.patterns.some((pattern) => pattern.kind !== 'field' || mayMeet(test.field, pattern, values)))
      return false;
    const texts = test.field < 0 ? values.leaves() : values.textsOf(test.field);
    if (texts.length === 0) return false;
    const compiled = this.#compiled[number] ?? test.patterns.map((pattern) => compileTest(pattern, this.#folded));
    this.#compiled[number] = compiled;
    return texts.some((text) => compiled.some((one) => one(text, values)));
  }
}

function mayMeet(field: number, { name, how }: Pattern & { readonly kind: 'field' }, values: EventValues): boolean {
  return field < 0 || values.mayCompare(field, name, how);
}

function compileTest(pattern: Pattern, folded: (text: string) => string): Test {
  switch (pattern.kind) {
    case 'text': {
      const { parts, cased } = pattern;
      if (parts.some((part) => typeof part === 'string' && halfPair.test(part))) {
        return (text) => meetsParts(parts, text, cased);
      }
      const glob: TextTest = compileGlob(parts, cased);
      return cased ? glob : (text) => glob(folded(text));
    }
    case 'field': {
      const form = (text: string) => (pattern.cased ? text : folded(text));
      // A fold keeps lengths, and most fields that are compared differ in theirs.
      const fits = (text: string, other: string) =>
        pattern.how === 'equals' ? text.length === other.length : text.length >= other.length;
      return (text, values) =>
        values
          .textsNamed(pattern.name)
          .some((other) => fits(text, other) && compareTexts(form(text), pattern.how, form(other)));
    }
    case 'null':
    case 'exists':
      // Presence is a truth of its own, never a slow test.
      return () => false;
    default:
      return plainTest(pattern);
  }
}
