import type { LintItem } from './document.ts';
import { modifiersOf } from './item-edits.ts';

const textModifiers = new Set(['contains', 'startswith', 'endswith', 'all', 'neq', 'cased', 'windash']);

/** Whether the item compares texts in which `*` and `?` are wildcards: no regex, network, number or encoding. */
export function isTextItem(item: LintItem): boolean {
  return item.ir !== null && modifiersOf(item).every((name) => textModifiers.has(name));
}
