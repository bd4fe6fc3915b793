import { defaultSigmaLimits, type SigmaLimits } from './limits.ts';
import type { Placeholders } from './lower/item.ts';
import { lowerRule } from './lower/rule.ts';
import { documentName, parseRuleDocument } from './parse/rule.ts';
import { readYaml, type YamlDocument } from './parse/yaml.ts';
import { createProblems, type Problems, type RuleProblem } from './problem.ts';
import type { Rule } from './rule.ts';
import { sha256 } from './sha256.ts';

export interface ParseOptions {
  /** Value lists for `expand`, by placeholder name without percent signs. */
  readonly placeholders?: Placeholders;
  readonly limits?: SigmaLimits;
}

/** What became of one document of a file. */
export interface RuleDocument {
  readonly line: number;
  /** id and title as written, '' where they are missing or not readable. */
  readonly id: string;
  readonly title: string;
  /** null when it was refused, or is a correlation or filter. */
  readonly rule: Rule | null;
  readonly outcome: 'ok' | 'warning' | 'refused';
  readonly problems: readonly RuleProblem[];
}

export interface ParsedRules {
  /** Those of the file's rules that were not refused. */
  readonly rules: Rule[];
  /** All problems of the file, in the order of their places. */
  readonly problems: RuleProblem[];
  readonly documents: RuleDocument[];
}

/**
 * Reads the rules of one file, which may hold several documents. Never throws: what is wrong with a rule is reported
 * and the others stand.
 *
 * @param text the file's text; @param file its name, for problems only
 */
export function parseRules(text: string, file: string, options: ParseOptions = {}): ParsedRules {
  const problems = createProblems(file, (options.limits ?? defaultSigmaLimits).problems);
  const read = readYaml(text, options.limits ?? defaultSigmaLimits, problems);
  const documents = read.flatMap((document) => {
    const empty = document.root === null && document.sound;
    return empty ? [] : [parseDocument(document, file, options, problems)];
  });
  if (read.length === 0 && problems.refusals() > 0) {
    documents.push({ line: 1, id: '', title: '', rule: null, outcome: 'refused', problems: [...problems.all] });
  }
  return {
    rules: documents.flatMap(({ rule }) => rule ?? []),
    problems: problems.all.toSorted((a, b) => a.line - b.line || a.column - b.column),
    documents,
  };
}

function parseDocument(document: YamlDocument, file: string, options: ParseOptions, problems: Problems): RuleDocument {
  const limits = options.limits ?? defaultSigmaLimits;
  const reported = problems.all.length;
  const refusals = problems.refusals();
  let rule: Rule | null = null;
  if (document.sound && document.root !== null) {
    const source = document.text.replaceAll('\r\n', '\n');
    const hash = sha256(source.trim());
    const tree = parseRuleDocument(document.root, `content-${hash.slice(0, 16)}`, limits, problems);
    const ir = tree === null ? null : lowerRule(tree, options.placeholders ?? {}, limits, problems);
    if (tree !== null && ir !== null && problems.refusals() === refusals) {
      rule = { ...tree.metadata, logsource: tree.logsource, file, line: document.line, hash, source, ir };
    }
  }
  const own = [...document.problems, ...problems.all.slice(reported)];
  const refused = !document.sound || problems.refusals() > refusals;
  return {
    line: document.line,
    ...documentName(document.root),
    rule,
    outcome: refused ? 'refused' : own.length > 0 ? 'warning' : 'ok',
    problems: own,
  };
}
