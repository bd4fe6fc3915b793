import type { ParsedRecord } from '../model/record.ts';
import type { Mapping, MappingRule, Selector } from './mapping.ts';

/** Rules that look at the same selectors share one lookup by the joined values. */
interface RuleTable {
  readonly selectors: readonly Selector[];
  readonly byValues: ReadonlyMap<string, readonly MappingRule[]>;
}

export interface CompiledMapping {
  readonly mapping: Mapping;
  readonly tables: readonly RuleTable[];
}

const separator = '\0';

function selected(record: ParsedRecord, selector: Selector): string {
  switch (selector) {
    case 'program':
      return record.program;
    case 'channel':
      return record.channel;
    case 'provider':
      return record.provider;
    case 'eventId':
      return record.eventId;
    default: {
      const name = selector.slice('field:'.length);
      const value = Object.hasOwn(record.fields, name) ? record.fields[name] : undefined;
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
    }
  }
}

/** Every combination of the values a rule allows, joined. */
function keysOf(rule: MappingRule, selectors: readonly Selector[]): readonly string[] {
  let keys = [''];
  selectors.forEach((selector, index) => {
    const allowed = rule.when[selector] ?? '';
    const values = typeof allowed === 'string' ? [allowed] : allowed;
    keys = keys.flatMap((key) => values.map((value) => (index === 0 ? '' : key + separator) + value.toLowerCase()));
  });
  return keys;
}

export function compileMapping(mapping: Mapping): CompiledMapping {
  const tables = new Map<string, { selectors: Selector[]; byValues: Map<string, MappingRule[]> }>();
  for (const rule of mapping.rules) {
    const selectors = (Object.keys(rule.when) as Selector[]).sort();
    const name = selectors.join(separator);
    const table = tables.get(name) ?? { selectors, byValues: new Map<string, MappingRule[]>() };
    tables.set(name, table);
    for (const key of keysOf(rule, selectors)) {
      const rules = table.byValues.get(key);
      if (rules === undefined) table.byValues.set(key, [rule]);
      else rules.push(rule);
    }
  }
  return { mapping, tables: [...tables.values()] };
}

/** Call `apply` with each rule the record meets, table by table in the order the mapping first names them. */
export function eachRule(compiled: CompiledMapping, record: ParsedRecord, apply: (rule: MappingRule) => void): void {
  for (const table of compiled.tables) {
    let key = '';
    for (let i = 0; i < table.selectors.length; i++) {
      const selector = table.selectors[i];
      if (selector !== undefined) key += (i === 0 ? '' : separator) + selected(record, selector);
    }
    const rules = table.byValues.get(key.toLowerCase());
    if (rules !== undefined) for (const rule of rules) apply(rule);
  }
}
