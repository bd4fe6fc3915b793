import type { Edit, Finding } from './finding.ts';

/**
 * Applies the fixes of one file's findings to its text. Of two that touch one place the first is made; the other is
 * left for the next run over the new text.
 */
export function applyFixes(text: string, findings: readonly Finding[]): { text: string; fixed: number } {
  const taken: Edit[] = [];
  let fixed = 0;
  for (const { fix } of findings) {
    if (fix === null || fix.some((edit) => taken.some((other) => touches(edit, other)))) continue;
    taken.push(...fix);
    fixed++;
  }
  let out = text;
  for (const edit of taken.toSorted((a, b) => b.from - a.from)) {
    out = out.slice(0, edit.from) + edit.text + out.slice(edit.to);
  }
  return { text: out, fixed };
}

function touches(a: Edit, b: Edit): boolean {
  return a.from <= b.to && b.from <= a.to;
}
