import type { RuleIr } from '../lower/ir.ts';
import { AutomataBuilder } from './automata.ts';
import { classesOf, isAscii } from './classes.ts';
import { Facts } from './facts.ts';
import { type Formula, formulaOf } from './formula.ts';
import { GramLiteralsBuilder } from './gram-literals.ts';
import type { EngineImage, FieldImage } from './image.ts';
import { IntBuffer } from './int-buffer.ts';
import { lazyTruths } from './lazy-truths.ts';
import type { Literals } from './literals.ts';
import { emitProgram } from './program.ts';
import type { LiteralKind } from './text-shape.ts';
import { WideAutomataBuilder, type WideLiteral } from './wide-automata.ts';
import { witnessOf } from './witness.ts';

/** A rule as it goes into an image. */
export interface RuleToCompile {
  /** Its number in the rule set. */
  readonly index: number;
  readonly ir: RuleIr;
}

/** Fields with this many contained literals hold the keywords' too: one scan of a value instead of two. */
const keywordsJoinMin = 24;

/** Compiles rules, given in ascending order of their indexes. */
export function compileImage(rules: readonly RuleToCompile[]): EngineImage {
  const facts = new Facts();
  const formulas = rules.map(({ ir }) => formulaOf(ir, facts.ofItem));
  const candidates = candidatesOf(formulas, facts.likelihoods);
  const { numbers } = candidates;
  const lazy = lazyTruths(facts, (truth) => (numbers[truth] ?? 0) < candidates.triggers);
  const code = new IntBuffer();
  const programFacts = { likelihoods: facts.likelihoods, lazy };
  const entry = Int32Array.from(formulas, (formula) => emitProgram(formula, programFacts, code));
  const all = [facts.keywords, ...facts.fields.map((field) => field.literals)];
  const classes = classesOf(asciiTexts(all));
  const builder = new AutomataBuilder(classes);
  const grams = new GramLiteralsBuilder();
  const listOf = (truths: readonly number[]) => builder.listOf(truths);
  const wide = new WideAutomataBuilder();
  const keywords = new LiteralSets(facts.keywords, numbers, lazy);
  const fields = facts.fields.map((field): FieldImage => {
    const own = new LiteralSets(field.literals, numbers, lazy);
    const holdsKeywords = own.ascii.contains.size >= keywordsJoinMin || keywords.isEmpty;
    if (holdsKeywords) own.take(keywords);
    return {
      name: field.name,
      presence: field.presence < 0 ? -1 : (numbers[field.presence] ?? -1),
      exists: field.exists < 0 ? -1 : (numbers[field.exists] ?? -1),
      contains: builder.contains(own.ascii.contains),
      grams: grams.add(own.ascii.contains, listOf),
      forward: builder.forward(own.ascii.exact, own.ascii.prefix),
      backward: builder.backward(own.ascii.suffix),
      wide: wide.add(own.wideLiterals(builder)),
      holdsKeywords,
      valuesWanted: field.valuesWanted,
    };
  });
  const keywordsWanted = facts.slow.some((slow) => slow.field < 0);
  const keywordRoots = {
    contains: builder.contains(keywords.ascii.contains),
    grams: grams.add(keywords.ascii.contains, listOf),
    wide: wide.add(keywords.wideLiterals(builder)),
    inNumbers: [...keywords.ascii.contains.keys()].some(standsInNumbers),
    inIntegers: [...keywords.ascii.contains.keys()].some((text) => /^-?\d*$/.test(text)),
  };
  return {
    rules: Int32Array.from(rules, (rule) => rule.index),
    classes: classes.table,
    stride: builder.stride,
    ...builder.take(),
    ...grams.take(),
    wide: wide.take(),
    fields,
    keywords: keywordRoots,
    leavesWanted: keywordsWanted || keywordRoots.contains !== 0 || keywordRoots.wide !== 0,
    truths: facts.likelihoods.length,
    triggers: candidates.triggers,
    triggerAt: candidates.triggerAt,
    triggerRules: candidates.triggerRules,
    open: candidates.open,
    entry,
    code: renumbered(code.take(), numbers),
    slow: facts.slow,
  };
}

