import type { LintItem } from './document.ts';

/** Items of one field compared with each other in one map; a map with more is no rule that people write. */
const itemsMax = 40;

/** Items of one map that speak of one field, where there are several. */
export function sameFieldItems(items: readonly LintItem[]): (readonly LintItem[])[] {
  const groups = new Map<string, LintItem[]>();
  for (const item of items) {
    if (item.map < 0 || item.ir === null) continue;
    const key = `${item.map} ${item.tree.field ?? ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else if (group.length < itemsMax) group.push(item);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}
