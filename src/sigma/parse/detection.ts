import type { SigmaLimits } from '../limits.ts';
import type { Position, Problems } from '../problem.ts';
import type { YamlMap, YamlNode, YamlScalar } from './yaml.ts';

/** `field|modifier|…: value(s)` as written. */
export interface ItemTree {
  /** null for keywords: any value of the event. */
  readonly field: string | null;
  readonly modifiers: readonly { readonly name: string; readonly at: Position }[];
  readonly values: readonly YamlScalar[];
  readonly at: Position;
}

/** A selection as written: a map is `all`, a list of maps is `any`. */
export type DetectionTree =
  | { readonly kind: 'item'; readonly item: ItemTree }
  | { readonly kind: 'all' | 'any'; readonly of: readonly DetectionTree[] };

/** Stands where something was refused, so that the rest of the rule is still looked at. */
const nothing: DetectionTree = { kind: 'all', of: [] };

/** YAML of a selection → tree. What is wrong in it is reported and left out. */
export function parseDetection(node: YamlNode, limits: SigmaLimits, problems: Problems): DetectionTree {
  if (node.kind === 'scalar') return keywords([node], node.at, limits, problems);
  if (node.kind === 'map') return parseMap(node, limits, problems);
  if (node.items.length === 0) {
    problems.report('selection-empty', node.at, 'the selection is an empty list');
    return nothing;
  }
  const scalars = node.items.filter((item) => item.kind === 'scalar');
  if (scalars.length === node.items.length) return keywords(scalars, node.at, limits, problems);
  return { kind: 'any', of: node.items.map((item) => parseDetection(item, limits, problems)) };
}

function parseMap(node: YamlMap, limits: SigmaLimits, problems: Problems): DetectionTree {
  if (node.entries.size === 0) problems.report('selection-empty', node.at, 'the selection is an empty map');
  const items = [...node.entries].map(([key, entry]) => parseItem(key, entry.keyAt, entry.value, limits, problems));
  return { kind: 'all', of: items };
}

function parseItem(key: string, at: Position, value: YamlNode, limits: SigmaLimits, problems: Problems): DetectionTree {
  if (key === '<<') {
    const advice = 'YAML 1.2 has no merge keys: write the items out, or name both selections in the condition.';
    problems.report('value-type', at, '`<<` is no field', advice);
    return nothing;
  }
  const [field = '', ...names] = key.split('|');
  let column = at.column + field.length + 1;
  const modifiers = names.map((name) => {
    const modifier = { name, at: { line: at.line, column } };
    column += name.length + 1;
    return modifier;
  });
  if (modifiers.length > limits.modifiers) {
    const message = `the field has ${modifiers.length} modifiers, the limit is ${limits.modifiers}`;
    problems.report('modifier-too-many', modifiers[limits.modifiers]?.at ?? at, message);
    return nothing;
  }
  const values = scalarsOf(value, limits, problems);
  return { kind: 'item', item: { field: field === '' ? null : field, modifiers, values, at } };
}

function scalarsOf(node: YamlNode, limits: SigmaLimits, problems: Problems): YamlScalar[] {
  const nodes = node.kind === 'list' ? node.items : [node];
  if (nodes.length === 0) problems.report('value-list-empty', node.at, 'the list of values is empty');
  const scalars: YamlScalar[] = [];
  for (const item of nodes) {
    if (item.kind !== 'scalar') {
      problems.report('value-type', item.at, `a ${item.kind} stands where a value should`);
    } else if (typeof item.value === 'string' && item.value.length > limits.valueChars) {
      const { length } = item.value;
      problems.report(
        'value-too-long',
        item.at,
        `the value has ${length} characters, the limit is ${limits.valueChars}`,
      );
    } else scalars.push(item);
  }
  return scalars;
}

function keywords(nodes: readonly YamlScalar[], at: Position, limits: SigmaLimits, problems: Problems): DetectionTree {
  if (nodes.length === 1 && nodes[0]?.value === null) {
    problems.report('selection-empty', at, 'the selection is empty');
    return nothing;
  }
  const values = scalarsOf({ kind: 'list', at, items: nodes }, limits, problems);
  return { kind: 'item', item: { field: null, modifiers: [], values, at } };
}
