import type { Correlation, CorrelationIr, CorrelationReference } from '../correlate/ir.ts';
import { defaultSigmaLimits, type SigmaLimits } from '../limits.ts';
import type { PlacedText } from '../parse/placed-text.ts';
import type { RuleDocument } from '../parse-rules.ts';
import { createProblems, type Problems, type RuleProblem } from '../problem.ts';
import type { Rule } from '../rule.ts';
import { sha256 } from '../sha256.ts';
import { carriesOf } from './carries.ts';
import { type CorrelationDraft, lowerCorrelation, namesIn, type Referred } from './correlation.ts';
import { applyFilters, isForLogsource, type SiteFilter } from './filter.ts';
import { createNames, type Names } from './names.ts';

export interface LinkedRules<Document extends RuleDocument> {
  /** All rules in the order of documents, filters applied. */
  readonly rules: readonly Rule[];
  /** Those that were not refused; one that is built on another comes after it. */
  readonly correlations: readonly Correlation[];
  /**
   * Ids of rules and correlations that raise no alerts of their own: something is built on them, and none of it says
   * `generate: true`.
   */
  readonly silent: ReadonlySet<string>;
  /** The documents given, in their order, with what linking had to say. */
  readonly documents: readonly Document[];
  /** What linking had to say, of all documents. */
  readonly problems: readonly RuleProblem[];
}

/**
 * Brings the documents of a whole set together, of however many files: applies filters to rules, and looks up the rules
 * of correlations. Never throws; of two documents with one id the first stands, a correlation that cannot stand is
 * refused, and so is what is built on it.
 *
 * @param given documents of parseRules, in the order of files
 */
export function linkRules<Document extends RuleDocument>(
  given: readonly Document[],
  options: { readonly limits?: SigmaLimits } = {},
): LinkedRules<Document> {
  const limits = options.limits ?? defaultSigmaLimits;
  const problems = given.map((document) => createProblems(fileOf(document), limits.problems));
  const problemsAt = (index: number): Problems => problems[index] ?? createProblems('', 0);

  const documents = withoutDoubles(given, problemsAt);
  const names = createNames(documents);
  const rules = filterRules(documents, names, limits, problemsAt);
  const correlations = linkCorrelations(documents, rules, names, limits, problemsAt);
  return {
    rules: [...rules.values()],
    correlations,
    silent: silentIds(correlations),
    documents: given.map((document, index) => withProblems(document, problemsAt(index))),
    problems: problems.flatMap(({ all }) => all),
  };
}

/**
 * The documents without those whose id another has. Ids are UUIDs, so they are compared without case; a rule goes before
 * a correlation wherever they stand.
 */
function withoutDoubles(documents: readonly RuleDocument[], problemsAt: (index: number) => Problems): RuleDocument[] {
  const firstOf = new Map<string, { readonly file: string; readonly line: number }>();
  const left = [...documents];
  for (const kind of ['rule', 'correlation'] as const) {
    for (const [index, document] of documents.entries()) {
      const found = document[kind];
      if (found === null || found === undefined) continue;
      const key = found.id.toLowerCase();
      const first = firstOf.get(key);
      if (first === undefined) {
        firstOf.set(key, found);
        continue;
      }
      const at = { line: found.line, column: 1 };
      problemsAt(index).report('id-duplicate', at, `the id ${found.id} is already that of ${first.file}:${first.line}`);
      const { line, id, title, problems } = document;
      left[index] = { line, id, title, rule: null, outcome: 'refused', problems };
    }
  }
  return left;
}

function fileOf({ rule, correlation, filter, unread }: RuleDocument): string {
  return rule?.file ?? correlation?.file ?? filter?.file ?? unread?.file ?? '';
}

function withProblems<Document extends RuleDocument>(document: Document, problems: Problems): Document {
  if (problems.all.length === 0) return document;
  const all = [...document.problems, ...problems.all];
  if (problems.refusals() > 0) return { ...document, rule: null, outcome: 'refused', problems: all };
  return { ...document, outcome: document.outcome === 'ok' ? 'warning' : document.outcome, problems: all };
}

/** Rules by id, each with the filters that are for it. */
function filterRules(
  documents: readonly RuleDocument[],
  names: Names,
  limits: SigmaLimits,
  problemsAt: (index: number) => Problems,
): Map<string, Rule> {
  const rules = documents.flatMap(({ rule }) => rule ?? []);
  const filtersOf = new Map<Rule, SiteFilter[]>();
  for (const [index, { filter }] of documents.entries()) {
    if (filter === undefined) continue;
    const problems = problemsAt(index);
    const { tree } = filter;
    const wanted = new Set<string>();
    for (const { text, at } of tree.rules) {
      const targets = names.find(text).filter(({ kind }) => kind === 'rule');
      for (const { id } of targets) wanted.add(id);
      if (targets.length === 0) problems.report('filter-rule-unknown', at, `no rule "${text.slice(0, 80)}" is loaded`);
    }
    const touched = rules.filter(
      (rule) => isForLogsource(tree.logsource, rule.logsource) && (tree.rules.length === 0 || wanted.has(rule.id)),
    );
    if (touched.length === 0) problems.report('filter-without-effect', tree.at, 'the filter touches no rule');
    for (const rule of touched) {
      const filters = filtersOf.get(rule) ?? [];
      filtersOf.set(rule, filters);
      if (filters.length < limits.filtersOfRule) filters.push(filter);
      else {
        const message = `more than ${limits.filtersOfRule} filters are for the rule ${rule.id}`;
        problems.report('filter-too-many', tree.at, message);
      }
    }
  }
  return new Map(rules.map((rule) => [rule.id, applyFilters(rule, filtersOf.get(rule) ?? [])]));
}

