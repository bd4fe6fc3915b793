import type { MatchedField } from '../model/finding.ts';
import type { Candidate, LiveRules, Matcher } from './ports.ts';

/**
 * Matching in which a rule that throws harms nobody but itself. It costs nothing while all rules are well: only when
 * the set as a whole throws are the rules tried one by one, and the sick ones are held apart from then on.
 */
export interface Isolated {
  match(candidate: Candidate): readonly number[];
  /** [] when the rule cannot explain itself. */
  explain(rule: number, candidate: Candidate): readonly MatchedField[];
  /** Rules that threw so far. */
  sick(): readonly number[];
}

/** `failed` is told every throw, with the rule's number. */
export function isolateRules(rules: LiveRules, failed: (rule: number, error: unknown) => void): Isolated {
  const alone = new Map<number, Matcher>();
  const sick = new Set<number>();
  let well: Matcher = rules;

  const matchOne = (rule: number, candidate: Candidate): boolean | null => {
    try {
      const matcher = alone.get(rule) ?? rules.part([rule]);
      alone.set(rule, matcher);
      return matcher.match(candidate).length > 0;
    } catch (error) {
      failed(rule, error);
      return null;
    }
  };

  /** One by one; finds who threw. */
  const matchSingly = (candidate: Candidate): number[] => {
    const met: number[] = [];
    const before = sick.size;
    rules.facts.forEach((_, rule) => {
      const hit = matchOne(rule, candidate);
      if (hit === null) sick.add(rule);
      else if (hit) met.push(rule);
    });
    if (sick.size > before) well = rules.part(rules.facts.map((_, rule) => rule).filter((rule) => !sick.has(rule)));
    for (const rule of alone.keys()) if (!sick.has(rule)) alone.delete(rule);
    return met;
  };

  return {
    sick: () => [...sick].sort((a, b) => a - b),
    match: (candidate) => {
      let met: readonly number[];
      try {
        met = well.match(candidate);
      } catch {
        return matchSingly(candidate);
      }
      if (sick.size === 0) return met;
      const also = [...sick].filter((rule) => matchOne(rule, candidate) === true);
      return also.length === 0 ? met : [...met, ...also].sort((a, b) => a - b);
    },
    explain: (rule, candidate) => {
      try {
        return rules.explain(rule, candidate);
      } catch (error) {
        failed(rule, error);
        return [];
      }
    },
  };
}
