import { defaultSigmaLimits, type SigmaLimits } from './limits.ts';
import type { Placeholders } from './lower/item.ts';
import { lowerRule } from './lower/rule.ts';
import { parseRuleDocument } from './parse/rule.ts';
import { readYaml } from './parse/yaml.ts';
import { createProblems, type RuleProblem } from './problem.ts';
import type { Rule } from './rule.ts';
import { sha256 } from './sha256.ts';

export interface ParseOptions {
  /** Value lists for `expand`, by placeholder name without percent signs. */
  readonly placeholders?: Placeholders;
  readonly limits?: SigmaLimits;
}

export interface ParsedRules {
  /** Those of the file's rules that were not refused. */
  readonly rules: Rule[];
  /** All problems of the file, in the order of their places. */
  readonly problems: RuleProblem[];
}

/**
 * Reads the rules of one file, which may hold several documents. Never throws: what is wrong with a rule is reported
 * and the others stand.
 *
 * @param text the file's text; @param file its name, for problems only
 */
export function parseRules(text: string, file: string, options: ParseOptions = {}): ParsedRules {
  const limits = options.limits ?? defaultSigmaLimits;
  const problems = createProblems(file, limits.problems);
  const rules: Rule[] = [];
  for (const document of readYaml(text, limits, problems)) {
    if (!document.sound || document.root === null) continue;
    const source = document.text.replaceAll('\r\n', '\n');
    const hash = sha256(source.trim());
    const tree = parseRuleDocument(document.root, `content-${hash.slice(0, 16)}`, limits, problems);
    const ir = tree === null ? null : lowerRule(tree, options.placeholders ?? {}, limits, problems);
    if (tree === null || ir === null) continue;
    rules.push({ ...tree.metadata, logsource: tree.logsource, file, line: tree.at.line, hash, source, ir });
  }
  const inOrder = problems.all.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return { rules, problems: inOrder };
}
