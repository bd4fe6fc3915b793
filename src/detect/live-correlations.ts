import { createHash } from 'node:crypto';
import type { RuleFacts } from '../model/finding.ts';
import type { Correlation, CorrelationIr, TemporalExpression } from '../sigma/index.ts';
import type { LiveCorrelation, LiveCorrelations } from './correlation-ports.ts';

/**
 * Correlations as the detector uses them.
 *
 * @param correlations referenced before referencing; @param titles of rules and correlations, by id
 */
export function liveCorrelationsOf(
  correlations: readonly Correlation[],
  o: {
    readonly factsOf: (correlation: Correlation) => RuleFacts;
    readonly silent: ReadonlySet<string>;
    readonly titles: ReadonlyMap<string, string>;
  },
): LiveCorrelations {
  const all = correlations.map((correlation): LiveCorrelation => {
    const { ir, id } = correlation;
    return {
      facts: o.factsOf(correlation),
      ir,
      overMembers: overMembers(correlation),
      // By meaning and not by text: a new description must not make a correlation forget its windows.
      key: `${id}@${createHash('sha256').update(JSON.stringify(ir)).digest('hex').slice(0, 16)}`,
      shape: {
        kind: ir.kind,
        groupBy: ir.groupBy.map(({ name }) => name),
        fields: ir.fields.map(({ name }) => name),
        percentile: ir.percentile,
        timespanMs: ir.timespanMs,
        comparisons: ir.condition,
        references: ir.references.map((reference) => o.titles.get(reference.id) ?? reference.id),
      },
      silent: o.silent.has(id),
      onlyGrows: mostlyGrows(ir) && ir.kind !== 'value_sum' && ir.references.every(({ kind }) => kind === 'rule'),
      mostlyGrows: mostlyGrows(ir),
    };
  });
  const referring = new Map<string, number[]>();
  for (const [number, { ir }] of all.entries()) {
    for (const { id } of ir.references) {
      const some = referring.get(id) ?? [];
      referring.set(id, some);
      some.push(number);
    }
  }
  const numbers = new Map(all.map(({ key }, number) => [key, number]));
  return {
    all,
    referringTo: (id) => referring.get(id) ?? [],
    numberOf: (key) => numbers.get(key) ?? -1,
  };
}

/** The field that holds what a condition reckons with, where members stand for events. */
export const memberValue = 'value';

function overMembers(correlation: Correlation): Correlation {
  const { ir } = correlation;
  const fields = ir.fields.length === 0 ? [] : [{ name: memberValue, fields: ir.references.map(() => memberValue) }];
  const references = ir.references.map((_, at) => ({ kind: 'rule' as const, id: String(at) }));
  return { ...correlation, ir: { ...ir, references, groupBy: [], fields, carries: [] } };
}

const growingKinds: readonly string[] = ['event_count', 'value_count', 'value_sum', 'temporal', 'temporal_ordered'];

/** Whether more members can only make the condition hold at more moments; of a sum those that are not negative. */
function mostlyGrows(ir: CorrelationIr): boolean {
  return (
    growingKinds.includes(ir.kind) &&
    ir.condition.every(({ operator }) => operator === 'gte' || operator === 'gt') &&
    (ir.expression === null || !negates(ir.expression))
  );
}

function negates(expression: TemporalExpression): boolean {
  if (expression.kind === 'reference') return false;
  return expression.kind === 'not' || expression.of.some(negates);
}
