import type { Detection, Item, Pattern, RuleIr } from '../../src/sigma/lower/ir.ts';
import { anyDash, anyText as anyTextPart, dashes, oneChar } from '../../src/sigma/parse/text-parts.ts';
import { type Random, repeat } from './sigma-case-random.ts';
import { sampleRegex } from './sigma-case-regex.ts';
import { fieldNames } from './sigma-case-rules.ts';
import { anyText, anyUnit, changedCase, nearMiss } from './sigma-case-texts.ts';

/** What an event line may hold. `raw` is a JSON number as it is to be written. */
export type Json = string | boolean | null | { readonly raw: string } | readonly Json[] | ReadonlyMap<string, Json>;

type Fields = Map<string, Json>;

/**
 * Fields of an event that some of the rules likely meet, and some just fail to: every item is met, nearly met, met by
 * a neighbour, or left out, as it falls.
 */
export function anyFields(random: Random, rules: readonly RuleIr[]): Fields {
  const fields: Fields = new Map();
  for (let i = random.int(4); i > 0; i--) fields.set(random.pick(fieldNames), anyValue(random, 0));
  if (rules.length > 0) for (let i = random.int(3); i >= 0; i--) meetRule(random, random.pick(rules), fields);
  if (random.chance(0.01)) bury(random, fields);
  if (random.chance(0.005))
    for (let i = 0; i < 400; i++) fields.set(`k${i}`, random.pick(['x', 'needle', { raw: '11' }]));
  return random.chance(0.3) ? nested(random, fields) : fields;
}

/** Puts a field's value deep down, though not beyond what a stored event may have, or makes a text of it that is long. */
function bury(random: Random, fields: Fields): void {
  const [name, value] = random.pick([...fields, ['a', 'abka'] as const]);
  if (random.chance(0.3) && typeof value === 'string') {
    fields.set(name, anyText(random).repeat(1 + random.int(400)) + value + anyText(random).repeat(random.int(400)));
    return;
  }
  let buried = value;
  for (let levels = 40 + random.int(15); levels > 0; levels--) {
    buried = random.chance(0.8) ? [buried] : new Map([[random.pick(['d', 'x']), buried]]);
  }
  fields.set(name, buried);
}

function meetRule(random: Random, rule: RuleIr, fields: Fields): void {
  for (const detection of rule.selections.values()) if (random.chance(0.75)) meetDetection(random, detection, fields);
}

function meetDetection(random: Random, detection: Detection, fields: Fields): void {
  if (detection.kind === 'item') meetItem(random, detection.item, fields);
  else if (detection.kind === 'all') for (const part of detection.of) meetDetection(random, part, fields);
  else if (detection.of.length > 0) meetDetection(random, random.pick(detection.of), fields);
}

function meetItem(random: Random, item: Item, fields: Fields): void {
  if (random.chance(0.06)) return;
  const field = item.field ?? random.pick(fieldNames);
  const values = item.values.filter((value) => value.length > 0);
  if (values.length === 0) return;
  const wanted = item.link === 'all' ? values.slice(0, 6) : [random.pick(values)];
  const texts: Json[] = [];
  for (const value of wanted) {
    const json = meetPattern(random, random.pick(value), fields);
    if (json !== undefined) texts.push(json);
  }
  const [first] = texts;
  if (first === undefined) return;
  if (
    item.link === 'all' &&
    texts.length > 1 &&
    texts.every((text) => typeof text === 'string') &&
    random.chance(0.6)
  ) {
    fields.set(field, texts.join(random.chance(0.5) ? '' : anyUnit(random)));
  } else if (texts.length > 1 || random.chance(0.15)) {
    fields.set(field, random.chance(0.2) ? [...texts, anyValue(random, 1)] : texts);
  } else fields.set(field, first);
}

/** A value that meets the pattern, or nearly; undefined leaves the field out. */
function meetPattern(random: Random, pattern: Pattern, fields: Fields): Json | undefined {
  switch (pattern.kind) {
    case 'text': {
      const text = pattern.parts.map((part) => {
        if (typeof part === 'string')
          return random.chance(pattern.cased ? 0.2 : 0.8) ? changedCase(random, part) : part;
        if (part === anyTextPart) return random.chance(0.4) ? '' : anyText(random);
        if (part === oneChar) return anyUnit(random);
        return part === anyDash ? random.pick(dashes) : '';
      });
      return asJson(random, edged(random, text.join('')));
    }
    case 'regex':
      return asJson(random, edged(random, around(random, sampleRegex(random, pattern.source))));
    case 'cidr':
      return edgedRarely(random, address(random, pattern.bytes, pattern.prefix));
    case 'compare':
      return pattern.part === null ? nearNumber(random, pattern.number) : date(random, pattern.number);
    case 'field': {
      const text = anyText(random);
      fields.set(pattern.name, random.chance(0.85) ? text : anyValue(random, 1));
      const same = changedCase(random, text);
      return asJson(
        random,
        random.chance(0.3) ? same : random.chance(0.5) ? anyUnit(random) + same : same + anyUnit(random),
      );
    }
    case 'null':
      return random.chance(0.2) ? undefined : random.pick<Json>([null, [], [null], [[], null], new Map(), '', 'null']);
    case 'exists':
      return random.chance(0.3) ? undefined : random.pick<Json>([null, '', [], 'x', new Map()]);
  }
}

