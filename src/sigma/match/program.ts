import type { Formula } from './formula.ts';
import { ruleMet, ruleNotMet } from './image.ts';
import type { IntBuffer } from './int-buffer.ts';

/** How a program asks for truths. */
export interface ProgramFacts {
  /** How often each truth is likely to hold. */
  readonly likelihoods: readonly number[];
  /** Truths that are no triggers and are found out when asked for, by the number of their slow test. */
  readonly lazy: ReadonlyMap<number, number>;
}

/**
 * Appends the program of a formula to `code` (see EngineImage.code) and returns its entry. What is likeliest to settle
 * the answer comes first, slow tests last; the order changes nothing but the time.
 */
export function emitProgram(formula: Formula, { likelihoods, lazy }: ProgramFacts, code: IntBuffer): number {
  return emit(formula, ruleMet, ruleNotMet);

  function emit(part: Formula, whenTrue: number, whenFalse: number): number {
    switch (part.kind) {
      case 'truth': {
        const slow = lazy.get(part.truth);
        return test(slow === undefined ? part.truth : ~slow, whenTrue, whenFalse);
      }
      case 'slow': {
        const slow = test(~part.slow, whenTrue, whenFalse);
        // A gate that must itself be found out tells hardly more than the test.
        return part.gate < 0 || lazy.has(part.gate) ? slow : test(part.gate, slow, whenFalse);
      }
      case 'not':
        return emit(part.of, whenFalse, whenTrue);
      default: {
        if (part.of.length === 0) return emitConstant(part.kind === 'all' ? whenTrue : whenFalse);
        // Each part's other way out is the entry of the part behind it, so parts are written from the last on.
        const parts = ordered(part.of, part.kind);
        let entry = part.kind === 'all' ? whenTrue : whenFalse;
        for (const each of parts.toReversed()) {
          entry = part.kind === 'all' ? emit(each, entry, whenFalse) : emit(each, whenTrue, entry);
        }
        return entry;
      }
    }
  }

  function test(number: number, whenTrue: number, whenFalse: number): number {
    const at = code.length;
    code.push(number);
    code.push(whenTrue);
    code.push(whenFalse);
    return at;
  }

  /** An empty `all` holds and an empty `any` does not: both ways out are the same. */
  function emitConstant(next: number): number {
    return test(0, next, next);
  }

  function ordered(parts: readonly Formula[], kind: 'all' | 'any'): readonly Formula[] {
    const sign = kind === 'all' ? 1 : -1;
    return parts
      .map((part) => ({ part, slow: slownessOf(part), likely: sign * chanceOf(part) }))
      .sort((a, b) => a.slow - b.slow || a.likely - b.likely)
      .map(({ part }) => part);
  }

  function chanceOf(part: Formula): number {
    switch (part.kind) {
      case 'truth':
        return likelihoods[part.truth] ?? 1;
      case 'slow':
        return 0.3 * (part.gate < 0 ? 1 : (likelihoods[part.gate] ?? 1));
      case 'not':
        return 1 - chanceOf(part.of);
      case 'all':
        return part.of.reduce((chance, each) => chance * chanceOf(each), 1);
      case 'any':
        return 1 - part.of.reduce((chance, each) => chance * (1 - chanceOf(each)), 1);
    }
  }

  /** 0: truths alone, 1: also truths found out when asked for, 2: slow tests. */
  function slownessOf(part: Formula): number {
    if (part.kind === 'truth') return lazy.has(part.truth) ? 1 : 0;
    if (part.kind === 'slow') return 2;
    return part.kind === 'not' ? slownessOf(part.of) : Math.max(0, ...part.of.map(slownessOf));
  }
}
