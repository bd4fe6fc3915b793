import { describe, expect, test } from 'vitest';
import { type EventFields, type Item, meets, parseRules, type Rule } from '../../src/sigma/index.ts';
import { contradict, implies } from '../../src/sigma/lint/text-cover.ts';
import { createRandom, type Random, repeat } from '../property/sigma-case-random.ts';
import { eventFor } from '../property/sigma-cases.ts';

const chains = [
  '',
  'contains',
  'startswith',
  'endswith',
  'contains|all',
  'endswith|all',
  'cased',
  'contains|cased',
  'windash|startswith',
  'windash|contains',
  'windash',
  'neq',
  'cidr',
  'gt',
  'lte',
  're',
  'exists',
];
const letters = ['a', 'b', 'A', '-a', '*', '?', 'k', 'K', ' /a'];

function anyItem(random: Random): string {
  const chain = random.pick(chains);
  const key = chain === '' ? 'f' : `f|${chain}`;
  const one = (): string => {
    if (chain === 'cidr') return random.pick(['10.0.0.0/8', '10.1.0.0/16', '10.1.1.1', '::/0']);
    if (chain === 'gt' || chain === 'lte') return random.pick(['1', '2', '3']);
    if (chain === 're') return random.pick(['a', 'a+', 'b$']);
    if (chain === 'exists') return random.pick(['true', 'false']);
    if (random.chance(0.1)) return random.pick(['null', "''", '2', '10.1.1.1']);
    return `'${repeat(1 + random.int(3), () => random.pick(letters)).join('')}'`;
  };
  return `${key}: [${repeat(1 + random.int(2), one).join(', ')}]`;
}

const head = 'title: t\nid: 5f3bde0c-4d59-4b36-8c3f-0d2b7a3e9a11\nlogsource: { product: x }\n';

function ruleOf(item: string): Rule | undefined {
  return parseRules(`${head}detection:\n  sel:\n    ${item}\n  condition: sel\n`, 'row.yml').rules[0];
}

function itemOf(rule: Rule): Item {
  const selection = rule.ir.selections.get('sel');
  const part = selection?.kind === 'all' ? selection.of[0] : selection;
  if (part?.kind !== 'item') throw new Error('the selection is no single item');
  return part.item;
}

describe('what is said of two items holds for every event', () => {
  const told = { implied: 0, contradicting: 0 };
  test.each(repeat(10, (i) => i))('seed %i', (seed) => {
    const random = createRandom(seed);
    for (const [a, b] of repeat(250, () => [ruleOf(anyItem(random)), ruleOf(anyItem(random))] as const)) {
      if (a === undefined || b === undefined) continue;
      const implied = implies(itemOf(a), itemOf(b));
      const apart = contradict(itemOf(a), itemOf(b));
      if (!implied && !apart) continue;
      if (implied) told.implied++;
      if (apart) told.contradicting++;
      for (const fields of repeat(30, () => oneField(random, [a, b]))) {
        const [metA, metB] = [meets(a.ir, fields), meets(b.ir, fields)];
        const shown = `${a.source}${b.source}${JSON.stringify(fields)}`;
        if (implied) expect(!metA || metB, `implied: ${shown}`).toBe(true);
        const { f: value } = fields;
        if (apart && !Array.isArray(value)) expect(metA && metB, `contradicting: ${shown}`).toBe(false);
      }
    }
  });
  test('there was something to say', () => {
    expect(told.implied).toBeGreaterThan(30);
    expect(told.contradicting).toBeGreaterThan(30);
  });
});

function oneField(random: Random, rules: readonly Rule[]): EventFields {
  if (random.chance(0.3)) return eventFor(random, rules).fields;
  const text = () =>
    repeat(random.int(4), () => random.pick(['a', 'b', 'A', '-', '/', '–', ' ', 'k', 'K', 'a'])).join('');
  return { f: random.chance(0.2) ? [text(), text()] : random.pick<unknown>([text(), text(), null, 2, 3, '10.1.1.1']) };
}
