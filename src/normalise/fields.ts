import type { FieldValue } from '../model/event.ts';
import type { MappingRule, ValueMap } from '../model/mapping.ts';
import { ownField } from './selector.ts';

type Fields = Record<string, FieldValue>;

function add(fields: Fields, name: string, value: FieldValue): void {
  if (name === '__proto__') {
    Object.defineProperty(fields, name, { value, writable: true, enumerable: true, configurable: true });
  } else fields[name] = value;
}

/** Whether a rule makes fields, not only tags. */
export function makesFields(rule: MappingRule): boolean {
  return rule.strip !== undefined || rule.copy !== undefined || rule.join !== undefined || rule.map !== undefined;
}

/** Adds the fields a rule makes; what is there already is never touched. */
export function addFields(fields: Fields, rule: MappingRule): void {
  if (rule.strip !== undefined) addStripped(fields, rule.strip);
  if (rule.copy !== undefined) addCopies(fields, rule.copy);
  if (rule.join !== undefined) addJoined(fields, rule.join);
  if (rule.map !== undefined) addMapped(fields, rule.map);
}

function addStripped(fields: Fields, prefixes: readonly string[]): void {
  for (const name of Object.keys(fields)) {
    const prefix = prefixes.find((each) => name.length > each.length && name.startsWith(each));
    if (prefix === undefined) continue;
    const short = name.slice(prefix.length);
    if (!Object.hasOwn(fields, short)) add(fields, short, fields[name] ?? null);
  }
}

function addCopies(fields: Fields, copies: Readonly<Record<string, readonly string[]>>): void {
  for (const target in copies) {
    if (Object.hasOwn(fields, target)) continue;
    for (const source of copies[target] ?? []) {
      const value = ownField(fields, source);
      if (value === undefined) continue;
      add(fields, target, value);
      break;
    }
  }
}

function addJoined(fields: Fields, joins: Readonly<Record<string, readonly string[]>>): void {
  for (const target in joins) {
    if (Object.hasOwn(fields, target)) continue;
    for (const template of joins[target] ?? []) {
      const text = filled(fields, template);
      if (text === null) continue;
      add(fields, target, text);
      break;
    }
  }
}

function filled(fields: Fields, template: string): string | null {
  let complete = true;
  const text = template.replace(/\{([^}]+)\}/g, (_, name: string) => {
    const value = ownField(fields, name);
    if ((typeof value !== 'string' && typeof value !== 'number') || value === '' || value === '-') complete = false;
    return String(value);
  });
  return complete ? text : null;
}

function addMapped(fields: Fields, maps: Readonly<Record<string, ValueMap>>): void {
  for (const target in maps) {
    const map = maps[target];
    if (map === undefined || Object.hasOwn(fields, target)) continue;
    const value = ownField(fields, map.from);
    const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
    const made = typeof text === 'string' ? mapped(text, map) : undefined;
    if (made !== undefined) add(fields, target, made);
  }
}

/** The keys of a value map are in lower case (see compile.ts). */
function mapped(text: string, map: ValueMap): string | undefined {
  const low = text.toLowerCase();
  if (map.values !== undefined && Object.hasOwn(map.values, low)) return map.values[low];
  for (const prefix in map.prefixes) {
    if (low.startsWith(prefix)) return `${map.prefixes[prefix] ?? ''}${text.slice(prefix.length)}`;
  }
  return undefined;
}

/** Field names without blanks; a name that is there without them already keeps its value. */
export function dropBlanks(fields: Fields): Fields {
  let found = false;
  for (const name in fields) {
    if (name.includes(' ')) {
      found = true;
      break;
    }
  }
  if (!found) return fields;
  const out: Fields = {};
  for (const name in fields) {
    const short = name.replaceAll(' ', '');
    if (short === name || !Object.hasOwn(fields, short)) add(out, short, fields[name] ?? null);
  }
  return out;
}