function around(random: Random, text: string): string {
  if (random.chance(0.5)) return text;
  return (random.chance(0.5) ? anyText(random) : '') + text + (random.chance(0.5) ? anyText(random) : '');
}

function edged(random: Random, text: string): string {
  return random.chance(0.15) ? nearMiss(random, text) : text;
}

function edgedRarely(random: Random, text: string): string {
  return random.chance(0.05) ? nearMiss(random, text) : text;
}

/** The text, or the number or boolean that is written like it. */
function asJson(random: Random, text: string): Json {
  if (/^-?(0|[1-9]\d{0,25})(\.\d{1,8})?([eE][+-]?\d{1,3})?$/.test(text) && random.chance(0.6)) return { raw: text };
  if (/^(true|false)$/i.test(text) && random.chance(0.5)) return text.toLowerCase() === 'true';
  return text;
}

function address(random: Random, network: readonly number[], prefix: number): string {
  const bytes = network.map((byte, i) => {
    const free = Math.min(8, Math.max(0, (i + 1) * 8 - prefix));
    return byte | random.int(1 << free);
  });
  if (random.chance(0.2)) bytes[random.int(bytes.length)] = random.int(256);
  if (bytes.length === 4) {
    const text = bytes.join('.');
    const odd = [
      `::ffff:${text}`,
      ` ${text}`,
      `0${text}`,
      `${text}/32`,
      `${text}:80`,
      `[${text}]`,
      text.replace('.', '..'),
    ];
    return random.chance(0.12) ? random.pick(odd) : text;
  }
  const groups = repeat(8, (i) => (((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0)).toString(16));
  const long = groups.join(':');
  const short = long.replace(/(^|:)0(:0)+(:|$)/, '::');
  const odd = [
    long.toUpperCase(),
    `${short}%eth0`,
    `[${short}]`,
    `${groups.slice(0, 6).join(':')}:10.1.2.3`,
    `0${long}`,
  ];
  return random.chance(0.25) ? random.pick(odd) : random.pick([long, short]);
}

function nearNumber(random: Random, number: number): Json {
  const near = number + random.pick([0, 0, 0, 1, -1, 0.5, -0.5, 1e-9]);
  const plain = String(near);
  const written: Json[] = [
    { raw: plain.replace('e+', 'e') },
    plain,
    `${plain}.0`,
    `0${plain}`,
    `+${plain}`,
    ` ${plain}`,
    `${plain}e0`,
    `${plain} `,
    '٣',
    'Infinity',
    '0x10',
    '1e999',
    '',
    { raw: '1e999' },
    { raw: '-0' },
    { raw: '123456789012345678901234567890' },
  ];
  return random.chance(0.6) ? random.pick(written.slice(0, 2)) : random.pick(written);
}

function date(random: Random, number: number): Json {
  const two = (n: number) => String(n).padStart(2, '0');
  const n = number + random.pick([0, 0, 0, 0, 1, -1]);
  const year = number > 999 ? n : random.pick([2024, 2025, 2026, 2027]);
  const day = `${year}-${two(random.chance(0.5) ? n : 1 + random.int(12))}-${two(random.chance(0.5) ? n : 1 + random.int(31))}`;
  const time = `${two(random.chance(0.5) ? n : random.int(24))}:${two(random.chance(0.5) ? n : random.int(60))}`;
  const zone = random.pick(['Z', '', '+07:00', '-0330', ' +0700', '+14:00']);
  const written = [
    day,
    `${day}T${time}${zone}`,
    `${day} ${time}:59${zone}`,
    `${day}T${time}:00.123456${zone}`,
    `${day}T${time}:60Z`,
  ];
  return random.chance(0.05) ? nearMiss(random, random.pick(written)) : random.pick(written);
}

function anyValue(random: Random, depth: number): Json {
  const way = random.next();
  if (way < 0.55) return asJson(random, anyText(random));
  if (way < 0.65)
    return {
      raw: random.pick([
        '0',
        '-0',
        '1',
        '11',
        '1.0',
        '1.5',
        '1e3',
        '1E+2',
        '11.00',
        '0.1',
        '1e21',
        '1e-7',
        '9007199254740993',
        '-12345678901234567891',
        '1e999',
        '4688',
      ]),
    };
  if (way < 0.72) return random.chance(0.5);
  if (way < 0.78) return null;
  if (depth > 3) return '';
  if (way < 0.9) return repeat(random.int(4), () => anyValue(random, depth + 1));
  return new Map(
    repeat(random.int(3), () => [random.pick(['d', 'e', 'e.f', 'f', 'a', '__proto__']), anyValue(random, depth + 1)]),
  );
}

/** Dotted names as nested objects, some of them in lists of objects, some beside a flat key of the same path. */
function nested(random: Random, fields: Fields): Fields {
  const out: Fields = new Map();
  for (const [name, value] of fields) {
    const dot = name.indexOf('.');
    if (dot < 0 || random.chance(0.4)) {
      out.set(name, value);
      continue;
    }
    const inner = nested(random, new Map([[name.slice(dot + 1), value]]));
    const head = name.slice(0, dot);
    const before = out.get(head);
    const member: Json = random.chance(0.3) ? [anyValue(random, 2), inner] : inner;
    out.set(head, before === undefined || random.chance(0.3) ? member : [before, member]);
    if (random.chance(0.1)) out.set(name, anyValue(random, 2));
  }
  return out;
}
