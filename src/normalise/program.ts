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
  /** The first field of each list in `needs`: a record with none of them is nobody's but that of `always`. */
  readonly signs: ReadonlySet<string>;
  /** The mappings without `needs`. */
  readonly always: Plan;
  planOf(record: ParsedRecord): Plan;
}

/** Plans remembered by the mappings that meet in one record. */
const plansMax = 1_024;

export function createProgram(mappings: readonly Mapping[], nextId: () => number): Program {
  const hasNeeds = (mapping: Mapping): boolean => (mapping.needs ?? []).length > 0;
  // Those with needs know more of what the record is, so they speak first.
  const gated = mappings.filter(hasNeeds).map((mapping) => createGroup([mapping], nextId));
  const open = mappings.filter((mapping) => !hasNeeds(mapping));
  const rest = open.length === 0 ? [] : [createGroup(open, nextId)];
  const signs = new Set(gated.flatMap((group) => group.needs.flatMap(([sign]) => sign ?? [])));
  const signed = signs.size > 0;
  const always = planFor(rest);
  const plans = new Map<string, Plan>();

  return {
    signs,
    always,
    planOf(record) {
      const { fields } = record;
      // The record's names asked against the signs: a record has fewer names than all mappings have signs.
      if (signed) for (const name in fields) if (signs.has(name)) return signedPlan(fields);
      return always;
    },
  };

  function signedPlan(fields: Readonly<Record<string, FieldValue>>): Plan {
    const met = gated.filter((group) =>
      group.needs.some((names) => names.every((name) => Object.hasOwn(fields, name))),
    );
    if (met.length === 0) return always;
    const key = met.map((group) => group.mappings[0]?.id).join(' ');
    const known = plans.get(key);
    if (known !== undefined) return known;
    const plan = planFor([...met, ...rest]);
    if (plans.size < plansMax) plans.set(key, plan);
    return plan;
  }
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
