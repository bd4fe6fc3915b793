import type { Problems } from '../problem.ts';
import type { YamlMap } from './yaml.ts';

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
export function listOf(root: YamlMap, key: string, problems: Problems): string[] {
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

export function readLevel(root: YamlMap, problems: Problems): string | null {
  const level = textOf(root, 'level', problems).toLowerCase();
  if (level === '') return null;
  if (levels.includes(level)) return level;
  problems.report('level-unknown', root.entries.get('level')?.keyAt ?? root.at, `"${level.slice(0, 80)}" is no level`);
  return null;
}
