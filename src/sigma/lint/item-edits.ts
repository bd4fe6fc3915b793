import type { LintItem } from './document.ts';
import type { Edit } from './finding.ts';

/** `field|modifiers` of an item as written. */
export function keyOf({ tree }: LintItem): string {
  return [tree.field ?? '', ...tree.modifiers.map(({ name }) => name)].join('|');
}

/** Writes other modifiers into an item's key; null when the key does not stand there as read (quotes with escapes). */
export function setModifiers(item: LintItem, modifiers: readonly string[]): Edit[] | null {
  const { source } = item.document;
  const quote = /^['"]/.exec(source.line(item.tree.at.line).slice(item.tree.at.column - 1))?.[0] ?? '';
  const written = keyOf(item);
  return source.replace(
    item.tree.at,
    `${quote}${written}${quote}`,
    `${quote}${[item.tree.field ?? '', ...modifiers].join('|')}${quote}`,
  );
}

export function modifiersOf({ tree }: LintItem): string[] {
  return tree.modifiers.map(({ name }) => name);
}

/** Several edits as one fix; null when one of them cannot be made. */
export function together(...parts: readonly (readonly Edit[] | null)[]): Edit[] | null {
  const edits: Edit[] = [];
  for (const part of parts) {
    if (part === null) return null;
    edits.push(...part);
  }
  return edits;
}
