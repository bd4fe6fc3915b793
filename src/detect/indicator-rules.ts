import type { MatchedField, RuleFacts } from '../model/finding.ts';
import type { Candidate, LiveRules, Matcher } from './ports.ts';

/** Indicator lists as detection needs them: like rules, numbered from 0. A new object whenever they change. */
export interface LiveIndicators {
  /** '' without lists. */
  readonly version: string;
  readonly facts: readonly RuleFacts[];
  match(candidate: Candidate): readonly number[];
  explain(list: number, candidate: Candidate): readonly MatchedField[];
}

/** Rules with the lists behind them, so that what a list finds goes the way of what a rule finds. */
export function withIndicators(live: LiveRules, lists: LiveIndicators): LiveRules {
  if (lists.facts.length === 0) return live;
  const rules = live.facts.length;
  const both = (inner: Matcher, numbers: ReadonlySet<number> | null): Matcher => ({
    match: (candidate) => {
      const met = inner.match(candidate);
      const listed = lists.match(candidate);
      if (listed.length === 0) return met;
      const own = listed.map((list) => rules + list);
      return [...met, ...(numbers === null ? own : own.filter((number) => numbers.has(number)))];
    },
    explain: (rule, candidate) =>
      rule < rules ? inner.explain(rule, candidate) : lists.explain(rule - rules, candidate),
  });
  return {
    ...live,
    version: `${live.version}+${lists.version}`,
    facts: [...live.facts, ...lists.facts],
    ...both(live, null),
    part: (numbers) => both(live.part(numbers.filter((number) => number < rules)), new Set(numbers)),
  };
}
