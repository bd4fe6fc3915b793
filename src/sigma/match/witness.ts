import type { Formula } from './formula.ts';

/** Truths of which at least one holds whenever the formula does, and how often one is likely to. */
export interface Witness {
  readonly truths: readonly number[];
  readonly likelihood: number;
}

/**
 * The least likely witness; null when the formula can hold without any truth doing so (a rule like that must be decided
 * for every event). A witness decides speed, never the answer.
 */
export function witnessOf(formula: Formula, likelihoods: readonly number[]): Witness | null {
  return find(formula, false);

  function find(part: Formula, negated: boolean): Witness | null {
    switch (part.kind) {
      case 'truth':
        return negated ? null : of(part.truth);
      case 'slow':
        return negated || part.gate < 0 ? null : of(part.gate);
      case 'not':
        return find(part.of, !negated);
      default: {
        const parts = part.of.map((each) => find(each, negated));
        return (part.kind === 'all') === negated ? union(parts) : least(parts);
      }
    }
  }

  function of(truth: number): Witness {
    return { truths: [truth], likelihood: likelihoods[truth] ?? 1 };
  }
}

function least(all: readonly (Witness | null)[]): Witness | null {
  let best: Witness | null = null;
  for (const one of all) if (one !== null && (best === null || one.likelihood < best.likelihood)) best = one;
  return best;
}

function union(all: readonly (Witness | null)[]): Witness | null {
  const truths = new Set<number>();
  let likelihood = 0;
  for (const one of all) {
    if (one === null) return null;
    for (const truth of one.truths) truths.add(truth);
    likelihood += one.likelihood;
  }
  return { truths: [...truths], likelihood };
}
