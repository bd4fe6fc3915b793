import type { Mapping, MappingRule, Selector, ValueMap, When } from '../model/mapping.ts';
import type { ParsedRecord } from '../model/record.ts';
import { makesFields } from './fields.ts';
import { readerOf, type SelectorReader, ValueClasses } from './selector.ts';

/** What the rules of a group say of one kind of record. */
export interface Meaning {
  /** Small number that stands for it; -1 when it was worked out for one record only. */
  readonly id: number;
  readonly product: string | null;
  readonly categories: readonly string[];
  readonly services: readonly string[];
  /** Rules that make fields, in order. */
  readonly makers: readonly MappingRule[];
}

/** Rules that always apply together: those of one mapping with `needs`, or of all mappings of a parser without. */
export interface Group {
  readonly mappings: readonly Mapping[];
  /** One of these lists of fields must be there; [] = it always applies. */
  readonly needs: readonly (readonly string[])[];
  readonly selectors: readonly Selector[];
  meaningOf(record: ParsedRecord, parser: string): Meaning;
}

interface Branch {
  readonly next: Map<number, Branch>;
  meaning: Meaning | null;
}

/** Meanings one group remembers; the rest is worked out anew, so that no sender can fill our memory. */
const meaningsMax = 20_000;

export function addMissing(into: string[], values: readonly string[] | undefined): void {
  if (values !== undefined) for (const value of values) if (!into.includes(value)) into.push(value);
}

function lowerKeys(record: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record ?? {}).map(([key, value]) => [key.toLowerCase(), value]));
}

function withLowerMaps(rule: MappingRule): MappingRule {
  if (rule.map === undefined) return rule;
  const map = Object.entries(rule.map).map(([target, { from, values, prefixes }]): [string, ValueMap] => [
    target,
    { from, values: lowerKeys(values), prefixes: lowerKeys(prefixes) },
  ]);
  return { ...rule, map: Object.fromEntries(map) };
}

/**
 * The values a record has under the selectors are sorted into classes (selector.ts), and the classes lead down a tree
 * to what the rules say of such a record. The tree grows with the kinds of records seen; the rules themselves are
 * walked once a kind, so their number costs nothing per event.
 */
export function createGroup(mappings: readonly Mapping[], nextId: () => number): Group {
  const rules = mappings.flatMap((mapping) => mapping.rules).map(withLowerMaps);
  const named = new Map<Selector, string[]>();
  for (const when of rules.flatMap((rule) => rule.when)) {
    for (const [selector, values] of Object.entries(when) as [Selector, readonly string[]][]) {
      const list = named.get(selector) ?? [];
      named.set(selector, list);
      for (const value of values) list.push(value.toLowerCase());
    }
  }
  const selectors = [...named.keys()];
  const readers: readonly SelectorReader[] = selectors.map(readerOf);
  const classes: readonly ValueClasses[] = [...named.values()].map((values) => new ValueClasses(values));
  const root: Branch = { next: new Map(), meaning: null };
  let remembered = 0;

  function meaningOf(record: ParsedRecord, parser: string): Meaning {
    let branch = root;
    for (let i = 0; i < readers.length; i++) {
      const id = classes[i]?.of(readers[i]?.(record, parser)) ?? 0;
      if (id < 0) return workOut(record, parser, -1);
      let next = branch.next.get(id);
      if (next === undefined) {
        if (remembered >= meaningsMax) return workOut(record, parser, -1);
        next = { next: new Map(), meaning: null };
        branch.next.set(id, next);
      }
      branch = next;
    }
    if (branch.meaning === null) {
      branch.meaning = workOut(record, parser, nextId());
      remembered++;
    }
    return branch.meaning;
  }

  function workOut(record: ParsedRecord, parser: string, id: number): Meaning {
    const met = new Map(
      selectors.map((selector, i) => [selector, classes[i]?.membersOf(readers[i]?.(record, parser)) ?? []]),
    );
    const meets = (when: When): boolean =>
      (Object.entries(when) as [Selector, readonly string[]][]).every(([selector, values]) => {
        const found = met.get(selector) ?? [];
        return values.some((value) => found.includes(value.toLowerCase()));
      });
    let product: string | null = null;
    const categories: string[] = [];
    const services: string[] = [];
    const makers: MappingRule[] = [];
    for (const rule of rules) {
      if (rule.when.length > 0 && !rule.when.some(meets)) continue;
      product ??= rule.product ?? null;
      addMissing(categories, rule.categories);
      addMissing(services, rule.services);
      if (makesFields(rule)) makers.push(rule);
    }
    return { id, product, categories, services, makers };
  }

  return { mappings, needs: mappings.length === 1 ? (mappings[0]?.needs ?? []) : [], selectors, meaningOf };
}
