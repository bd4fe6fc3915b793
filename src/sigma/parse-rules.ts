import { defaultSigmaLimits, type SigmaLimits } from './limits.ts';
import type { CorrelationDraft } from './link/correlation.ts';
import type { SiteFilter } from './link/filter.ts';
import type { Placeholders } from './lower/item.ts';
import { lowerRule } from './lower/rule.ts';
import { parseCorrelationDocument } from './parse/correlation.ts';
import { parseFilterDocument } from './parse/filter.ts';
import { actionOf, createLegacyActions, type LegacyActions } from './parse/legacy-action.ts';
import type { PlacedText } from './parse/placed-text.ts';
import { documentName, parseRuleDocument } from './parse/rule.ts';
import { readYaml, type YamlDocument, type YamlMap } from './parse/yaml.ts';
import { createProblems, type Problems, type RuleProblem } from './problem.ts';
import type { Rule } from './rule.ts';
import { sha256 } from './sha256.ts';

export interface ParseOptions {
  /** Value lists for `expand`, by placeholder name without percent signs. */
  readonly placeholders?: Placeholders;
  /** Reads `action: global|reset|repeat` of Sigma 1 instead of refusing it. Default false. */
  readonly legacyActions?: boolean;
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
  /** A correlation or a filter means something only among all rules of a set: see linkRules. */
  readonly correlation?: CorrelationDraft;
  readonly filter?: SiteFilter;
  /** The rules that a refused correlation names: linkRules says which of them there are not, too. */
  readonly unread?: { readonly file: string; readonly rules: readonly PlacedText[] };
  readonly outcome: 'ok' | 'warning' | 'refused';
  readonly problems: readonly RuleProblem[];
}

export interface ParsedRules {
  /** Those of the file's rules that were not refused; filters of the file are not applied to them. */
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
  return parseRead(readYaml(text, options.limits ?? defaultSigmaLimits, problems), file, options, problems);
}

/** The same for those who hold the documents of `readYaml` already; `problems` is what it reported to. */
export function parseRead(
  read: readonly YamlDocument[],
  file: string,
  options: ParseOptions,
  problems: Problems,
): ParsedRules {
  const actions = options.legacyActions === true ? createLegacyActions() : null;
  const documents = read.flatMap((document) => {
    const empty = document.root === null && document.sound;
    return empty ? [] : (parseDocument(document, file, actions, options, problems) ?? []);
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

type Parsed = Pick<RuleDocument, 'rule' | 'correlation' | 'filter' | 'unread'>;

/** null: a sound document that is no rule, filter or correlation itself (a legacy template). */
function parseDocument(
  document: YamlDocument,
  file: string,
  actions: LegacyActions | null,
  options: ParseOptions,
  problems: Problems,
): RuleDocument | null {
  const reported = problems.all.length;
  const refusals = problems.refusals();
  let parsed: Parsed = { rule: null };
  let { root, text } = document;
  if (document.sound && root !== null) {
    if (root.kind !== 'map') problems.report('document-type', root.at, `the document is a ${root.kind}, not a map`);
    else {
      const meant = actions?.apply(document, root) ?? null;
      if (meant !== null) ({ root, text } = meant);
      else if (actions !== null && ['global', 'reset'].includes(actionOf(root) ?? '')) return null;
      if (root.kind === 'map') parsed = parseMap(root, text, document.line, file, options, problems);
    }
  }
  const own = [...document.problems, ...problems.all.slice(reported)];
  const refused = !document.sound || problems.refusals() > refusals;
  // What was said of a document before, or stands beyond the limit, is not said again; no refusal goes without a reason.
  const last = problems.all.at(-1);
  if (refused && last !== undefined && !own.some(({ severity }) => severity === 'refused')) own.push(last);
  return {
    line: document.line,
    ...documentName(root),
    ...(refused ? refusedOf(parsed) : parsed),
    outcome: refused ? 'refused' : own.length > 0 ? 'warning' : 'ok',
    problems: own,
  };
}

/** Of what is refused nothing is left but the names to look up. */
function refusedOf({ unread }: Parsed): Parsed {
  return unread === undefined ? { rule: null } : { rule: null, unread };
}

/** The keys that tell what a document is; the first of them that it has decides. */
const documentKinds = ['correlation', 'filter', 'detection'];

/** A document of any kind, told by the keys that only it has. */
function parseMap(
  root: YamlMap,
  text: string,
  line: number,
  file: string,
  options: ParseOptions,
  problems: Problems,
): Parsed {
  const limits = options.limits ?? defaultSigmaLimits;
  const placeholders = options.placeholders ?? {};
  const source = text.replaceAll('\r\n', '\n');
  const hash = sha256(source.trim());
  const contentId = `content-${hash.slice(0, 16)}`;
  const place = { file, line, hash, source };
  const action = root.entries.get('action');
  if (action !== undefined) {
    problems.report('document-action', action.keyAt, 'a legacy `action` document');
    return { rule: null };
  }
  const [kind, ...beside] = documentKinds.filter((key) => root.entries.has(key));
  for (const key of beside) {
    const message = `the document is read as a ${kind}; its ${key} has no effect`;
    problems.report('document-mixed', root.entries.get(key)?.keyAt ?? root.at, message);
  }
  if (kind === 'correlation') {
    const { metadata, tree, rules } = parseCorrelationDocument(root, contentId, limits, problems);
    if (tree === null) return { rule: null, unread: { file, rules } };
    return { rule: null, correlation: { ...metadata, ...place, tree } };
  }
  if (kind === 'filter') {
    const tree = parseFilterDocument(root, limits, problems);
    const ir = tree === null ? null : lowerRule(tree, placeholders, limits, problems);
    return tree === null || ir === null ? { rule: null } : { rule: null, filter: { ...place, tree, ir } };
  }
  const tree = parseRuleDocument(root, contentId, limits, problems);
  const ir = tree === null ? null : lowerRule(tree, placeholders, limits, problems);
  return {
    rule: tree === null || ir === null ? null : { ...tree.metadata, logsource: tree.logsource, ...place, ir },
  };
}
