import {
  type Identity,
  identityKeys,
  type Mapping,
  type MappingRule,
  type Selector,
  type ValueMap,
  type When,
} from '../model/mapping.ts';
import { type MappingNode, type MappingProblem, type MappingText, readMappingYaml } from './mapping-yaml.ts';

export type { MappingProblem } from './mapping-yaml.ts';

export interface ParsedMapping {
  /** null when anything is wrong with the file: half a mapping would be another meaning. */
  readonly mapping: Mapping | null;
  readonly problems: readonly MappingProblem[];
}

const plainSelectors: ReadonlySet<string> = new Set(['parser', 'program', 'channel', 'provider', 'event_id']);
const topKeys = [
  'mapping',
  'about',
  'parsers',
  'needs',
  'drop_blanks',
  'own_logsource',
  'identity',
  'telling',
  'rules',
];
const tagKeys = ['product', 'categories', 'services'] as const;
const ruleKeys = ['when', 'by', ...tagKeys, 'strip', 'copy', 'join', 'map'];

/** One mapping file (docs/mappings.md has the schema). Never throws; reports every problem with line and column. */
export function parseMapping(text: string, file: string, parserIds: readonly string[]): ParsedMapping {
  const read = readMappingYaml(text, file);
  const mapping = read.root === null ? null : mappingOf(read.root, read, parserIds);
  if (read.root === null && read.problems.length === 0) read.report(0, 'the file is empty');
  return { mapping: read.problems.length > 0 ? null : mapping, problems: read.problems };
}

type Entries = ReadonlyMap<string, { readonly at: number; readonly value: MappingNode }>;

function mappingOf(root: MappingNode, read: MappingText, parserIds: readonly string[]): Mapping | null {
  const top = entriesOf(root, read, 'a mapping file', topKeys);
  if (top === null) return null;
  for (const key of ['mapping', 'about', 'parsers', 'rules']) {
    if (!top.has(key)) read.report(root.at, `"${key}" is missing`);
  }
  const id = textOf(top.get('mapping')?.value, read, '"mapping"');
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(id)) {
    read.report(top.get('mapping')?.value.at ?? 0, `"${id}" is no id: lower-case letters, digits and dashes`);
  }
  const parsers = listOf(top.get('parsers')?.value, read, '"parsers"');
  for (const parser of parsers) {
    if (parserIds.includes(parser)) continue;
    read.report(top.get('parsers')?.value.at ?? 0, `there is no parser "${parser}"; there are ${parserIds.join(', ')}`);
  }
  const needs = listsOf(top.get('needs')?.value, read);
  const identity = identityOf(top.get('identity')?.value, read);
  const telling = top.get('telling');
  const rules = top.get('rules')?.value;
  if (rules !== undefined && rules.kind !== 'list') read.report(rules.at, '"rules" must be a list');
  return {
    id,
    about: textOf(top.get('about')?.value, read, '"about"'),
    parsers,
    needs,
    ...(flagOf(top.get('drop_blanks')?.value, read) ? { dropBlanks: true } : {}),
    ...(flagOf(top.get('own_logsource')?.value, read) ? { ownLogsource: true } : {}),
    ...(identity === null ? {} : { identity }),
    ...(telling === undefined ? {} : { telling: listOf(telling.value, read, '"telling"') }),
    rules: rules?.kind === 'list' ? rules.items.flatMap((rule) => rulesOf(rule, read)) : [],
  };
}

/** A rule, or one rule a value when it is a table (`by`). */
function rulesOf(node: MappingNode, read: MappingText): MappingRule[] {
  const entries = entriesOf(node, read, 'a rule', ruleKeys);
  if (entries === null) return [];
  const when = whensOf(entries.get('when')?.value, read);
  const by = entries.get('by');
  const copy = entries.get('copy')?.value;
  const join = entries.get('join')?.value;
  const map = entries.get('map')?.value;
  const strip = entries.get('strip')?.value;
  const makes = {
    ...(strip === undefined ? {} : { strip: listOf(strip, read, '"strip"') }),
    ...(copy === undefined ? {} : { copy: pairsOf(copy, read, (value, name) => listOf(value, read, `"${name}"`)) }),
    ...(join === undefined ? {} : { join: pairsOf(join, read, (value, name) => listOf(value, read, `"${name}"`)) }),
    ...(map === undefined ? {} : { map: pairsOf(map, read, (value) => valueMapOf(value, read)) }),
  };
  if (by === undefined) {
    const rule = { when, ...tagsOf(entries, read), ...makes };
    if (Object.keys(rule).length === 1)
      read.report(node.at, 'the rule says nothing: it has no tags and makes no field');
    return [rule];
  }
  for (const key of Object.keys(makes)) read.report(node.at, `a table ("by") gives tags only, not "${key}"`);
  const selector = textOf(by.value, read, '"by"');
  if (!isSelector(selector)) {
    read.report(by.value.at, notASelector(selector));
    return [];
  }
  return tableRules(selector, when, entries, read);
}

/** `categories: { 1: process_creation }` → one rule a value; a product beside it stands for all of them. */
function tableRules(selector: Selector, when: readonly When[], entries: Entries, read: MappingText): MappingRule[] {
  const rules: MappingRule[] = [];
  const product = entries.get('product')?.value;
  for (const key of tagKeys) {
    const column = entries.get(key)?.value;
    if (column === undefined || (key === 'product' && column.kind === 'text')) continue;
    if (column.kind !== 'map') {
      read.report(column.at, `in a table "${key}" must be a map of value → ${key}`);
      continue;
    }
    for (const [value, { value: tags }] of column.entries) {
      const own = { [selector]: [value] } as When;
      const whens = when.length === 0 ? [own] : when.map((each) => ({ ...each, ...own }));
      const text = product?.kind === 'text' ? { product: tagOf(product, read) } : {};
      const given = key === 'product' ? { product: tagOf(tags, read) } : { ...text, [key]: tagListOf(tags, read) };
      rules.push({ when: whens, ...given });
    }
  }
  if (rules.length === 0) read.report(entries.get('by')?.at ?? 0, 'the table has no rows');
  return rules;
}

