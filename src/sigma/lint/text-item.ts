import { parseText } from '../parse/text-parts.ts';
import type { LintItem } from './document.ts';
import { modifiersOf } from './item-edits.ts';

const textModifiers = new Set(['contains', 'startswith', 'endswith', 'all', 'neq', 'cased', 'windash']);

/** Whether the item compares texts in which `*` and `?` are wildcards: no regex, network, number or encoding. */
export function isTextItem(item: LintItem): boolean {
  return item.ir !== null && modifiersOf(item).every((name) => textModifiers.has(name));
}

/** The value without the `*` at its beginning, its end, or both; `\\*` at the end is a star and stays. */
export function withoutWildcards(value: string, start: boolean, end: boolean): string {
  let text = start ? value.replace(/^\*+/, '') : value;
  while (end && text.endsWith('*') && typeof parseText(text).at(-1) !== 'string') text = text.slice(0, -1);
  return text;
}
