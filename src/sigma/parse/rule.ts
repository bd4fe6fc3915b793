import type { SigmaLimits } from '../limits.ts';
import type { Position, Problems } from '../problem.ts';
import { type ConditionTree, parseCondition } from './condition.ts';
import { type DetectionTree, parseDetection } from './detection.ts';
import { isUuid, listOf, readLevel, textOf } from './metadata.ts';
import type { YamlMap, YamlNode } from './yaml.ts';

export interface Logsource {
  readonly product: string | null;
  readonly category: string | null;
  readonly service: string | null;
}

/** What a rule says about itself, as written; '' or [] where it says nothing. */
export interface RuleMetadata {
  readonly id: string;
  readonly title: string;
  /** informational | low | medium | high | critical; null when the rule names none. */
  readonly level: string | null;
  readonly status: string;
  readonly description: string;
  readonly author: string;
  readonly license: string;
  readonly tags: readonly string[];
  readonly references: readonly string[];
  readonly falsePositives: readonly string[];
  /** Attributes outside the specification that a platform may read, e.g. `vonggac: { title_vi, family }`. */
  readonly custom: Readonly<Record<string, unknown>>;
}

/** A detection rule as written, with places; lower/ gives it its meaning. */
export interface RuleTree {
  readonly metadata: RuleMetadata;
  readonly logsource: Logsource;
  readonly selections: ReadonlyMap<string, DetectionTree>;
  /** Several conditions mean: any of them. */
  readonly conditions: readonly ConditionTree[];
  readonly at: Position;
}

/**
 * One document → rule tree; null when it is no detection rule. `contentId` stands in for a missing id. What was refused
 * is left out of the tree; whether anything was, `problems` knows.
 */
export function parseRuleDocument(
  root: YamlNode,
  contentId: string,
  limits: SigmaLimits,
  problems: Problems,
): RuleTree | null {
  if (root.kind !== 'map') {
    problems.report('document-type', root.at, `the document is a ${root.kind}, not a map`);
    return null;
  }
  const other = otherDocument(root);
  if (other !== null) {
    problems.report(other.code, other.at, other.message);
    return null;
  }
  const metadata = parseMetadata(root, contentId, problems);
  const logsource = parseLogsource(root, problems);
  const detection = root.entries.get('detection');
  if (detection?.value.kind !== 'map') {
    problems.report('detection-missing', detection?.keyAt ?? root.at, 'the document has no detection map');
    return null;
  }
  const selections = parseSelections(detection.value, limits, problems);
  const conditions = parseConditions(detection.value, detection.keyAt, limits, problems);
  return { metadata, logsource, selections, conditions, at: root.at };
}

/** id and title of a document of any kind, for lists; '' where there is none. */
export function documentName(root: YamlNode | null): { id: string; title: string } {
  const text = (key: string): string => {
    const value = root?.kind === 'map' ? root.entries.get(key)?.value : undefined;
    return value?.kind === 'scalar' && value.value !== null ? String(value.value).trim().slice(0, 200) : '';
  };
  return { id: text('id'), title: text('title') };
}

/** Correlations, filters and legacy actions, told by the keys that only they have. */
function otherDocument(root: YamlMap) {
  const action = root.entries.get('action');
  if (action !== undefined) {
    return { code: 'document-action', at: action.keyAt, message: 'a legacy `action` document' } as const;
  }
  const correlation = root.entries.get('correlation');
  if (correlation !== undefined) {
    return { code: 'correlation-not-evaluated', at: correlation.keyAt, message: 'a correlation document' } as const;
  }
  const filter = root.entries.get('filter');
  if (filter !== undefined)
    return { code: 'filter-not-evaluated', at: filter.keyAt, message: 'a filter document' } as const;
  return null;
}

const specified = new Set(
  [
    'title id name related taxonomy status description license author references date modified logsource',
    'detection fields falsepositives level tags scope',
  ].flatMap((names) => names.split(' ')),
);