/** How far references are followed in one go; a set that goes further has refused correlations in it anyway. */
const pathMax = 200;

function linkCorrelations(
  documents: readonly RuleDocument[],
  rules: ReadonlyMap<string, Rule>,
  names: Names,
  limits: SigmaLimits,
  problemsAt: (index: number) => Problems,
): Correlation[] {
  const drafts = new Map<string, { readonly draft: CorrelationDraft; readonly problems: Problems }>();
  for (const [index, { correlation: draft, unread }] of documents.entries()) {
    if (unread !== undefined) refer(unread.rules, names, problemsAt(index));
    if (draft !== undefined) drafts.set(draft.id, { draft, problems: problemsAt(index) });
  }
  const linked = new Map<
    string,
    { readonly draft: CorrelationDraft; readonly ir: CorrelationIr; readonly level: number }
  >();
  const tried = new Set<string>();
  const path: string[] = [];
  for (const id of drafts.keys()) link(id);

  const irs = carriesOf(new Map([...linked].map(([id, { ir }]) => [id, ir])));
  const hashes = new Map<string, string>([...rules].map(([id, { hash }]) => [id, hash]));
  return [...linked].map(([id, { draft, ir }]) => {
    const { tree: _, ...rest } = draft;
    const hash = sha256([draft.hash, ...ir.references.map((reference) => hashes.get(reference.id) ?? '')].join('\n'));
    hashes.set(id, hash);
    return { ...rest, hash, ir: irs.get(id) ?? ir };
  });

  /** Links a correlation after those it is built on. `path` holds the ids that led here. */
  function link(id: string): void {
    const entry = drafts.get(id);
    if (entry === undefined || tried.has(id)) return;
    tried.add(id);
    path.push(id);
    linkNext(id, entry);
    path.pop();
  }

  function linkNext(id: string, entry: { readonly draft: CorrelationDraft; readonly problems: Problems }): void {
    const { draft, problems } = entry;
    const referred = refer(namesIn(draft.tree), names, problems);
    const before = problems.refusals();
    let level = 1;
    for (const { target, text, at } of referred) {
      if (target.kind !== 'correlation') continue;
      const cycle = path.indexOf(target.id);
      if (cycle >= 0) {
        const round = [...path.slice(cycle), target.id].map((other) => drafts.get(other)?.draft.title ?? other);
        problems.report(
          'correlation-cycle',
          at,
          `the correlation is built on itself: ${round.join(' → ').slice(0, 400)}`,
        );
        continue;
      }
      if (path.length < pathMax) link(target.id);
      const below = linked.get(target.id);
      if (below === undefined) {
        const message = `"${text.slice(0, 80)}" was refused, and this is built on it`;
        problems.report('correlation-rule-undefined', at, message, 'Correct that one first.');
      } else level = Math.max(level, below.level + 1);
    }
    if (level > limits.correlationLevels) {
      const message = `the correlation stands on ${level - 1} levels of others, the limit is ${limits.correlationLevels - 1}`;
      problems.report('correlation-too-deep', draft.tree.at, message);
    }
    if (problems.refusals() > before || referred.length < namesIn(draft.tree).length) return;
    const ir = lowerCorrelation(draft.tree, referred, limits, problems);
    if (ir !== null) linked.set(id, { draft, ir, level });
  }
}

/** What the names of a correlation's rules stand for; those that stand for nothing are reported and left out. */
function refer(named: readonly PlacedText[], names: Names, problems: Problems): Referred[] {
  const referred: Referred[] = [];
  for (const { text, at } of named) {
    const shown = text.slice(0, 80);
    const [target, second] = names.find(text);
    if (target === undefined) {
      const refused = names.isRefused(text);
      const message = refused ? `"${shown}" was refused, and this is built on it` : `no rule "${shown}" is loaded`;
      problems.report('correlation-rule-undefined', at, message, refused ? 'Correct that one first.' : undefined);
    } else if (second !== undefined) {
      problems.report('correlation-rule-ambiguous', at, `"${shown}" is the name of several rules`);
    } else if (referred.some((other) => other.target.id === target.id)) {
      problems.report('correlation-rule-twice', at, `"${shown}" stands here a second time`);
    } else referred.push({ text, at, target: { kind: target.kind, id: target.id }, name: target.name });
  }
  return referred;
}

function silentIds(correlations: readonly Correlation[]): Set<string> {
  const idsOf = (generate: boolean): CorrelationReference[] =>
    correlations.flatMap(({ ir }) => (ir.generate === generate ? ir.references : []));
  const loud = new Set(idsOf(true).map(({ id }) => id));
  return new Set(idsOf(false).flatMap(({ id }) => (loud.has(id) ? [] : id)));
}
