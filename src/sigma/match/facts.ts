import { fold } from '../fold.ts';
import type { Item, Pattern } from '../lower/ir.ts';
import { anyDash, anyText, dashes, normaliseParts, type TextPart } from '../parse/text-parts.ts';
import { type Formula, join, not } from './formula.ts';
import { gramLiteralMin, gramSize, type SlowTest } from './image.ts';
import { likelihood } from './likelihood.ts';
import { Literals } from './literals.ts';
import { regexLiterals } from './regex-literal.ts';
import { type LiteralKind, shapeOf } from './text-shape.ts';

/** What an image must find out about one field. */
export interface FieldFacts {
  readonly name: string;
  readonly index: number;
  /** Truths; -1 while nobody asks. */
  presence: number;
  exists: number;
  readonly literals: Literals;
  valuesWanted: boolean;
}

/** Expansions of dashes beyond this are left to a slow test behind the likeliest rare literal. */
const dashVariantsMax = 25;

/** Events that show what is asked for before a slow test beside its gate: in more of them it would save too few tests. */
const alsoMax = 0.05;

/** What a text must hold to fit a pattern: any of these folded literals. */
interface Need {
  readonly kind: LiteralKind;
  readonly texts: readonly string[];
}

/** Half of a surrogate pair folds and compares differently alone than in its pair, so no automaton looks for it. */
const halfPair = /\p{Surrogate}/u;

/**
 * Collects what a number of rules ask of an event, each question once however many rules ask it: fields, truths with
 * the literals that make them, and slow tests.
 */
export class Facts {
  readonly fields: FieldFacts[] = [];
  readonly keywords: Literals = new Literals();
  readonly slow: SlowTest[] = [];
  /** How often each truth is likely to hold, by truth. */
  readonly likelihoods: number[] = [];
  readonly #fieldsByName = new Map<string, FieldFacts>();
  readonly #items = new Map<string, Formula>();
  readonly #gates = new Map<string, number>();