/** Whether a folded literal can stand in the canonical text of a number or a boolean. */
function standsInNumbers(text: string): boolean {
  return /^[-+.0-9en]+$/.test(text) || ['true', 'false', 'nan', '-infinity'].some((word) => word.includes(text));
}

interface Candidates {
  /** The number each truth gets: triggers first. */
  readonly numbers: Int32Array;
  readonly triggers: number;
  readonly triggerAt: Int32Array;
  readonly triggerRules: Int32Array;
  readonly open: Int32Array;
}

/** Which truths make which rules candidates. */
function candidatesOf(formulas: readonly Formula[], likelihoods: readonly number[]): Candidates {
  const rulesOf: (number[] | undefined)[] = likelihoods.map(() => undefined);
  const open: number[] = [];
  for (const [rule, formula] of formulas.entries()) {
    const witness = witnessOf(formula, likelihoods);
    if (witness === null) open.push(rule);
    for (const truth of witness?.truths ?? []) {
      const list = rulesOf[truth];
      if (list === undefined) rulesOf[truth] = [rule];
      else list.push(rule);
    }
  }
  const numbers = new Int32Array(likelihoods.length);
  const triggerAt = [0];
  const triggerRules: number[] = [];
  for (const [truth, list] of rulesOf.entries()) {
    if (list === undefined) continue;
    numbers[truth] = triggerAt.length - 1;
    triggerRules.push(...list);
    triggerAt.push(triggerRules.length);
  }
  const triggers = triggerAt.length - 1;
  let next = triggers;
  for (const [truth, list] of rulesOf.entries()) if (list === undefined) numbers[truth] = next++;
  return {
    numbers,
    triggers,
    triggerAt: Int32Array.from(triggerAt),
    triggerRules: Int32Array.from(triggerRules),
    open: Int32Array.from(open),
  };
}

function renumbered(code: Int32Array, numbers: Int32Array): Int32Array {
  for (let at = 0; at < code.length; at += 3) {
    const test = code[at] ?? 0;
    if (test >= 0) code[at] = numbers[test] ?? 0;
  }
  return code;
}

const kinds: readonly LiteralKind[] = ['exact', 'prefix', 'suffix', 'contains'];

/** Literals of one place with their truths as numbered in the image, ASCII ones apart from the others. */
class LiteralSets {
  readonly ascii: Record<LiteralKind, Map<string, readonly number[]>> = {
    exact: new Map(),
    prefix: new Map(),
    suffix: new Map(),
    contains: new Map(),
  };
  readonly #wide: { readonly kind: LiteralKind; readonly text: string; readonly truths: readonly number[] }[] = [];

  constructor(literals: Literals, numbers: Int32Array, lazy: ReadonlyMap<number, number>) {
    for (const kind of kinds) {
      for (const [text, unnumbered] of literals.of(kind)) {
        const truths = unnumbered.filter((truth) => !lazy.has(truth)).map((truth) => numbers[truth] ?? 0);
        if (truths.length === 0) continue;
        if (isAscii(text)) this.ascii[kind].set(text, truths);
        else this.#wide.push({ kind, text, truths });
      }
    }
  }

  get isEmpty(): boolean {
    return this.#wide.length === 0 && kinds.every((kind) => this.ascii[kind].size === 0);
  }

  /** Takes in the literals of another set. */
  take(other: LiteralSets): void {
    for (const [text, truths] of other.ascii.contains) {
      this.ascii.contains.set(text, [...(this.ascii.contains.get(text) ?? []), ...truths]);
    }
    this.#wide.push(...other.#wide);
  }

  wideLiterals(builder: AutomataBuilder): WideLiteral[] {
    return this.#wide.map(({ kind, text, truths }) => ({ kind, text, list: builder.listOf(truths) }));
  }
}

function* asciiTexts(all: readonly Literals[]): Generator<string> {
  for (const literals of all)
    for (const kind of kinds) for (const text of literals.of(kind).keys()) if (isAscii(text)) yield text;
}