function tagsOf(entries: Entries, read: MappingText): Pick<MappingRule, 'product' | 'categories' | 'services'> {
  const product = entries.get('product')?.value;
  const categories = entries.get('categories')?.value;
  const services = entries.get('services')?.value;
  return {
    ...(product === undefined ? {} : { product: tagOf(product, read) }),
    ...(categories === undefined ? {} : { categories: tagListOf(categories, read) }),
    ...(services === undefined ? {} : { services: tagListOf(services, read) }),
  };
}

function tagOf(node: MappingNode, read: MappingText): string {
  const tag = textOf(node, read, 'a tag');
  if (tag !== tag.trim().toLowerCase() || tag === '')
    read.report(node.at, `the tag "${tag}" must be in lower case, without blanks around it`);
  return tag;
}

function tagListOf(node: MappingNode, read: MappingText): readonly string[] {
  return (node.kind === 'list' ? node.items : [node]).map((item) => tagOf(item, read));
}

function isSelector(name: string): name is Selector {
  return plainSelectors.has(name) || /^(?:field|has):./.test(name);
}

function notASelector(name: string): string {
  return `"${name}" selects nothing; there are ${[...plainSelectors].join(', ')}, field:NAME and has:NAME`;
}

function whensOf(node: MappingNode | undefined, read: MappingText): readonly When[] {
  if (node === undefined) return [];
  return (node.kind === 'list' ? node.items : [node]).map((each) => {
    const entries = entriesOf(each, read, '"when"', null);
    const when: Partial<Record<Selector, readonly string[]>> = {};
    if (entries?.size === 0) read.report(each.at, '"when" is empty; leave it out to mean every record');
    for (const [name, { at, value }] of entries ?? []) {
      if (!isSelector(name)) read.report(at, notASelector(name));
      else {
        const values = listOf(value, read, `"${name}"`);
        if (name.startsWith('has:') && values.some((text) => text !== 'true' && text !== 'false'))
          read.report(value.at, `"${name}" is true or false`);
        when[name] = values;
      }
    }
    return when;
  });
}

function valueMapOf(node: MappingNode, read: MappingText): ValueMap {
  const entries = entriesOf(node, read, 'a value map', ['from', 'values', 'prefixes']);
  const texts = (key: string): Record<string, string> | undefined => {
    const value = entries?.get(key)?.value;
    return value === undefined ? undefined : pairsOf(value, read, (each, name) => textOf(each, read, `"${name}"`));
  };
  const values = texts('values');
  const prefixes = texts('prefixes');
  if (entries !== null && !entries.has('from')) read.report(node.at, '"from" is missing');
  if (values === undefined && prefixes === undefined) read.report(node.at, 'one of "values" and "prefixes" is missing');
  return {
    from: textOf(entries?.get('from')?.value, read, '"from"'),
    ...(values === undefined ? {} : { values }),
    ...(prefixes === undefined ? {} : { prefixes }),
  };
}

function identityOf(node: MappingNode | undefined, read: MappingText): Identity | null {
  if (node === undefined) return null;
  const entries = entriesOf(node, read, '"identity"', identityKeys);
  return Object.fromEntries([...(entries ?? [])].map(([name, { value }]) => [name, listOf(value, read, `"${name}"`)]));
}

function entriesOf(
  node: MappingNode,
  read: MappingText,
  what: string,
  known: readonly string[] | null,
): Entries | null {
  if (node.kind !== 'map') {
    read.report(node.at, `${what} must be a map`);
    return null;
  }
  for (const [name, { at }] of node.entries) {
    if (known !== null && !known.includes(name))
      read.report(at, `${what} has no "${name}"; it has ${known.join(', ')}`);
  }
  return node.entries;
}

function pairsOf<T>(
  node: MappingNode,
  read: MappingText,
  convert: (value: MappingNode, name: string) => T,
): Record<string, T> {
  if (node.kind !== 'map') {
    read.report(node.at, 'a map is expected here');
    return {};
  }
  return Object.fromEntries([...node.entries].map(([name, { value }]) => [name, convert(value, name)]));
}

function textOf(node: MappingNode | undefined, read: MappingText, what: string): string {
  if (node === undefined) return '';
  if (node.kind === 'text') return node.text;
  read.report(node.at, `${what} must be a text`);
  return '';
}

function flagOf(node: MappingNode | undefined, read: MappingText): boolean {
  const text = textOf(node, read, 'a yes or no');
  if (node !== undefined && text !== 'true' && text !== 'false') read.report(node.at, 'true or false is expected');
  return text === 'true';
}

/** A list of texts; one text is a list of one. */
function listOf(node: MappingNode | undefined, read: MappingText, what: string): readonly string[] {
  if (node === undefined) return [];
  return node.kind === 'list' ? node.items.map((item) => textOf(item, read, what)) : [textOf(node, read, what)];
}

function listsOf(node: MappingNode | undefined, read: MappingText): readonly (readonly string[])[] {
  if (node === undefined) return [];
  if (node.kind !== 'list') {
    read.report(node.at, '"needs" must be a list of lists of field names');
    return [];
  }
  return node.items.map((item) => listOf(item, read, '"needs"'));
}
