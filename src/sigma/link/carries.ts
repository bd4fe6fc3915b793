import type { CorrelationField, CorrelationIr } from '../correlate/ir.ts';

/**
 * What each correlation's hits must carry: every field that a correlation built on it reads and that is not part of the
 * group. What the upper one carries in its turn it reads as well.
 *
 * @param irs by id, those built on others after them
 */
export function carriesOf(irs: ReadonlyMap<string, CorrelationIr>): Map<string, CorrelationIr> {
  const done = new Map(irs);
  for (const id of [...irs.keys()].toReversed()) {
    const upper = done.get(id);
    if (upper === undefined) continue;
    for (const [reference, { kind, id: lowerId }] of upper.references.entries()) {
      const lower = kind === 'correlation' ? done.get(lowerId) : undefined;
      if (lower === undefined) continue;
      const read = [...upper.groupBy, ...upper.fields, ...upper.carries].map(
        (field) => field.fields[reference] ?? field.name,
      );
      const has = new Set([...lower.groupBy, ...lower.carries].map(({ name }) => name));
      const further = [...new Set(read)].filter((name) => !has.has(name));
      const plain = further.map((name): CorrelationField => ({ name, fields: lower.references.map(() => name) }));
      if (plain.length > 0) done.set(lowerId, { ...lower, carries: [...lower.carries, ...plain] });
    }
  }
  return done;
}
