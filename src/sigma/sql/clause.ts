/** A condition as a tree, so that it can be laid out for a reader. Every leaf is 0 or 1, never NULL. */
export type Clause =
  | string
  | { readonly join: 'AND' | 'OR'; readonly of: readonly Clause[]; readonly note?: string | undefined }
  | { readonly not: Clause };

/** Joins; one part is itself, none is the neutral truth value. */
export function joined(join: 'AND' | 'OR', of: readonly Clause[], note?: string): Clause {
  const [first] = of;
  if (first === undefined) return join === 'AND' ? '1' : '0';
  if (of.length === 1 && note === undefined) return first;
  return { join, of, note };
}

/** Lines of the clause, each with the given indent (blanks) before it. */
export function layOut(clause: Clause, indent: number): string {
  const pad = ' '.repeat(indent);
  if (typeof clause === 'string') return `${pad}${clause}`;
  if ('not' in clause) {
    if (typeof clause.not !== 'string') return `${pad}NOT ${layOut(clause.not, indent).trimStart()}`;
    return `${pad}NOT (${clause.not})`;
  }
  const lines: string[] = [];
  if (clause.note !== undefined) lines.push(`${pad}  -- ${clause.note}`);
  for (const [i, part] of clause.of.entries()) {
    const text = layOut(part, indent + 2);
    lines.push(i === 0 ? text : `${pad}  ${clause.join} ${text.trimStart()}`);
  }
  return `${pad}(\n${lines.join('\n')}\n${pad})`;
}
