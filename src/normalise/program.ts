import type { FieldValue } from '../model/event.ts';
import type { Mapping } from '../model/mapping.ts';
import type { ParsedRecord } from '../model/record.ts';
import { createGroup, type Group } from './compile.ts';

/** What is to be done with the records that the same mappings speak of. */
export interface Plan {
  readonly groups: readonly Group[];
  readonly dropBlanks: boolean;
  readonly ownLogsource: boolean;
  readonly identities: readonly NonNullable<Mapping['identity']>[];
  readonly telling: readonly string[];
}

/** Everything the mappings say of the records of one parser. */
export interface Program {
  /** Fields that are needed by some mapping. */
  readonly needed: readonly string[];
  readonly groups: readonly Group[];
  planOf(record: ParsedRecord): Plan;
}

/** Mappings with `needs` that may speak of one parser's records: a bit each. */
export const gatedMax = 31;
/** Plans remembered by the mappings that meet in one record. */
const plansMax = 1_024;

export function createProgram(mappings: readonly Mapping[], nextId: () => number): Program {
  const hasNeeds = (mapping: Mapping): boolean => (mapping.needs ?? []).length > 0;
  // Those with needs know more of what the record is, so they speak first.
  const gated = mappings.filter(hasNeeds).map((mapping) => createGroup([mapping], nextId));
  const open = mappings.filter((mapping) => !hasNeeds(mapping));
  const rest = open.length === 0 ? [] : [createGroup(open, nextId)];
  /** By its first field, a list of needs and the bit of the group it lets speak. */
  const bySign = new Map<string, { readonly bit: number; readonly others: readonly string[] }[]>();
  for (const [i, group] of gated.entries()) {
    for (const [sign = '', ...others] of group.needs)
      bySign.set(sign, [...(bySign.get(sign) ?? []), { bit: 1 << i, others }]);
  }
  const signed = bySign.size > 0;
  const always = planFor(rest);
  const plans = new Map<number, Plan>();

  return {
    needed: gated.flatMap((group) => group.needs.flat()),
    groups: [...gated, ...rest],
    planOf(record) {
      const { fields } = record;
      if (!signed) return always;
      let met = 0;
      // The record's names asked against the signs: a record has fewer names than all mappings have signs.
      for (const name in fields) {
        const needs = bySign.get(name);
        if (needs === undefined) continue;
        for (const { bit, others } of needs) if (hasAll(fields, others)) met |= bit;
      }
      return met === 0 ? always : (plans.get(met) ?? makePlan(met));
    },
  };

  function makePlan(met: number): Plan {
    const plan = planFor([...gated.filter((_, i) => (met & (1 << i)) !== 0), ...rest]);
    if (plans.size < plansMax) plans.set(met, plan);
    return plan;
  }
}

function hasAll(fields: Readonly<Record<string, FieldValue>>, names: readonly string[]): boolean {
  return names.every((name) => Object.hasOwn(fields, name));
}

function planFor(groups: readonly Group[]): Plan {
  const mappings = groups.flatMap((group) => group.mappings);
  return {
    groups,
    dropBlanks: mappings.some((mapping) => mapping.dropBlanks === true),
    ownLogsource: mappings.some((mapping) => mapping.ownLogsource === true),
    identities: mappings.flatMap((mapping) => mapping.identity ?? []),
    telling: mappings.find((mapping) => mapping.telling !== undefined)?.telling ?? [],
  };
}
