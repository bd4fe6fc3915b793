import type { SigmaLimits } from '../limits.ts';
import type { Position, Problems } from '../problem.ts';
import { type ConditionTree, parseCondition } from './condition.ts';
import { type DetectionTree, parseDetection } from './detection.ts';
import { parseMetadata, type RuleMetadata } from './metadata.ts';
import type { YamlMap, YamlNode } from './yaml.ts';

export interface Logsource {
  readonly product: string | null;
  readonly category: string | null;
  readonly service: string | null;
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
 * A rule's document → rule tree; null when it has no detection. `contentId` stands in for a missing id. What was refused
 * is left out of the tree; whether anything was, `problems` knows.
 */
export function parseRuleDocument(
  root: YamlMap,
  contentId: string,
  limits: SigmaLimits,
  problems: Problems,
): RuleTree | null {
  const metadata = parseMetadata(root, contentId, problems);
  const logsource = parseLogsource(root, problems);
  const detection = root.entries.get('detection');
  if (detection?.value.kind !== 'map') {
    problems.report('detection-missing', detection?.keyAt ?? root.at, 'the document has no detection map');
    return null;
  }
  const selections = parseSelections(detection.value, ['condition'], limits, problems);
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

export function parseLogsource(root: YamlMap, problems: Problems, what: 'rule' | 'filter' = 'rule'): Logsource {
  const entry = root.entries.get('logsource');
  if (entry?.value.kind !== 'map') {
    problems.report('logsource-missing', entry?.keyAt ?? root.at, `the ${what} has no logsource map`);
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

/** Everything of a detection but what `reserved` names. */
export function parseSelections(
  detection: YamlMap,
  reserved: readonly string[],
  limits: SigmaLimits,
  problems: Problems,
): Map<string, DetectionTree> {
  const selections = new Map<string, DetectionTree>();
  for (const [name, entry] of detection.entries) {
    if (reserved.includes(name)) continue;
    if (name === 'timeframe') {
      problems.report('timeframe-ignored', entry.keyAt, '`timeframe` has no effect');
      continue;
    }
    selections.set(name, parseDetection(entry.value, limits, problems));
  }
  return selections;
}

export function parseConditions(
  detection: YamlMap,
  at: Position,
  limits: SigmaLimits,
  problems: Problems,
  what: 'detection' | 'filter' = 'detection',
): ConditionTree[] {
  const entry = detection.entries.get('condition');
  if (entry === undefined) {
    problems.report('condition-missing', at, `the ${what} has no condition`);
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
