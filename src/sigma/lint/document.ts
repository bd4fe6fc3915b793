import { defaultSigmaLimits, type SigmaLimits } from '../limits.ts';
import type { Item, RuleIr } from '../lower/ir.ts';
import { lowerItem } from '../lower/item.ts';
import { type ConditionTree, parseCondition } from '../parse/condition.ts';
import { type DetectionTree, type ItemTree, parseDetection } from '../parse/detection.ts';
import { actionOf } from '../parse/legacy-action.ts';
import { readYaml, type YamlMap, type YamlNode, type YamlScalar } from '../parse/yaml.ts';
import { type ParseOptions, parseRead, type RuleDocument } from '../parse-rules.ts';
import { createProblems, type Problems, type RuleProblem } from '../problem.ts';
import { createSource, type SourceText } from './source.ts';

/** `field|modifiers: values` of a selection, as written and as understood. */
export interface LintItem {
  readonly document: LintDocument;
  readonly selection: string;
  readonly tree: ItemTree;
  /** null when it was refused. */
  readonly ir: Item | null;
  /** Number of the map the item stands in; items of one map must all be met. -1: a list of keywords. */
  readonly map: number;
}

/** A document as the checks see it. */
export interface LintDocument {
  readonly file: string;
  readonly kind: 'rule' | 'correlation' | 'filter' | 'other';
  readonly source: SourceText;
  readonly root: YamlMap;
  /** First and last line, comments before and after included. */
  readonly from: number;
  readonly to: number;
  /** The map that holds the selections: `detection`, or `filter`. */
  readonly detection: YamlMap | null;
  readonly selections: ReadonlyMap<string, DetectionTree>;
  readonly conditions: readonly { readonly tree: ConditionTree; readonly scalar: YamlScalar }[];
  readonly items: readonly LintItem[];
  /** null for documents other than rules, and for refused rules. */
  readonly ir: RuleIr | null;
}

export interface LintFile {
  readonly documents: readonly LintDocument[];
  readonly parsed: readonly RuleDocument[];
  readonly problems: readonly RuleProblem[];
}

/** Reads a file for the checks. Refused documents are looked at as far as they were understood. */
export function readLintFile(text: string, file: string, options: ParseOptions): LintFile {
  const limits = options.limits ?? defaultSigmaLimits;
  const problems = createProblems(file, limits.problems);
  const read = readYaml(text, limits, problems);
  const parsed = parseRead(read, file, options, problems);
  const source = createSource(text);
  const irByLine = new Map(parsed.rules.map((rule) => [rule.line, rule.ir]));
  let inTemplate = false;
  const documents = read.flatMap(({ root, sound }) => {
    if (!sound || root?.kind !== 'map') return [];
    const action = actionOf(root);
    if (action === 'global' || action === 'reset') inTemplate = action === 'global';
    // What a part of a rule does not say, its template may.
    const kind = inTemplate && kindOf(root) === 'rule' ? 'other' : kindOf(root);
    return [documentOf(root, kind, file, source, irByLine.get(root.at.line) ?? null, limits)];
  });
  return { documents, parsed: parsed.documents, problems: parsed.problems };
}

function documentOf(
  root: YamlMap,
  kind: LintDocument['kind'],
  file: string,
  source: SourceText,
  ir: RuleIr | null,
  limits: SigmaLimits,
) {
  const problems = createProblems(file, limits.problems);
  const detection = mapOf(root, kind === 'filter' ? 'filter' : 'detection');
  const selections = new Map<string, DetectionTree>();
  for (const [name, entry] of detection?.entries ?? []) {
    if (name === 'condition' || name === 'timeframe' || (kind === 'filter' && name === 'rules')) continue;
    selections.set(name, parseDetection(entry.value, limits, problems));
  }
  const items: LintItem[] = [];
  const document: LintDocument = {
    file,
    kind,
    source,
    root,
    ...linesOf(source, root.at.line),
    detection,
    selections,
    conditions: conditionsOf(detection?.entries.get('condition')?.value, limits, problems),
    items,
    ir,
  };
  let maps = 0;
  for (const [name, tree] of selections) walk(tree, name, -1);
  return document;

  function walk(tree: DetectionTree, selection: string, map: number): void {
    if (tree.kind === 'item') {
      items.push({ document, selection, tree: tree.item, ir: lowerItem(tree.item, {}, limits, problems), map });
      return;
    }
    const own = tree.kind === 'all' ? ++maps : -1;
    for (const part of tree.of) walk(part, selection, own);
  }
}

function kindOf(root: YamlMap): LintDocument['kind'] {
  if (root.entries.has('correlation')) return 'correlation';
  if (root.entries.has('filter')) return 'filter';
  return root.entries.has('action') ? 'other' : 'rule';
}

function conditionsOf(node: YamlNode | undefined, limits: SigmaLimits, problems: Problems): LintDocument['conditions'] {
  const nodes = node === undefined ? [] : node.kind === 'list' ? node.items : [node];
  return nodes.flatMap((scalar) => {
    if (scalar.kind !== 'scalar') return [];
    const tree = parseCondition(scalar, limits, problems);
    return tree === null ? [] : [{ tree, scalar }];
  });
}

/** The lines between the `---` before and after a line. */
function linesOf(source: SourceText, line: number): { from: number; to: number } {
  const separator = /^---(\s|$)/;
  let from = line;
  while (from > 1 && !separator.test(source.line(from - 1))) from--;
  let to = line;
  while (to < source.lines && !separator.test(source.line(to + 1))) to++;
  return { from, to };
}

/** The map under a key, or null. */
export function mapOf(root: YamlMap, key: string): YamlMap | null {
  const value = root.entries.get(key)?.value;
  return value?.kind === 'map' ? value : null;
}

/** The scalar under a key when it is a text that is not empty, or null. */
export function textAt(root: YamlMap, key: string): (YamlScalar & { readonly value: string }) | null {
  const value = root.entries.get(key)?.value;
  return value?.kind === 'scalar' && isText(value) && value.value !== '' ? value : null;
}

/** The texts of a list under a key; a single text counts as a list of one. */
export function textsAt(root: YamlMap, key: string): (YamlScalar & { readonly value: string })[] {
  const value = root.entries.get(key)?.value;
  const nodes = value === undefined ? [] : value.kind === 'list' ? value.items : [value];
  return nodes.filter((node) => node.kind === 'scalar').filter(isText);
}

/** Where a key stands, or the document's first place. */
export function keyPlace(document: LintDocument, key: string): { readonly line: number; readonly column: number } {
  return document.root.entries.get(key)?.keyAt ?? document.root.at;
}

function isText(scalar: YamlScalar): scalar is YamlScalar & { readonly value: string } {
  return typeof scalar.value === 'string';
}
