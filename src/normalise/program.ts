import type { FieldValue } from '../model/event.ts';
import type { ParsedRecord } from '../model/record.ts';
import { createGroup, type Group } from './compile.ts';
import type { Mapping } from './mapping.ts';

/** What is to be done with records that have the same fields of those that any `needs` names. */
export interface Plan {
  readonly groups: readonly Group[];
  readonly dropBlanks: boolean;
  readonly ownLogsource: boolean;
  readonly identities: readonly NonNullable<Mapping['identity']>[];
  readonly telling: readonly string[];
}

/** Everything the mappings say of the records of one parser. */
export interface Program {
  /** Fields whose presence decides which mappings speak of a record. */
  readonly signs: readonly string[];
  /** The mappings without `needs`. */
  readonly always: Plan;
  planOf(record: ParsedRecord): Plan;
}

/** Fields that `needs` may name for one parser: a bit each. */
export const signsMax = 30;
/** Plans remembered by the signs a record has. */
const plansMax = 4_096;

export function createProgram(mappings: readonly Mapping[], nextId: () => number): Program {
  const hasNeeds = (mapping: Mapping): boolean => (mapping.needs ?? []).length > 0;
  // Those with needs know more of what the record is, so they speak first.
  const gated = mappings.filter(hasNeeds).map((mapping) => createGroup([mapping], nextId));
  const open = mappings.filter((mapping) => !hasNeeds(mapping));
  const rest = open.length === 0 ? [] : [createGroup(open, nextId)];
  const signs = [...new Set(gated.flatMap((group) => group.needs.flat()))];
  const always = planFor(rest);
  const plans = new Map<number, Plan>([[0, always]]);

  return {
    signs,
    always,
    planOf(record) {
      let mask = 0;
      for (let i = 0; i < signs.length; i++) if (Object.hasOwn(record.fields, signs[i] ?? '')) mask |= 1 << i;
      const known = plans.get(mask);
      if (known !== undefined) return known;
      const met = gated.filter((group) => group.needs.some((names) => hasAll(record.fields, names)));
      const plan = planFor([...met, ...rest]);
      if (plans.size < plansMax) plans.set(mask, plan);
      return plan;
    },
  };
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
