/** A condition as a tree, so that it can be laid out for a reader. Every leaf is 0 or 1, never NULL. */
export type Clause =
  | string
  | { readonly join: 'AND' | 'OR'; readonly of: readonly Clause[]; readonly note?: string }
  | { readonly not: Clause }
  /** Some text `v` of a list passes any of the tests. */
  | { readonly some: readonly string[]; readonly texts: string };

/** Joins; one part is itself, none is the neutral truth value. */
export function joined(join: 'AND' | 'OR', of: readonly Clause[]): Clause {
  const parts = of.flatMap((part) =>
    typeof part !== 'string' && 'join' in part && part.join === join && part.note === undefined ? part.of : [part],
  );
  const [first] = parts;
  if (first === undefined) return join === 'AND' ? '1' : '0';
  return parts.length === 1 ? first : { join, of: parts };
}

/** The clause with a comment before it; '' leaves it as it is. */
export function noted(clause: Clause, note: string): Clause {
  if (note === '') return clause;
  if (typeof clause !== 'string' && 'join' in clause && clause.note === undefined) return { ...clause, note };
  return { join: 'AND', of: [clause], note };
}

/** The clause over several lines; all but the first begin with `indent` blanks or more. */
export function layOut(clause: Clause, indent: number): string {
  const pad = ' '.repeat(indent);
  if (typeof clause === 'string') return clause;
  if ('some' in clause) {
    const [only = '0', ...more] = clause.some;
    if (more.length === 0) return `arrayExists(v -> ${only}, ${clause.texts})`;
    const tests = clause.some.join(`\n${pad}    OR `);
    return `arrayExists(\n${pad}  v -> ${tests},\n${pad}  ${clause.texts}\n${pad})`;
  }
  if ('not' in clause) {
    const inner = layOut(clause.not, indent);
    return inner.startsWith('(\n') ? `NOT ${inner}` : `NOT (${inner})`;
  }
  const note = clause.note === undefined ? '' : `${pad}  -- ${clause.note}\n`;
  const parts = clause.of.map((part) => layOut(part, indent + 2));
  return `(\n${note}${pad}  ${parts.join(`\n${pad}  ${clause.join} `)}\n${pad})`;
}
