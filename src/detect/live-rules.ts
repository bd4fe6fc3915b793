import { createHash } from 'node:crypto';
import type { RuleFacts } from '../model/finding.ts';
import { severityOf } from '../model/severity.ts';
import {
  type Correlation,
  compileRules,
  type RuleMetadata,
  type RuleSet,
  type UnknownDimension,
} from '../sigma/index.ts';
import { liveCorrelationsOf } from './live-correlations.ts';
import type { LiveRules, Matcher } from './ports.ts';

/** Incident families a rule may name under `vonggac.family`. */
const ruleFamilies = ['intrusion', 'availability', 'policy', 'health'] as const;

/** What of a rule travels with its alerts. Reads our own attribute `vonggac: { title_vi, family }`. */
function ruleFactsOf(rule: RuleMetadata & { readonly hash: string }): RuleFacts {
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

const unlinked = { correlations: [], silent: new Set<string>() } as const;

/** Of the rules and the correlations built on them. */
function versionOf(set: RuleSet, correlations: readonly Correlation[]): string {
  if (correlations.length === 0) return set.version;
  const hash = createHash('sha256').update(set.version);
  for (const line of correlations.map(({ id, hash: text }) => `\n${id} ${text}`).toSorted()) hash.update(line);
  return hash.digest('hex').slice(0, 32);
}

/** A compiled rule set as the detector uses it. Make it once a rule set: the detector tells sets apart by identity. */
export function liveRulesOf(
  set: RuleSet,
  linked: {
    readonly correlations: readonly Correlation[];
    readonly silent: ReadonlySet<string>;
    /** As the set was compiled; default `closed`. */
    readonly unknownDimension?: UnknownDimension;
    /** Default: not at all. */
    readonly prepare?: LiveRules['prepare'];
  } = unlinked,
): LiveRules {
  const { silent, correlations, unknownDimension = 'closed', prepare = async () => undefined } = linked;
  const titles = new Map([...set.rules, ...correlations].map(({ id, title }) => [id, title]));
  return {
    version: versionOf(set, correlations),
    facts: set.rules.map(ruleFactsOf),
    silent,
    correlations: liveCorrelationsOf(correlations, { factsOf: ruleFactsOf, silent, titles }),
    match: (candidate) => set.match(candidate),
    explain: (rule, candidate) => set.explain(rule, candidate),
    prepare,
    part: (numbers): Matcher => {
      const part = compileRules(
        numbers.flatMap((number) => set.rules[number] ?? []),
        { unknownDimension },
      );
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
