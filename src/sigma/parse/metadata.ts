import { nearest } from '../nearest.ts';
import type { Problems } from '../problem.ts';
import type { YamlMap, YamlNode } from './yaml.ts';

/** What a rule says about itself, as written; '' or [] where it says nothing. */
export interface RuleMetadata {
  readonly id: string;
  /** By which correlations and filters may refer to the rule instead of its id. */
  readonly name: string;
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

const levels: readonly string[] = ['informational', 'low', 'medium', 'high', 'critical'];
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return uuid.test(text);
}

/** A text attribute; '' when it is missing or no scalar. */
export function textOf(root: YamlMap, key: string, problems: Problems): string {
  const entry = root.entries.get(key);
  if (entry === undefined) return '';
  if (entry.value.kind === 'scalar') return entry.value.value === null ? '' : String(entry.value.value).trim();
  problems.report('metadata-type', entry.keyAt, `${key} is no text`);
  return '';
}

/** A list of texts; a single text counts as a list of one. */
function listOf(root: YamlMap, key: string, problems: Problems): string[] {
  const entry = root.entries.get(key);
  if (entry === undefined) return [];
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  const texts: string[] = [];
  for (const node of nodes) {
    if (node.kind !== 'scalar') problems.report('metadata-type', node.at, `${key} holds something that is no text`);
    else if (node.value !== null) texts.push(String(node.value).trim());
  }
  return texts;
}

function readLevel(root: YamlMap, problems: Problems): string | null {
  const level = textOf(root, 'level', problems).toLowerCase();
  if (level === '') return null;
  if (levels.includes(level)) return level;
  const meant = nearest(level, levels);
  const at = root.entries.get('level')?.value.at ?? root.at;
  const advice = meant === null ? undefined : `Did you mean ${meant}? Until then the rule counts as medium.`;
  problems.report('level-unknown', at, `"${level.slice(0, 80)}" is no level`, advice);
  return null;
}

const specified = new Set(
  [
    'title id name related taxonomy status description license author references date modified logsource',
    'detection correlation fields falsepositives level tags scope generate',
  ].flatMap((names) => names.split(' ')),
);

/** The attributes that rules and correlations have in common. `contentId` stands in for a missing id. */
export function parseMetadata(root: YamlMap, contentId: string, problems: Problems): RuleMetadata {
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
    name: textOf(root, 'name', problems),
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
