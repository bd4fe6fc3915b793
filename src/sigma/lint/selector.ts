import type { ConditionTree } from '../parse/condition.ts';
import type { LintDocument } from './document.ts';
import type { Edit } from './finding.ts';

type Selector = Extract<ConditionTree, { kind: 'of' }>;

/** Puts a name in the place of `1 of x*`; null when it does not stand on one line. */
export function replaceSelector({ source }: LintDocument, selector: Selector, name: string): Edit[] | null {
  const before = source.line(selector.at.line).slice(0, selector.at.column - 1);
  const head = /(?:1|any|all)\s+of\s+$/i.exec(before);
  if (head === null) return null;
  const at = { line: selector.at.line, column: head.index + 1 };
  return source.replace(at, head[0] + selector.pattern, name);
}
