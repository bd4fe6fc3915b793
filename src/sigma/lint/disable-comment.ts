import type { Position } from '../problem.ts';
import type { LintDocument } from './document.ts';

const comment = /(?:^|\s)#\s*vonggac-lint-disable\s+([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)/;

/** The checks that comments `# vonggac-lint-disable id, id` switch off for the document they stand in. */
export function disabledIn(document: LintDocument): { readonly id: string; readonly at: Position }[] {
  const found: { id: string; at: Position }[] = [];
  const mark = 'vonggac-lint-disable';
  if (!document.source.text.includes(mark)) return found;
  for (let line = document.from; line <= document.to; line++) {
    const text = document.source.line(line);
    const list = comment.exec(text)?.[1];
    if (list === undefined) continue;
    const start = text.indexOf(list, text.indexOf(mark) + mark.length);
    for (const match of list.matchAll(/[a-z0-9-]+/g)) {
      found.push({ id: match[0], at: { line, column: start + match.index + 1 } });
    }
  }
  return found;
}
