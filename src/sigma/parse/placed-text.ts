import type { Position, Problems } from '../problem.ts';
import type { YamlMap, YamlNode } from './yaml.ts';

/** A name as written, with its place. */
export interface PlacedText {
  readonly text: string;
  readonly at: Position;
}

/** A text or a list of texts; [] when the key is missing. */
export function placedTexts(
  map: YamlMap,
  key: string,
  code: 'correlation-rules' | 'correlation-group' | 'correlation-field' | 'filter-rules',
  problems: Problems,
): PlacedText[] {
  const node = map.entries.get(key)?.value;
  if (node === undefined) return [];
  const nodes = node.kind === 'list' ? node.items : [node];
  return nodes.flatMap((item) => {
    const text = textIn(item);
    if (text === '') problems.report(code, item.at, `${key} holds something that is no text`);
    return text === '' ? [] : [{ text, at: item.at }];
  });
}

/** A scalar as text; '' for anything else. */
export function textIn(node: YamlNode): string {
  return node.kind === 'scalar' && node.value !== null ? String(node.value).trim() : '';
}
