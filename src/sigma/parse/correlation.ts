import type { CorrelationKind } from '../correlate/ir.ts';
import type { SigmaLimits } from '../limits.ts';
import type { Position, Problems } from '../problem.ts';
import { type CorrelationConditionTree, checkComparisons, parseCorrelationCondition } from './correlation-condition.ts';
import { parseMetadata, type RuleMetadata } from './metadata.ts';
import { type PlacedText, placedTexts, textIn } from './placed-text.ts';
import { parseTimespan } from './timespan.ts';
import type { YamlMap } from './yaml.ts';

/** A field name that stands for another one in the events of some rules. */
export interface AliasTree extends PlacedText {
  readonly fields: readonly { readonly rule: PlacedText; readonly field: string }[];
}

/** A correlation as written, its rules not looked up yet. */
export interface CorrelationTree {
  readonly kind: CorrelationKind;
  /** Ids or names; [] when the condition alone names them. */
  readonly rules: readonly PlacedText[];
  readonly groupBy: readonly PlacedText[];
  readonly aliases: readonly AliasTree[];
  readonly timespanMs: number;
  readonly condition: CorrelationConditionTree;
  readonly generate: boolean;
  readonly at: Position;
}

const kinds: readonly string[] = [
  'event_count',
  'value_count',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
  'temporal',
  'temporal_ordered',
] satisfies CorrelationKind[];
const keys = ['type', 'rules', 'group-by', 'aliases', 'timespan', 'condition', 'generate'];

/**
 * A correlation's document → metadata and tree, which is null when something was refused (and reported); the rules it
 * names are told all the same, so that they can be looked up.
 */
export function parseCorrelationDocument(
  root: YamlMap,
  contentId: string,
  limits: SigmaLimits,
  problems: Problems,
): { readonly metadata: RuleMetadata; readonly tree: CorrelationTree | null; readonly rules: readonly PlacedText[] } {
  const before = problems.refusals();
  const metadata = parseMetadata(root, contentId, problems);
  const entry = root.entries.get('correlation');
  if (entry?.value.kind !== 'map') {
    problems.report('correlation-type', entry?.keyAt ?? root.at, 'the correlation is no map');
    return { metadata, tree: null, rules: [] };
  }
  const map = entry.value;
  for (const [key, { keyAt }] of map.entries) {
    if (!keys.includes(key)) {
      problems.report('correlation-key', keyAt, `"${key.slice(0, 80)}" is no attribute of a correlation`);
    }
  }
  const kind = parseKind(map, entry.keyAt, problems);
  const rules = placedTexts(map, 'rules', 'correlation-rules', problems);
  const groupBy = parseGroupBy(map, entry.keyAt, problems);
  const aliases = parseAliases(map, problems);
  const timespanMs = parseTimespan(map.entries.get('timespan'), entry.keyAt, problems);
  if (kind === null) {
    checkComparisons(map, problems);
    return { metadata, tree: null, rules };
  }
  const condition = parseCorrelationCondition(kind, rules.length, map, entry.keyAt, limits, problems);
  const generate = readFlag(map, problems) ?? readFlag(root, problems) ?? false;
  if (rules.length === 0 && problems.refusals() === before && condition?.expression == null) {
    problems.report(
      'correlation-rules',
      map.entries.get('rules')?.keyAt ?? entry.keyAt,
      'the correlation names no rules',
    );
  }
  if (rules.length > limits.correlationRules) {
    const message = `the correlation names ${rules.length} rules, the limit is ${limits.correlationRules}`;
    problems.report('correlation-rules', map.entries.get('rules')?.keyAt ?? entry.keyAt, message);
  }
  if (problems.refusals() > before || condition === null || timespanMs === null) return { metadata, tree: null, rules };
  return { metadata, tree: { kind, rules, groupBy, aliases, timespanMs, condition, generate, at: entry.keyAt }, rules };
}

function parseKind(map: YamlMap, at: Position, problems: Problems): CorrelationKind | null {
  const entry = map.entries.get('type');
  const text = entry?.value.kind === 'scalar' ? String(entry.value.value).trim().toLowerCase() : '';
  if (isKind(text)) return text;
  const message = entry === undefined ? 'the correlation has no type' : `"${text.slice(0, 80)}" is no correlation type`;
  problems.report('correlation-type', entry?.value.at ?? at, message);
  return null;
}

function isKind(text: string): text is CorrelationKind {
  return kinds.includes(text);
}

function parseGroupBy(map: YamlMap, at: Position, problems: Problems): PlacedText[] {
  if (map.entries.has('group-by')) {
    const fields = placedTexts(map, 'group-by', 'correlation-group', problems);
    return fields.filter(({ text }, i) => fields.findIndex((other) => other.text === text) === i);
  }
  problems.report('correlation-group-missing', at, 'without group-by all events are one group');
  return [];
}

function parseAliases(map: YamlMap, problems: Problems): AliasTree[] {
  const entry = map.entries.get('aliases');
  if (entry === undefined) return [];
  if (entry.value.kind !== 'map') {
    problems.report('correlation-alias', entry.keyAt, 'aliases is no map');
    return [];
  }
  return [...entry.value.entries].map(([alias, { keyAt, value }]) => {
    if (value.kind !== 'map') {
      problems.report('correlation-alias', value.at, `the alias "${alias.slice(0, 80)}" is no map of rules to fields`);
      return { text: alias, at: keyAt, fields: [] };
    }
    const fields = [...value.entries].flatMap(([rule, named]) => {
      const field = textIn(named.value);
      if (field === '') problems.report('correlation-alias', named.value.at, 'the name of a field is no text');
      return field === '' ? [] : [{ rule: { text: rule, at: named.keyAt }, field }];
    });
    return { text: alias, at: keyAt, fields };
  });
}

/** `generate`, which stands in the correlation or at the document's root. */
function readFlag(map: YamlMap, problems: Problems): boolean | null {
  const entry = map.entries.get('generate');
  if (entry === undefined) return null;
  if (entry.value.kind === 'scalar' && typeof entry.value.value === 'boolean') return entry.value.value;
  problems.report('metadata-type', entry.value.at, 'generate is neither true nor false');
  return null;
}
