import type { YamlNode, YamlScalar } from '../parse/yaml.ts';

/** Every value below a node, keys left out, in the order of places. */
export function scalarsOf(node: YamlNode): YamlScalar[] {
  if (node.kind === 'scalar') return [node];
  const parts = node.kind === 'list' ? node.items : [...node.entries.values()].map((entry) => entry.value);
  return parts.flatMap(scalarsOf);
}
