import {
  type Correlation,
  compileRules,
  linkRules,
  type MatchedEvent,
  parseRules,
  type Rule,
} from '../../src/sigma/index.ts';
import { createRandom, type Random, repeat } from './sigma-case-random.ts';

/** A generated set of rules and correlations on them, and events with the rules each of them met. */
export interface CorrelationBatch {
  readonly text: string;
  readonly rules: readonly Rule[];
  /** As linkRules orders them. */
  readonly correlations: readonly Correlation[];
  /** In order of time; several stand at one time. */
  readonly events: readonly MatchedEvent[];
}

const ruleNames = ['r1', 'r2', 'r3', 'r4'];

/** The same seed gives the same batch. */
export function correlationBatch(seed: number, count: { correlations: number; events: number }): CorrelationBatch {
  const random = createRandom(seed);
  const rules = ruleNames.map((name, i) => ruleOf(name, i));
  const names: string[] = [];
  const correlations = repeat(count.correlations, (i) => {
    const text = correlationOf(random, `c${i + 1}`, i, names);
    names.push(`c${i + 1}`);
    return text;
  });
  const text = [...rules, ...correlations].join('---\n');
  const linked = linkRules(parseRules(text, `seed-${seed}`).documents);
  return {
    text,
    rules: linked.rules,
    correlations: linked.correlations,
    events: eventsFor(random, linked.rules, count.events),
  };
}

function idOf(n: number): string {
  return `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`;
}

function ruleOf(name: string, i: number): string {
  const letter = 'abcd'.charAt(i);
  return `title: ${name}\nname: ${name}\nid: ${idOf(i)}\nlogsource: { product: windows }\ndetection:\n  sel: { kind: ${letter} }\n  condition: sel\n`;
}

const kinds = [
  'event_count',
  'value_count',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
  'temporal',
  'temporal_ordered',
] as const;

function correlationOf(random: Random, name: string, i: number, below: readonly string[]): string {
  const kind = random.pick(kinds);
  const temporal = kind.startsWith('temporal');
  const known = [...ruleNames, ...(random.chance(0.35) ? below : [])];
  const references = [...new Set(repeat(temporal ? 2 + random.int(2) : 1 + random.int(2), () => random.pick(known)))];
  const written = references.map((reference) => {
    const at = ruleNames.indexOf(reference);
    return at >= 0 && random.chance(0.3) ? idOf(at) : reference;
  });
  const groupBy = random.pick(['[user]', 'user', '[user, host]', '[who]', '[]', '[user]']);
  const lines = [
    `  type: ${kind}`,
    `  rules: [${written.join(', ')}]`,
    `  group-by: ${groupBy}`,
    `  timespan: ${random.pick(['1s', '2s', '5s', '10s', '1m'])}`,
  ];
  if (groupBy === '[who]')
    lines.push(`  aliases: { who: { ${written.map((r) => `${r}: ${random.pick(['user', 'account'])}`).join(', ')} } }`);
  if (random.chance(0.2)) lines.push('  generate: true');
  const condition = conditionOf(random, kind, references);
  if (condition !== null) lines.push(`  condition: ${condition}`);
  return `title: ${name}\nname: ${name}\nid: ${idOf(100 + i)}\ncorrelation:\n${lines.join('\n')}\n`;
}

function conditionOf(random: Random, kind: (typeof kinds)[number], references: readonly string[]): string | null {
  const temporal = kind === 'temporal' || kind === 'temporal_ordered';
  if (temporal && random.chance(0.5)) return null;
  if (temporal && random.chance(0.6)) {
    const [a = 'r1', b = 'r2', c = a] = references;
    return random.pick([
      `${a} and ${b}`,
      `${a} or ${b}`,
      `${a} and not ${b}`,
      `(${a} or ${b}) and ${c}`,
      `${b} and ${a}`,
    ]);
  }
  const number = () =>
    random.pick(kind.startsWith('value_') && kind !== 'value_count' ? [0, 1, 2, 2.5, 5, 10] : [1, 2, 2, 3, 4]);
  const comparison = random.pick([
    `gte: ${number()}`,
    `gte: ${number()}`,
    `gt: ${number()}`,
    `lt: ${number()}`,
    `lte: ${number()}`,
    `eq: ${number()}`,
    `neq: ${number()}`,
    `gt: 1, lte: ${number()}`,
  ]);
  if (!kind.startsWith('value_')) return `{ ${comparison} }`;
  const field = kind === 'value_count' ? random.pick(['v', '[v, w]', 'w']) : 'v';
  const percentile =
    kind === 'value_percentile' ? `, percentile: ${random.pick([0, 10, 25, 50, 75, 90, 99.5, 100])}` : '';
  return `{ ${comparison}, field: ${field}${percentile} }`;
}

/** Many events at few times: equal ones, and distances of exactly the timespans. */
function eventsFor(random: Random, rules: readonly Rule[], count: number): MatchedEvent[] {
  const set = compileRules(rules);
  const times = repeat(count, () =>
    random.pick([random.int(30) * 1_000, random.int(30) * 1_000, random.int(120) * 250, random.int(30_000)]),
  );
  return times
    .toSorted((a, b) => a - b)
    .map((timeMs, i) => {
      const fields: Record<string, unknown> = {
        kind: random.chance(0.2) ? ['a', random.pick(['b', 'c'])] : random.pick(['a', 'a', 'b', 'b', 'c', 'd', 'x']),
      };
      put(random, fields, 'user', ['u1', 'u2', 'U1', 7, '7', 'đ', ['u1'], ['u1', 'u2'], '', 'a"b/\\c'], 0.9);
      put(random, fields, 'account', ['u1', 'u2', 7], 0.7);
      put(random, fields, 'host', ['h1', 'h2', null], 0.9);
      put(random, fields, 'v', [0, 1, 2, 3, -1, 0.5, 2.25, '4', '1e1', 'x', null, 1e300, [1, 2], ['5']], 0.85);
      put(random, fields, 'w', ['p', 'q', 'P', 1, '1', true, null], 0.85);
      const event = { fields, logsource: { product: 'windows', categories: [], services: [] } };
      const met = set.match(event).flatMap((index) => rules[index]?.id ?? []);
      return { rules: met, fields, timeMs: 1_700_000_000_000 + timeMs, order: String(i).padStart(6, '0') };
    });
}

function put(
  random: Random,
  fields: Record<string, unknown>,
  name: string,
  values: readonly unknown[],
  often: number,
): void {
  // The first few values are the common ones.
  if (random.chance(often)) fields[name] = random.chance(0.7) ? random.pick(values.slice(0, 3)) : random.pick(values);
}