  /** The formula of an item; items that say the same have the same one. */
  ofItem = (item: Item): Formula => {
    const key = JSON.stringify([item.field, item.link, item.negated, item.values]);
    const known = this.#items.get(key);
    if (known !== undefined) return known;
    const field = item.field === null ? null : this.#field(item.field);
    // Any of several values is one question; all of them is a question each.
    const questions = item.link === 'all' ? item.values : [item.values.flat()];
    const met = join(
      'all',
      questions.map((patterns) => this.#anyOf(patterns, field)),
    );
    const formula = item.negated ? not(met) : met;
    this.#items.set(key, formula);
    return formula;
  };

  #anyOf(patterns: readonly Pattern[], field: FieldFacts | null): Formula {
    const parts: Formula[] = [];
    let literalsTruth = -1;
    const literal = (kind: LiteralKind, text: string) => {
      if (literalsTruth < 0) {
        literalsTruth = this.#newTruth(0);
        parts.push({ kind: 'truth', truth: literalsTruth });
      }
      this.#addLiteral(kind, text, field, literalsTruth);
    };
    const networks: Pattern[] = [];
    for (const pattern of patterns) {
      switch (pattern.kind) {
        case 'null':
          parts.push(not({ kind: 'truth', truth: this.#presence(field) }));
          break;
        case 'exists': {
          const exists: Formula = { kind: 'truth', truth: this.#exists(field) };
          parts.push(pattern.expected ? exists : not(exists));
          break;
        }
        case 'text':
          for (const variant of variantsOf(pattern.parts)) {
            const shape = shapeOf(variant);
            const plain = shape.kind !== 'glob' && shape.kind !== 'present' && !pattern.cased;
            if (plain && !halfPair.test(shape.text)) literal(shape.kind, shape.text);
            else if (shape.kind === 'present' && field !== null) {
              parts.push({ kind: 'truth', truth: this.#presence(field) });
            } else parts.push(this.#gated({ ...pattern, parts: variant }, field, needsOf(variant)));
          }
          break;
        case 'regex': {
          const texts = regexLiterals(pattern.source, pattern.flags);
          const needs = texts.map((any): Need => ({ kind: 'contains', texts: any.map(fold) }));
          parts.push(this.#gated(pattern, field, needs));
          break;
        }
        case 'cidr':
          networks.push(pattern);
          break;
        default:
          if (pattern.kind === 'field') this.#field(pattern.name).valuesWanted = true;
          parts.push(this.#slowTest([pattern], field, this.#there(field)));
      }
    }
    if (networks.length > 0) parts.push(this.#slowTest(networks, field, this.#there(field)));
    return join('any', parts);
  }

  #slowTest(patterns: readonly Pattern[], field: FieldFacts | null, gate: number): Formula {
    if (field !== null) field.valuesWanted = true;
    this.slow.push({ field: field?.index ?? -1, patterns });
    return { kind: 'slow', slow: this.slow.length - 1, gate };
  }

  /** A slow test behind the rarest of what it needs, and the next rarest where that is rare too. */
  #gated(pattern: Pattern, field: FieldFacts | null, needs: readonly Need[]): Formula {
    const [first, second] = needs
      .filter(({ texts }) => !texts.some((text) => halfPair.test(text)))
      .map((need) => ({
        ...need,
        shortest: Math.min(...need.texts.map(({ length }) => length)),
        chance: chanceOf(need),
      }))
      // Literals that windows cannot tell (gram-literals.ts) only where there is nothing else.
      .sort((a, b) => Number(a.shortest < gramLiteralMin) - Number(b.shortest < gramLiteralMin) || a.chance - b.chance);
    const gate = first === undefined ? this.#there(field) : this.#gate(first.kind, first.texts, field);
    const slow = this.#slowTest([pattern], field, gate);
    if (second === undefined || second.shortest < gramSize || second.chance > alsoMax) return slow;
    return join('all', [{ kind: 'truth', truth: this.#gate(second.kind, second.texts, field) }, slow]);
  }

  /** The truth of any of some literals. */
  #gate(kind: LiteralKind, texts: readonly string[], field: FieldFacts | null): number {
    const key = JSON.stringify([field?.index ?? -1, kind, texts]);
    const known = this.#gates.get(key);
    if (known !== undefined) return known;
    const truth = this.#newTruth(0);
    this.#gates.set(key, truth);
    for (const text of texts) this.#addLiteral(kind, text, field, truth);
    return truth;
  }

  #addLiteral(kind: LiteralKind, text: string, field: FieldFacts | null, truth: number): void {
    (field?.literals ?? this.keywords).add(kind, text, truth);
    this.likelihoods[truth] = Math.min(1, (this.likelihoods[truth] ?? 0) + likelihood(kind, text));
  }

  #there(field: FieldFacts | null): number {
    return field === null ? -1 : this.#presence(field);
  }

  #presence(field: FieldFacts | null): number {
    if (field === null) return -1;
    if (field.presence < 0) field.presence = this.#newTruth(1);
    return field.presence;
  }

  #exists(field: FieldFacts | null): number {
    if (field === null) return -1;
    if (field.exists < 0) field.exists = this.#newTruth(1);
    return field.exists;
  }

  #newTruth(likelihoodOfIt: number): number {
    this.likelihoods.push(likelihoodOfIt);
    return this.likelihoods.length - 1;
  }

  #field(name: string): FieldFacts {
    const known = this.#fieldsByName.get(name);
    if (known !== undefined) return known;
    const index = this.fields.length;
    const field = { name, index, presence: -1, exists: -1, literals: new Literals(), valuesWanted: false };
    this.#fieldsByName.set(name, field);
    this.fields.push(field);
    return field;
  }
}

/** The same parts with each dash written out, while that stays few; otherwise the parts as they are. */
function variantsOf(parts: readonly TextPart[]): (readonly TextPart[])[] {
  const count = parts.filter((part) => part === anyDash).length;
  if (count === 0 || dashes.length ** count > dashVariantsMax) return [parts];
  let variants: TextPart[][] = [[]];
  for (const part of parts) {
    const choices = part === anyDash ? dashes : [part];
    variants = variants.flatMap((variant) => choices.map((choice) => [...variant, choice]));
  }
  const written = variants.map(normaliseParts);
  // What stays a glob would be one slow test a variant instead of one.
  const isGlob = written.some((variant) => variant.filter((part) => part !== anyText).length > 1);
  return isGlob ? [parts] : written;
}

/** The literals of a glob, wherever they must stand. */
function needsOf(parts: readonly TextPart[]): Need[] {
  return parts.flatMap((part, i): Need[] => {
    if (typeof part !== 'string') return [];
    const first = i === 0;
    const last = i === parts.length - 1;
    return [{ kind: first && last ? 'exact' : first ? 'prefix' : last ? 'suffix' : 'contains', texts: [fold(part)] }];
  });
}

function chanceOf({ kind, texts }: Need): number {
  return texts.reduce((sum, text) => sum + likelihood(kind, text), 0);
}
