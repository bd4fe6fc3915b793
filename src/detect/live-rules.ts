import type { RuleFacts } from '../model/finding.ts';
import { severityOf } from '../model/severity.ts';
import { compileRules, type Rule, type RuleSet } from '../sigma/index.ts';
import type { LiveRules, Matcher } from './ports.ts';

/** Incident families a rule may name under `vonggac.family`. */
const ruleFamilies = ['intrusion', 'availability', 'policy', 'health'] as const;

/** What of a rule travels with its alerts. Reads our own attribute `vonggac: { title_vi, family }`. */
function ruleFactsOf(rule: Rule): RuleFacts {
  const own = rule.custom.vonggac;
  const { title_vi: titleVi, family } = isRecord(own) ? own : {};
  // Without a word of its own, a rule that names an attack technique is about an intrusion.
  const byTags = rule.tags.some((tag) => tag.toLowerCase().startsWith('attack.')) ? 'intrusion' : 'policy';
  return {
    id: rule.id,
    title: rule.title,
    titleVi: typeof titleVi === 'string' ? titleVi : '',
    severity: severityOf(rule.level),
    hash: rule.hash,
    tags: rule.tags,
    author: rule.author,
    license: rule.license,
    family: ruleFamilies.find((known) => known === family) ?? byTags,
  };
}

/** A compiled rule set as the detector uses it. Make it once a rule set: the detector tells sets apart by identity. */
export function liveRulesOf(set: RuleSet): LiveRules {
  return {
    version: set.version,
    facts: set.rules.map(ruleFactsOf),
    match: (candidate) => set.match(candidate),
    explain: (rule, candidate) => set.explain(rule, candidate),
    part: (numbers): Matcher => {
      const part = compileRules(numbers.flatMap((number) => set.rules[number] ?? []));
      return {
        match: (candidate) => part.match(candidate).map((index) => numbers[index] ?? -1),
        explain: (rule, candidate) => set.explain(rule, candidate),
      };
    },
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
