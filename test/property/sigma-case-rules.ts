import { type Random, repeat } from './sigma-case-random.ts';
import { anyRegex } from './sigma-case-regex.ts';
import { anyText, anyUnit } from './sigma-case-texts.ts';
import { type Plain, yamlOf } from './sigma-case-yaml.ts';

/** Names that rules and events share: plain, dotted, nested, with spaces, and those every JavaScript object inherits. */
export const fieldNames: readonly string[] = [
  'a',
  'a',
  'a',
  'b',
  'b',
  'c',
  'c.d',
  'd.e.f',
  'CommandLine',
  'Image',
  'EventID',
  'A',
  'Tên máy',
  'a b',
  'constructor',
  '__proto__',
  'toString',
];

/** Value lists for `expand`; hand them to parseRules. */
export const casePlaceholders: Readonly<Record<string, readonly string[]>> = {
  servers: ['dc01', 'DC02', 'đ*?'],
  one: ['5%'],
};

type ValueOf = (random: Random) => Plain;

/** A Sigma text: letters, wildcards and escapes. */
function pattern(random: Random): string {
  const way = random.next();
  if (way < 0.4) return anyText(random);
  const escaped = (text: string) => text.replace(/[\\*?]/g, '\\$&');
  if (way < 0.6) return escaped(anyText(random));
  return repeat(1 + random.int(4), () =>
    random.chance(0.4) ? random.pick(['*', '?', '**', '\\*', '\\?', '\\\\', '\\', '??']) : escaped(anyText(random)),
  ).join('');
}

function scalar(random: Random): Plain {
  const way = random.next();
  if (way < 0.7) return pattern(random);
  if (way < 0.8) return random.pick([0, 1, 10, 11, -1, 47, 4688]);
  if (way < 0.84) return random.pick([1.5, -0.5, 1e21, 12345678901234567891n, 9007199254740993n]);
  if (way < 0.88) return random.chance(0.5);
  if (way < 0.93) return null;
  return random.pick(['', '*', '?', '?*', '*?*']);
}

/** Text for encodings, which take no wildcards. */
const plainText: ValueOf = (random) =>
  random.pick(['IEX', 'cmd.exe', '/bin/sh', 'đáp', 'a\\*b', 'Invoke-', 'abk', 'ΣK', 'ếx😀']);
const sigmaText: ValueOf = (random) => (random.chance(0.1) ? random.pick([1, 11, 47]) : pattern(random));
const number: ValueOf = (random) => random.pick([0, 1, 5, 10, 11, -1, 1.5, -0.5, 1000, '5', '10.0', 9007199254740993n]);
const network: ValueOf = (random) =>
  random.pick([
    '10.0.0.0/8',
    '10.1.0.0/16',
    '10.1.2.3',
    '192.168.1.128/25',
    '0.0.0.0/0',
    '172.16.0.0/12',
    'fe80::/10',
    '::/0',
    '2001:db8::/33',
    '::1',
    '::ffff:10.0.0.0/104',
    '203.0.113.7/31',
  ]);
const reference: ValueOf = (random) => random.pick(fieldNames);
const datePart: ValueOf = (random) => random.pick([0, 1, 2, 3, 9, 10, 12, 23, 30, 31, 53, 59, 2026]);
const regex: ValueOf = (random) => anyRegex(random);
const dashed: ValueOf = (random) =>
  random.pick([' -enc ', '/c', '-a-b', '-a -b /c', '-', 'x -y', '* -e?', '―enc', '-đ', '/all /s -q']) +
  (random.chance(0.2) ? anyUnit(random) : '');

/** Chains of modifiers with the values they take; those that stand more often are more common in the wild. */
const chains: readonly (readonly [string, ValueOf])[] = [
  ['', scalar],
  ['', scalar],
  ['', scalar],
  ['contains', sigmaText],
  ['contains', sigmaText],
  ['startswith', sigmaText],
  ['endswith', sigmaText],
  ['endswith', sigmaText],
  ['contains|all', sigmaText],
  ['all', scalar],
  ['startswith|all', sigmaText],
  ['cased', scalar],
  ['contains|cased', sigmaText],
  ['cased|startswith', sigmaText],
  ['endswith|cased|all', sigmaText],
  ['neq', scalar],
  ['contains|neq', sigmaText],
  ['neq|contains|all', sigmaText],
  ['windash', dashed],
  ['contains|windash', dashed],
  ['windash|startswith|all', dashed],
  ['endswith|windash|cased', dashed],
  ['lt', number],
  ['lte', number],
  ['gt', number],
  ['gte', number],
  ['gt|neq', number],
  ['minute', datePart],
  ['hour', datePart],
  ['hour|lt', datePart],
  ['day', datePart],
  ['week', datePart],
  ['month|gte', datePart],
  ['year', datePart],
  ['year|neq', datePart],
  ['exists', (random) => random.chance(0.5)],
  ['fieldref', reference],
  ['fieldref|contains', reference],
  ['fieldref|startswith', reference],
  ['fieldref|endswith|cased', reference],
  ['fieldref|neq', reference],
  ['fieldref|all', reference],
  ['re', regex],
  ['re', regex],
  ['re|i', regex],
  ['re|m|s', regex],
  ['re|all', regex],
  ['re|neq', regex],
  ['re|contains', regex],
  ['cidr', network],
  ['cidr', network],
  ['cidr|neq', network],
  ['cidr|all', network],
  ['base64', plainText],
  ['base64|contains', plainText],
  ['base64offset|contains', plainText],
  ['base64offset|contains|all', plainText],
  ['base64offset|contains|cased', plainText],
  ['wide|base64', plainText],
  ['wide|base64offset|contains', plainText],
  ['utf16be|base64offset|contains', plainText],
  ['utf16|base64|contains', plainText],
  ['utf16le|contains', plainText],
  [
    'expand',
    (random) => random.pick(['%servers%', 'x%servers%*', '%servers%-%servers%', '50\\% %one%', '\\\\%servers%']),
  ],
  ['contains|expand', (random) => random.pick(['%servers%', '%one%', '?%servers%'])],
  ['expand|cased', (random) => random.pick(['%servers%'])],
];