function parseMetadata(root: YamlMap, contentId: string, problems: Problems): RuleMetadata {
  const title = textOf(root, 'title', problems);
  if (title === '') problems.report('title-missing', root.at, 'the rule has no title');
  const id = textOf(root, 'id', problems);
  if (id === '') problems.report('id-missing', root.at, `the rule has no id; it goes by ${contentId}`);
  else if (!isUuid(id))
    problems.report('id-invalid', root.entries.get('id')?.keyAt ?? root.at, `"${id.slice(0, 80)}" is no UUID`);
  const custom: Record<string, unknown> = Object.create(null);
  for (const [key, entry] of root.entries) if (!specified.has(key)) custom[key] = plain(entry.value);
  return {
    id: id === '' ? contentId : id,
    title: title === '' ? contentId : title,
    level: readLevel(root, problems),
    status: textOf(root, 'status', problems),
    description: textOf(root, 'description', problems),
    author: textOf(root, 'author', problems),
    license: textOf(root, 'license', problems),
    tags: listOf(root, 'tags', problems),
    references: listOf(root, 'references', problems),
    falsePositives: listOf(root, 'falsepositives', problems),
    custom,
  };
}

/** A node as plain data; integers beyond 2^53 as text. */
function plain(node: YamlNode): unknown {
  if (node.kind === 'list') return node.items.map(plain);
  if (node.kind === 'scalar') {
    if (typeof node.value !== 'bigint') return node.value;
    return Number.isSafeInteger(Number(node.value)) ? Number(node.value) : String(node.value);
  }
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, entry] of node.entries) object[key] = plain(entry.value);
  return object;
}

function parseLogsource(root: YamlMap, problems: Problems): Logsource {
  const entry = root.entries.get('logsource');
  if (entry?.value.kind !== 'map') {
    problems.report('logsource-missing', entry?.keyAt ?? root.at, 'the rule has no logsource map');
    return { product: null, category: null, service: null };
  }
  const map = entry.value;
  const before = problems.refusals();
  const dimension = (name: string): string | null => {
    const found = map.entries.get(name);
    if (found === undefined || (found.value.kind === 'scalar' && found.value.value === null)) return null;
    if (found.value.kind === 'scalar' && typeof found.value.value === 'string') {
      const text = found.value.value.trim().toLowerCase();
      return text === '' ? null : text;
    }
    problems.report('logsource-type', found.value.at, `${name} is no text`);
    return null;
  };
  const logsource = { product: dimension('product'), category: dimension('category'), service: dimension('service') };
  const empty = logsource.product === null && logsource.category === null && logsource.service === null;
  if (empty && problems.refusals() === before) {
    problems.report('logsource-empty', entry.keyAt, 'the logsource names no product, category or service');
  }
  return logsource;
}

function parseSelections(detection: YamlMap, limits: SigmaLimits, problems: Problems): Map<string, DetectionTree> {
  const selections = new Map<string, DetectionTree>();
  for (const [name, entry] of detection.entries) {
    if (name === 'condition') continue;
    if (name === 'timeframe') {
      problems.report('timeframe-ignored', entry.keyAt, '`timeframe` has no effect');
      continue;
    }
    selections.set(name, parseDetection(entry.value, limits, problems));
  }
  return selections;
}

function parseConditions(detection: YamlMap, at: Position, limits: SigmaLimits, problems: Problems): ConditionTree[] {
  const entry = detection.entries.get('condition');
  if (entry === undefined) {
    problems.report('condition-missing', at, 'the detection has no condition');
    return [];
  }
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  if (nodes.length === 0) problems.report('condition-missing', entry.keyAt, 'the list of conditions is empty');
  const conditions: ConditionTree[] = [];
  for (const node of nodes) {
    if (node.kind !== 'scalar' || node.value === null || typeof node.value === 'boolean') {
      problems.report('condition-type', node.at, 'the condition is no text');
      continue;
    }
    const tree = parseCondition(node, limits, problems);
    if (tree !== null) conditions.push(tree);
  }
  return conditions;
}