/** What stands in keyword lists. */
const keywordChains: readonly (readonly [string, ValueOf])[] = [
  ['', sigmaText],
  ['', sigmaText],
  ['', sigmaText],
  ['all', sigmaText],
  ['contains', sigmaText],
  ['re', regex],
  ['re|i', regex],
  ['cased', sigmaText],
  ['neq', sigmaText],
  ['startswith', sigmaText],
  ['cidr', network],
  ['gt', number],
  ['windash', dashed],
  ['base64offset|contains', plainText],
];

function listOf(random: Random, value: ValueOf): Plain {
  const single = random.chance(0.5);
  if (single) return value(random);
  const count = random.chance(0.04) ? 30 + random.int(30) : 1 + random.int(4);
  return repeat(count, () => value(random));
}

function item(random: Random): [string, Plain] {
  const keyword = random.chance(0.06);
  const [chain, value] = random.pick(keyword ? keywordChains : chains);
  const key = `${keyword ? '' : random.pick(fieldNames)}${chain === '' ? '' : `|${chain}`}`;
  // `exists` and numbers make little sense in lists, but lists of them are lawful.
  return [key, listOf(random, value)];
}

function map(random: Random): Plain {
  return new Map(repeat(1 + random.int(3), () => item(random)));
}

function selection(random: Random): Plain {
  const way = random.next();
  if (way < 0.65) return map(random);
  if (way < 0.8) return repeat(1 + random.int(3), () => map(random));
  if (way < 0.92) return repeat(1 + random.int(3), () => random.pick([pattern, () => 11, () => true])(random));
  if (way < 0.96) return [map(random), repeat(1 + random.int(2), () => pattern(random))];
  return pattern(random);
}

const selectionNames = ['sel', 'sel_2', 'filter', 'filter_main', '_hidden', 'android', 'x-1'];

function condition(random: Random, names: readonly string[], depth: number): string {
  const way = random.next();
  if (depth === 0 || way < 0.35) return random.pick(names);
  if (way < 0.5) return `not ${group(random, names, depth - 1)}`;
  if (way < 0.65) return `${group(random, names, depth - 1)} and ${group(random, names, depth - 1)}`;
  if (way < 0.8) return `${group(random, names, depth - 1)} or ${group(random, names, depth - 1)}`;
  const quantifier = random.pick(['1 of', 'all of', 'any of']);
  const name = random.pick(names);
  return `${quantifier} ${random.pick(['them', '*', `${name.slice(0, 2)}*`, `*${name.slice(-2)}`, `*${name.slice(1, 3)}*`])}`;
}

function group(random: Random, names: readonly string[], depth: number): string {
  const inner = condition(random, names, depth);
  return inner.includes(' ') && random.chance(0.7) ? `(${inner})` : inner;
}

/** One rule as the text of a YAML document; a small part of them is refused (base64offset of too little, a pattern that fits nothing). */
export function ruleText(random: Random, number: number): string {
  const names = selectionNames.filter(() => random.chance(0.35)).slice(0, 3);
  if (names.length === 0) names.push('sel');
  const detection: [string, Plain][] = names.map((name) => [name, selection(random)]);
  const conditions = repeat(random.chance(0.1) ? 2 : 1, () => condition(random, names, 3));
  const [only] = conditions;
  detection.push(['condition', conditions.length === 1 && only !== undefined ? only : conditions]);
  const id = `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
  const head = `title: generated ${number}\nid: ${id}\nlogsource:\n  product: ${random.pick(['windows', 'linux'])}\n`;
  return `${head}detection:\n${yamlOf(random, new Map(detection), 1)}`;
}
